-- Sends through wrk, as the environment says: ACCOUNTS (1) whose keys take turns, RECIPIENTS (1) that
-- take turns, TEXT, TARGET; each SCHEDULED_EVERY-th (0: none) for LEAD_S seconds from now; each
-- connection waits for PAUSE_MS (0) on average before it sends again.
-- The last line of the output: requests, requests a second, ms mean, p50 and p99, how many failed.
local function setting(name, default) return os.getenv(name) or default end
local accounts = tonumber(setting("ACCOUNTS", 1))
local recipients = tonumber(setting("RECIPIENTS", 1))
local text = setting("TEXT", "Gate 4 opens at nine, bring the blue ticket and be on time.")
local target = setting("TARGET", "/api/messages/send")
local scheduled_every = tonumber(setting("SCHEDULED_EVERY", 0))
local lead_s = tonumber(setting("LEAD_S", 3600))
local pause_ms = tonumber(setting("PAUSE_MS", 0))
local n = 0

function request()
  n = n + 1
  local body = '{"to":"+2547' .. (12345678 + n % recipients) .. '","text":"' .. text .. '"'
  if scheduled_every > 0 and n % scheduled_every == 0 then
    body = body .. ',"schedule_mode":"scheduled","scheduled_at":"' ..
      os.date("!%Y-%m-%dT%H:%M:%SZ", os.time() + lead_s) .. '"'
  end
  return wrk.format("POST", target, { ["Content-Type"] = "application/json",
    ["Authorization"] = "Bearer esms_live_bench" .. (n % accounts + 1) }, body .. "}")
end

if pause_ms > 0 then
  function delay() return math.random(0, 2 * pause_ms) end
end

function done(summary, latency)
  local errors = summary.errors
  io.write(string.format("%d %.1f %.3f %.3f %.3f %d\n", summary.requests,
    summary.requests / summary.duration * 1e6, latency.mean / 1000, latency:percentile(50) / 1000,
    latency:percentile(99) / 1000, errors.status + errors.connect + errors.read + errors.timeout))
end
