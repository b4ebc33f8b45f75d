#include "common/web/dispatcher.h"

#include <algorithm>

#include "common/base/config.h"
#include "common/base/cookie.h"
#include "common/base/ids.h"
#include "common/base/log.h"
#include "common/identity/authorization.h"
#include "common/identity/key_use.h"
#include "common/identity/sessions.h"
#include "common/io/crypto.h"
#include "common/sending/snapshot.h"
#include "common/web/cors.h"
#include "common/web/csrf.h"
#include "common/web/errors.h"
#include "common/web/idempotency.h"
#include "common/web/router.h"

namespace dundun {
namespace {

const Caller kNobody{};
constexpr const char* kGuessing = "Too many invalid API keys from this address.";

// A key comes in a header only: one in the query string would end up in logs.
std::string key_of(const Request& request) {
  const std::string_view token = request.bearer_token();
  if (!token.empty()) return std::string(token);
  return request.authorization.empty() ? request.api_key : std::string();
}

bool changes_something(Method method) { return method != Method::kGet && method != Method::kHead; }

// Rate limits go by number; those of sessions are below 0.
int64_t limit_id(const std::string& session_hash) {
  uint64_t id = 0;
  for (size_t i = 0; i < sizeof id; ++i) id = id << 8 | static_cast<uint8_t>(session_hash[i]);
  return -static_cast<int64_t>(id >> 1) - 1;
}

Error too_many(std::string message, int retry_after_s) {
  Error error = fail(ErrorCode::kRateLimited, std::move(message));
  error.retry_after_s = retry_after_s;
  return error;
}

// How nginx hears that it shall not read a request's body (nginx/api.conf): its auth_request knows
// no other status, so the true one and the body are headers. What else may be wrong with the
// request is said when it comes whole.
Response as_refusal(Response response) {
  if (response.status != 401 && response.status != 403 && response.status != 429) {
    return {.status = 204, .body = {}, .headers = {}};
  }
  response.headers.emplace_back("X-Refusal", std::move(response.body));
  response.headers.emplace_back("X-Refusal-Status", std::to_string(response.status));
  response.status = 403;
  response.body.clear();
  return response;
}

// As a task does it: an exception of a handler ends its request alone.
Result<Response> answer_at_once(Handler::AtOnce handler, Context& context) {
  try {
    return handler(context);
  } catch (...) {
    return fail(ErrorCode::kInternal, "Internal server error", "exception in handler");
  }
}

}  // namespace

Dispatcher::Dispatcher(Services& services, ServeLoop& loop, std::span<const Endpoint> endpoints,
                       const Schemas& schemas)
    : services_(services),
      loop_(loop),
      endpoints_(endpoints),
      members_(schemas),
      callers_out_(services.config.call_out_threads, services.config.call_out_queue_max) {
  for (size_t i = 0; i <= endpoints.size(); ++i) {
    const std::string route = i < endpoints.size() ? std::string(method_name(endpoints[i].method)) +
                                                         " " + endpoints[i].path
                                                   : "none";
    Series series{};
    series.seconds =
        &histogram("dundun_request_seconds", Histogram::Scale::kSeconds, "route=\"" + route + "\"");
    for (size_t c = 1; c < series.by_class.size(); ++c) {
      series.by_class[c] = &counter("dundun_requests_total", "route=\"" + route + "\",status=\"" +
                                                                 std::to_string(c) + "xx\"");
    }
    series_.push_back(series);
  }
}

Dispatcher::Series& Dispatcher::series_of(const Endpoint* endpoint) {
  return endpoint == nullptr ? series_.back()
                             : series_[static_cast<size_t>(endpoint - endpoints_.data())];
}

ServeLoop::ThreadHandler Dispatcher::thread_handler() {
  auto gate = std::make_shared<Gate>(services_.config, local_limits_);
  return [this, gate](ServeLoop::Batch batch) { handle(*gate, std::move(batch)); };
}

void Dispatcher::handle(Gate& gate, ServeLoop::Batch batch) {
  Calls calls;
  for (auto& exchange : batch) {
    auto call = std::make_unique<Call>();
    call->exchange = std::move(exchange);
    if (call->request().request_id.empty()) call->request().request_id = to_hex(new_uuid7());
    Status admitted = admit(*call);
    if (admitted) {
      calls.push_back(std::move(call));
    } else {
      finish(std::move(call), std::move(admitted).error());
    }
  }
  if (calls.empty()) return;
  pass_gate(gate, calls);
  for (auto& call : calls) {
    Status authorized = authorize(gate, *call);
    const bool only_access = authorized && call->asks_access_only();
    if (authorized && !only_access) authorized = look_at_members(*call);
    if (only_access) {
      loop_.answer(std::move(call->exchange), {.status = 204, .body = {}, .headers = {}});
    } else if (authorized) {
      if (calls.size() == 1) {
        start(std::move(call));
      } else {
        start_next(std::move(call));
      }
    } else {
      finish(std::move(call), std::move(authorized).error());
    }
  }
}

Status Dispatcher::admit(Call& call) {
  const FcgiConnection::Incoming& incoming = call.exchange->incoming;
  TRY(parse_target(incoming.target, call.request()));
  call.endpoint = TRY(match(endpoints_, call.request()));
  if (call.endpoint->demand.access == Access::kLocal && !incoming.local_listener) {
    call.endpoint = nullptr;
    return fail(ErrorCode::kNotFound, "Not Found");
  }
  if (incoming.too_large) {
    return fail(ErrorCode::kBodyTooLarge, "The request body is too large.");
  }
  if (loop_.in_flight() > services_.config.requests_in_flight_max) {
    return unavailable("too many requests in flight");
  }
  if (!needs_caller(call.endpoint->demand.access)) return Done{};
  const Request& request = call.request();
  if (services_.config.https_required && !request.over_tls &&
      dialect_of(request) == Dialect::kSecond) {
    return fail(ErrorCode::kHttpsRequired, "HTTPS required");
  }
  const std::string key = key_of(request);
  if (!key.empty()) {
    call.key_hash = sha256(key);
  } else if (request.authorization.empty()) {  // a request with a key is judged by the key alone
    call.session_token = cookie_value(request.cookie, kSessionCookie);
    if (!call.session_token.empty()) call.session_hash = sha256(call.session_token);
  }
  return Done{};
}

// From an address that is blocked, a key that nobody here has seen is not looked up: guessers cost
// PostgreSQL nothing. A key that was good before goes on working behind the same address.
void Dispatcher::stop_guessers(Gate& gate, const Snapshot& known, Calls& calls) {
  std::vector<Call*> strangers;
  std::vector<std::string> addresses;
  for (auto& call : calls) {
    if (call->key_hash.empty() || known.callers.knows(call->key_hash)) continue;
    if (good_keys_.contains(call->key_hash)) continue;
    strangers.push_back(call.get());
    addresses.push_back(call->request().remote_address);
  }
  if (strangers.empty()) return;
  const std::vector<int> blocked_s = gate.blocked_s(addresses);
  for (size_t i = 0; i < strangers.size(); ++i) {
    strangers[i]->is_stranger = true;
    strangers[i]->blocked_s = blocked_s[i];
  }
}

// One round trip for the whole wake-up. The limit is the one of the snapshot we have; a change of
// it counts from the next request on.
void Dispatcher::pass_gate(Gate& gate, Calls& calls) {
  std::vector<Gate::Ask> asks;
  std::vector<Call*> asking;
  std::shared_ptr<const Snapshot> known = services_.snapshots.current();
  if (known) stop_guessers(gate, *known, calls);
  for (auto& call : calls) {
    if (call->asks_access_only()) continue;  // the request itself is counted
    if (!call->session_hash.empty()) {
      asks.push_back({limit_id(call->session_hash), {services_.config.sessions.rate_limit_per_s}});
      asking.push_back(call.get());
    }
    if (call->key_hash.empty() || call->blocked_s > 0 || !known) continue;
    auto caller = known->callers.by_key(services_.pg, call->key_hash);
    if (!caller || !*caller) continue;
    asks.push_back({(*caller)->key_id, {(*caller)->rate_limit, (*caller)->rate_window_s}});
    asking.push_back(call.get());
  }
  services_.key_use.note(asks);
  const Gate::Answers answers = gate.ask(asks);
  for (size_t i = 0; i < asking.size(); ++i) asking[i]->rate = answers.verdicts[i];
  auto snapshot = services_.snapshots.at(answers.version);
  if (!snapshot) return;
  if (!answers.version) gate.remember_version((*snapshot)->version);
  for (auto& call : calls) call->snapshot = *snapshot;
}

Status Dispatcher::authorize(Gate& gate, Call& call) {
  const Demand& demand = call.endpoint->demand;
  if (!needs_caller(demand.access)) {
    if (!call.snapshot) call.snapshot = std::make_shared<Snapshot>();
    return Done{};
  }
  if (!call.snapshot) return unavailable("no configuration: PostgreSQL is out of reach");
  if (call.session_hash.empty()) {
    TRY(recognize_key(gate, call));
  } else {
    TRY(recognize_session(call));
  }
  const Caller& caller = *call.caller;
  Status allowed = dundun::authorize(caller, demand,
                                     {dialect_of(call.request()), call.request().remote_address,
                                      now(), services_.config.sessions.fresh});
  if (!allowed && allowed.error().code == ErrorCode::kInvalidApiKey) return wrong_key(gate, call);
  TRY(std::move(allowed));
  if (call.rate && !call.rate->allowed) {
    return too_many(
        "Rate limit exceeded: " + std::to_string(caller.rate_limit) + " requests per " +
            (caller.rate_window_s == 1 ? "second." : std::to_string(caller.rate_window_s) + " s."),
        static_cast<int>(call.rate->retry_after_us / 1'000'000) + 1);
  }
  return changes_something(call.request().method) ? check_idempotency_key(call.request())
                                                  : Status(Done{});
}

Status Dispatcher::recognize_key(Gate& gate, Call& call) {
  if (call.key_hash.empty()) {
    return fail(ErrorCode::kMissingApiKey, "Missing API key: send Authorization: Bearer <key>.");
  }
  if (call.blocked_s > 0) return too_many(kGuessing, call.blocked_s);
  call.caller = TRY(call.snapshot->callers.by_key(services_.pg, call.key_hash));
  if (!call.caller) return wrong_key(gate, call);
  if (call.is_stranger) good_keys_.note(call.key_hash);
  return Done{};
}

// Counts it for its address.
Error Dispatcher::wrong_key(Gate& gate, const Call& call) {
  const int blocked_s = gate.bad_key(call.exchange->incoming.request.remote_address);
  if (blocked_s > 0) return too_many(kGuessing, blocked_s);
  return fail(ErrorCode::kInvalidApiKey, "Invalid API key.");
}

// PostgreSQL is asked each time, so the limit comes first.
Status Dispatcher::recognize_session(Call& call) {
  if (call.rate && !call.rate->allowed) {
    return too_many("Too many requests.",
                    static_cast<int>(call.rate->retry_after_us / 1'000'000) + 1);
  }
  std::shared_ptr<const Caller> found =
      TRY(services_.sessions.caller(call.snapshot->callers, call.session_hash));
  if (!found) return fail(ErrorCode::kExpiredToken, "The session has ended: log in again.");
  const Request& request = call.request();
  TRY(require_no_forgery(request, call.session_token, services_.config.sessions.origins));
  if (!request.environment.empty() && request.environment != "live") {
    if (request.environment != "test") {
      return fail(ErrorCode::kInvalidRequest, "X-Environment must be live or test.");
    }
    auto in_test = std::make_shared<Caller>(*found);
    in_test->environment = Environment::kTest;
    found = std::move(in_test);
  }
  call.caller = std::move(found);
  return Done{};
}

// Bodies that carriers and payment providers send are theirs: only callers of ours are held to it.
Status Dispatcher::look_at_members(Call& call) const {
  if (!needs_caller(call.endpoint->demand.access)) return Done{};
  const Request& request = call.request();
  call.ignored = TRY(members_.unknown_in(*call.endpoint, request.body));
  return Done{};
}

// One after the other, and none behind one that has to wait.
void Dispatcher::start_next(std::unique_ptr<Call> call) {
  auto owner = std::make_shared<std::unique_ptr<Call>>(std::move(call));
  loop_.run_next([this, owner] { start(std::move(*owner)); });
}

void Dispatcher::start(std::unique_ptr<Call> call) {
  Call* running = call.get();
  const Caller& caller = running->caller ? *running->caller : kNobody;
  if (is_of_one_account(caller, running->endpoint->demand.access)) {
    running->own.emplace(services_, caller.account_id);
  }
  Services& services = running->own ? running->own->services : services_;
  running->context.emplace(Context{running->request(), caller, *running->snapshot, services});
  if (!running->endpoint->handler.calls_out) return run(std::move(call));
  auto owner = std::make_shared<std::unique_ptr<Call>>(std::move(call));
  if (callers_out_.submit([this, owner] { run(std::move(*owner)); })) return;
  finish(std::move(*owner), unavailable("too many requests wait for other hosts"));
}

void Dispatcher::run(std::unique_ptr<Call> call) {
  Call* running = call.get();
  const Handler& handler = running->endpoint->handler;
  if (handler.at_once != nullptr) {
    Result<Response> outcome = answer_at_once(handler.at_once, *running->context);
    return finish(std::move(call), std::move(outcome));
  }
  running->task.emplace(handler.later(*running->context));
  // The call lives in the callback; when the task ends it is answered and destroyed, and the
  // task's frame with it.
  auto owner = std::make_shared<std::unique_ptr<Call>>(std::move(call));
  running->task->start(
      [this, owner](Result<Response> outcome) { finish(std::move(*owner), std::move(outcome)); });
}

void Dispatcher::add_rate_fields(const Call& call, Response& response) const {
  if (!call.rate || !call.caller) return;
  const std::string quota = std::to_string(call.caller->rate_limit);
  const std::string window = std::to_string(call.caller->rate_window_s);
  response.headers.emplace_back("RateLimit-Policy", "\"default\";q=" + quota + ";w=" + window);
  response.headers.emplace_back(
      "RateLimit", "\"default\";r=" + std::to_string(call.rate->remaining) + ";t=" + window);
}

void Dispatcher::finish(std::unique_ptr<Call> call, Result<Response> outcome) {
  const Request& request = call->request();
  Response response = outcome ? std::move(*outcome) : error_response(outcome.error(), request);
  std::string allowed;
  if (response.status == 405) allowed = allowed_methods(endpoints_, request);
  if (!allowed.empty()) response.headers.emplace_back("Allow", allowed);
  const bool asks_first = call->exchange->incoming.preflight;
  add_cors(request, asks_first ? Asks::kFirst : Asks::kItself, services_.config.sessions.origins,
           allowed, response);
  // The second dialect's answers are fixed to the letter.
  if (outcome && dialect_of(request) != Dialect::kSecond) add_warnings(call->ignored, response);
  add_rate_fields(*call, response);
  write_log(*call, response, outcome ? std::string() : outcome.error().detail);
  if (call->asks_access_only()) response = as_refusal(std::move(response));
  std::unique_ptr<Exchange> exchange = std::move(call->exchange);
  loop_.answer(std::move(exchange), std::move(response));
}

void Dispatcher::write_log(const Call& call, const Response& response, const std::string& detail) {
  const Request& request = call.exchange->incoming.request;
  const std::chrono::duration<double> elapsed =
      std::chrono::steady_clock::now() - call.exchange->started;
  Series& series = series_of(call.endpoint);
  series.seconds->observe(elapsed.count());
  series.by_class[static_cast<size_t>(std::clamp(response.status / 100, 1, 5))]->add();
  const std::string trace_id = request.trace ? to_hex(request.trace->id) : std::string();
  log(response.status >= 500 ? LogLevel::kError : LogLevel::kInfo, "request",
      {{"request_id", std::string_view(request.request_id)},
       {"trace_id", std::string_view(trace_id)},
       {"method", method_name(request.method)},
       {"route", std::string_view(call.endpoint ? call.endpoint->path : "")},
       {"status", static_cast<int64_t>(response.status)},
       {"elapsed_ms", elapsed.count() * 1000},
       {"address", std::string_view(request.remote_address)},
       {"account_id", call.caller ? call.caller->account_id : 0},
       {"key_id", call.caller ? call.caller->key_id : 0},
       {"user_id", call.caller ? call.caller->user_id : 0},
       {"detail", std::string_view(detail)}});
}

}  // namespace dundun
