#include "ws-bridge/session.h"

#include <algorithm>
#include <utility>

#include "common/identity/authorization.h"
#include "common/io/json.h"
#include "ws-bridge/hub.h"

namespace dundun {
namespace {

constexpr size_t kHeldMax = 16;
constexpr std::chrono::seconds kCloseDeadline{5};
constexpr std::chrono::seconds kMessageWindow{60};

const Frame& ping_frame() {
  static const Frame frame = text_frame(R"({"type":"ping"})");
  return frame;
}

const Frame& pong_frame() {
  static const Frame frame = text_frame(R"({"type":"pong"})");
  return frame;
}

const Frame& auth_ok_frame() {
  static const Frame frame = text_frame(R"({"type":"auth_ok"})");
  return frame;
}

Frame auth_error_frame(std::string_view error) {
  JsonWriter json;
  json.begin_object().member("type", "auth_error").member("error", error).end_object();
  return text_frame(json.text());
}

const Frame& resync_frame() {
  static const Frame frame = text_frame(R"({"type":"resync_required"})");
  return frame;
}

// The first wrong member; nullptr: all is well.
const char* read_wish(const JsonValue& frame, StreamWish& wish) {
  if (const auto events = frame.find("events"); events && !events->is_null()) {
    if (!events->is_array()) return "events";
    std::string names;
    for (const JsonValue& event : events->items()) {
      if (!event.is_string()) return "events";
      names.append(names.empty() ? "" : ",").append(event.string());
    }
    if (!wish_events(names, wish)) return "events";
  }
  if (const auto resume = frame.find("resume_from"); resume && !resume->is_null()) {
    if (!resume->is_string() || !wish_resume(resume->string(), wish)) return "resume_from";
  }
  return nullptr;
}

// What an auth_error says.
std::string_view refusal_text(ErrorCode code) {
  switch (code) {
    case ErrorCode::kAddressNotAllowed:
      return "Not for use from this address";
    case ErrorCode::kAccountSuspended:
      return "Account suspended";
    default:
      return "API key lacks the query scope";
  }
}

Subscription subscription_of(const Caller& caller) {
  return {caller.account_id, caller.environment, caller.tenant_id, caller.app_id,
          caller.is_platform_admin};
}

std::string_view string_member(const JsonValue& object, std::string_view name) {
  if (!object.is_object()) return {};
  const auto value = object.find(name);
  return value && value->is_string() ? value->string() : std::string_view();
}

}  // namespace

bool wish_events(std::string_view names, StreamWish& wish) {
  EventKinds kinds = 0;
  while (!names.empty()) {
    const std::string_view name = names.substr(0, names.find(','));
    names.remove_prefix(std::min(names.size(), name.size() + 1));
    const auto kind = event_kind(name);
    if (!kind) return false;
    kinds |= *kind;
  }
  // Two names of one event: a socket hears it once.
  constexpr EventKinds kBoth = kMessageStatus | kSmsStatus;
  if (kinds == 0 || (kinds & kBoth) == kBoth) return false;
  wish.kinds = kinds;
  return true;
}

bool wish_resume(std::string_view event_id, StreamWish& wish) {
  constexpr std::string_view kPrefix = "evt_";
  if (!event_id.starts_with(kPrefix)) return false;
  wish.resume_from = parse_uuid(event_id.substr(kPrefix.size()));
  return wish.resume_from.has_value();
}

Session::Session(Hub& hub, Socket& socket, uint64_t id, std::string address)
    : hub_(hub),
      socket_(socket),
      id_(id),
      address_(std::move(address)),
      queue_(hub.settings().queue_bytes_max),
      opened_at_(Clock::now()),
      window_began_at_(opened_at_) {}

Session::~Session() { hub_.leave(*this); }

void Session::check_cookie(std::string_view token) {
  authenticate(session_credential(token), Way::kCookie);
}

void Session::authenticate(Credential credential, Way way) {
  phase_ = Phase::kChecking;
  way_ = way;
  credential_ = std::move(credential);
  hub_.ask(*this, credential_);
}

void Session::receive(const Fragment& fragment) {
  if (phase_ == Phase::kClosing) return;
  if (fragment.is_binary) {
    close({CloseCode::kUnsupportedData, "Text frames only"});
    return;
  }
  if (incoming_.size() + fragment.bytes.size() > hub_.settings().message_bytes_max) {
    close({CloseCode::kMessageTooBig, "Message too big"});
    return;
  }
  if (fragment.ends_frame && over_frame_rate(Clock::now())) {
    close({CloseCode::kPolicyViolation, "Too many messages"});
    return;
  }
  incoming_ += fragment.bytes;
  if (fragment.ends_message) handle(std::exchange(incoming_, {}));
}

bool Session::over_frame_rate(Clock::time_point now) {
  if (now - window_began_at_ >= kMessageWindow) {
    window_began_at_ = now;
    frames_in_window_ = 0;
  }
  return ++frames_in_window_ > hub_.settings().messages_per_minute_max;
}

void Session::handle(std::string_view text) {
  if (phase_ == Phase::kChecking || phase_ == Phase::kJoining) {
    if (held_.size() == kHeldMax) {
      close({CloseCode::kPolicyViolation, "Too many messages before authentication"});
    } else {
      held_.emplace_back(text);
    }
    return;
  }
  const auto document = JsonDocument::parse(text);
  if (!document) {
    if (phase_ == Phase::kWaiting) {
      refuse("Invalid JSON");
    } else {
      hub_.count_ignored();
    }
    return;
  }
  const std::string_view type = string_member(document->root(), "type");
  if (phase_ == Phase::kWaiting && type != "auth") {
    refuse("Send auth first");
  } else if (type == "ping") {
    say(pong_frame());
  } else if (type == "auth" && (phase_ == Phase::kWaiting || way_ == Way::kCookie)) {
    handle_auth(document->root());
  } else {
    hub_.count_ignored();
  }
}

void Session::handle_auth(const JsonValue& frame) {
  const std::string_view key = string_member(frame, "apiKey");
  const std::string_view token = string_member(frame, "token");
  if (const char* const wrong = read_wish(frame, wish_)) {
    refuse(std::string("Invalid ") + wrong);
  } else if (!key.empty()) {
    authenticate(api_key_credential(key), Way::kInBand);
  } else if (!token.empty()) {
    authenticate(token_credential(token), Way::kInBand);
  } else {
    refuse("Invalid API key");
  }
}

Status Session::may_listen(const Caller& caller) const {
  return authorize(caller, Access::kQuery, {Dialect::kSecond, address_, now()});
}

void Session::refuse_unknown() {
  if (way_ == Way::kInBand) {
    hub_.count_wrong_key(*this);
    refuse(credential_.kind == Credential::Kind::kApiKey ? "Invalid API key" : "Invalid token");
  } else {
    phase_ = Phase::kWaiting;
    release_held();
  }
}

void Session::decide(const Verdict& verdict) {
  if (phase_ != Phase::kChecking) return;
  // Somebody with a cookie may also show a key: then the key alone says what they hear.
  hub_.leave(*this);
  if (verdict.outcome == Verdict::Outcome::kUnavailable) {
    refuse("Service unavailable", CloseCode::kTryAgainLater);
    return;
  }
  if (verdict.outcome == Verdict::Outcome::kUnknown) return refuse_unknown();
  const Status allowed = may_listen(*verdict.caller);
  if (!allowed) {
    if (allowed.error().code == ErrorCode::kInvalidApiKey) return refuse_unknown();
    refuse(refusal_text(allowed.error().code));
    return;
  }
  subscription_ = subscription_of(*verdict.caller);
  expires_at_ = verdict.expires_at;
  if (verdict.stands_for) credential_ = *verdict.stands_for;
  phase_ = Phase::kJoining;
  const EventKinds vocabulary = way_ == Way::kCookie ? kFirstDialect : kSecondDialect;
  if (!hub_.join(*this, subscription_, {wish_.kinds.value_or(vocabulary), wish_.resume_from})) {
    refuse("Too many connections");
  }
}

void Session::joined() {
  if (phase_ != Phase::kJoining) return;
  phase_ = Phase::kOpen;
  ping_at_ = Clock::now() + hub_.settings().ping_interval;
  if (way_ == Way::kInBand) say(auth_ok_frame());
  release_held();
}

void Session::say_resync() {
  if (phase_ == Phase::kOpen) say(resync_frame());
}

void Session::release_held() {
  for (const std::string& message : std::exchange(held_, {})) {
    if (phase_ == Phase::kClosing) return;
    handle(message);
  }
}

void Session::recheck(const Verdict& verdict) {
  if (!is_open() || verdict.outcome == Verdict::Outcome::kUnavailable) return;
  if (verdict.outcome == Verdict::Outcome::kKnown && may_listen(*verdict.caller) &&
      subscription_of(*verdict.caller) == subscription_) {
    expires_at_ = verdict.expires_at;
  } else {
    close({CloseCode::kPolicyViolation, "Access revoked"});
  }
}

void Session::deliver(const Served& served) {
  for (const Serving& serving : served.frames) {
    if (phase_ == Phase::kClosing) return;
    queued(serving.is_balance ? queue_.push_balance(serving.frame) : queue_.push(serving.frame));
  }
}

void Session::say(const Frame& frame) { queued(queue_.push(frame)); }

void Session::queued(bool fits) {
  if (!fits) {
    hub_.count_overflow();
    queue_.clear();
    close({CloseCode::kTryAgainLater, "Too slow"});
    return;
  }
  if (!std::exchange(write_wanted_, true)) socket_.want_write();
}

void Session::refuse(std::string_view error, CloseCode code) {
  const bool asked = phase_ != Phase::kChecking && phase_ != Phase::kJoining;
  if (way_ == Way::kInBand || asked) say(auth_error_frame(error));
  close({code, "Not authenticated"});
}

void Session::close(Goodbye goodbye) {
  if (phase_ == Phase::kClosing) return;
  phase_ = Phase::kClosing;
  goodbye_ = goodbye;
  closing_since_ = Clock::now();
  held_.clear();
  std::string().swap(incoming_);
  write_wanted_ = true;
  socket_.want_write();
}

void Session::tick(Clock::time_point now) {
  switch (phase_) {
    case Phase::kChecking:
    case Phase::kJoining:
      return;
    case Phase::kWaiting:
      if (now - opened_at_ >= hub_.settings().auth_timeout) refuse("Send auth first");
      return;
    case Phase::kOpen:
      if (expires_at_ && *expires_at_ <= dundun::now()) {
        close({CloseCode::kPolicyViolation, "Access expired"});
      } else if (way_ == Way::kInBand && now >= ping_at_) {
        ping_at_ += hub_.settings().ping_interval;
        say(ping_frame());
      }
      return;
    case Phase::kClosing:
      if (now - closing_since_ >= kCloseDeadline) socket_.abort();
      return;
  }
}

FrameQueue::Batch Session::take(std::string& scratch, size_t bytes_max) {
  FrameQueue::Batch batch = queue_.take(scratch, bytes_max);
  if (queue_.empty()) hub_.drained(*this);
  write_wanted_ = !queue_.empty() || goodbye_.has_value();
  return batch;
}

}  // namespace dundun
