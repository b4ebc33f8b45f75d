-- One kind of read (KIND) by random accounts, big ones as much more often as they are bigger.
-- PAUSE_MS is what a connection waits on average before it asks again. SAMPLE is a file of "<account> <message id> <phone>" lines.
local kind = os.getenv("KIND")
local sample = {}
for line in io.lines(os.getenv("SAMPLE")) do
  local account, id, phone, day = line:match("(%S+) (%S+) (%S+) (%S+)")
  sample[#sample + 1] = { account = account, id = id, phone = phone, day = day }
end
local paths = {
  trivial = function() return "/healthz" end,
  list = function() return "/api/messages" end,
  page_50 = function() return "/api/messages?page=50" end,
  status = function() return "/api/messages?status=failed" end,
  rare_status = function() return "/api/messages?status=retrying" end,
  day = function(of) return "/api/messages?date_from=" .. of.day .. "&date_to=" .. of.day end,
  phone = function(of) return "/api/messages?to=%2B" .. of.phone:sub(2) end,
  detail = function(of) return "/api/messages/msg-" .. of.id end,
  explain = function(of) return "/api/messages/msg-" .. of.id .. "/explain" end,
  stats = function() return "/api/messages/stats" end,
  volume = function() return "/api/messages/volume?days=90" end,
  balance = function() return "/api/balance" end,
  transactions = function() return "/api/balance/transactions" end,
  transactions_100 = function() return "/api/balance/transactions?page=100" end,
}
function setup(thread)
  seeds = (seeds or 0) + 1
  thread:set("seed", seeds)
end
function init()
  math.randomseed(seed)
end
function request()
  local of = sample[math.random(#sample)]
  return wrk.format("GET", paths[kind](of), { ["Authorization"] = "Bearer esms_live_bench" .. of.account })
end
local pause_ms = tonumber(os.getenv("PAUSE_MS") or "0")
if pause_ms > 0 then
  function delay() return math.random(0, 2 * pause_ms) end
end
function done(summary, latency)
  local bad = summary.errors.status + summary.errors.connect + summary.errors.read + summary.errors.timeout
  io.write(string.format("%.0f/s  p50 %.1f  p99 %.1f ms  errors %d\n",
    summary.requests / summary.duration * 1e6, latency:percentile(50) / 1000,
    latency:percentile(99) / 1000, bad))
end
