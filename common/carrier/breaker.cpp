#include "common/carrier/breaker.h"

#include <algorithm>
#include <charconv>

#include "common/base/log.h"
#include "common/base/metrics.h"
#include "common/io/json.h"

namespace dundun {
namespace {

using Kind = SubmitOutcome::Kind;
using std::chrono::microseconds;
using std::chrono::milliseconds;

constexpr milliseconds kAskAgain{500};  // while another process probes
constexpr milliseconds kOfferEvery{500};
constexpr int64_t kKeepMs = 24 * 3600 * 1000;  // a word, for those who look

std::string breaker_key(const std::string& carrier) { return "breaker:{" + carrier + "}"; }
std::string probe_key_of(const std::string& carrier) { return breaker_key(carrier) + ":probe"; }

Instant instant_of(int64_t micros) { return Instant(microseconds(micros)); }

std::string reply_text(const BreakerWord& word) {
  JsonWriter json;
  json.begin_object()
      .member("open", word.open)
      .member("at", unix_micros(word.at))
      .member("until", unix_micros(word.until))
      .member("failed_at", unix_micros(word.failed_at))
      .member("error", word.last_error)
      .end_object();
  return json.take();
}

Result<BreakerWord> parse_word(std::string_view text) {
  const JsonDocument document = TRY(JsonDocument::parse(text));
  const JsonObject object = TRY(JsonObject::of(document));
  BreakerWord word;
  word.open = TRY(object.optional_bool("open")).value_or(false);
  word.at = instant_of(TRY(object.optional_integer("at")).value_or(0));
  word.until = instant_of(TRY(object.optional_integer("until")).value_or(0));
  word.failed_at = instant_of(TRY(object.optional_integer("failed_at")).value_or(0));
  word.last_error = TRY(object.optional_string("error")).value_or("");
  return word;
}

}  // namespace

std::string_view breaker_state_name(BreakerState state) {
  switch (state) {
    case BreakerState::kClosed:
      return "closed";
    case BreakerState::kOpen:
      return "open";
    case BreakerState::kHalfOpen:
      return "half_open";
  }
  return "";
}

BreakerState state_of(const BreakerWord& word, Instant at) {
  if (!word.open) return BreakerState::kClosed;
  return at < word.until ? BreakerState::kOpen : BreakerState::kHalfOpen;
}

// A carrier that answers is well, even if it refuses or asks to wait.
CarrierHealth health_of(const SubmitOutcome& outcome) {
  switch (outcome.kind) {
    case Kind::kAccepted:
    case Kind::kRefused:
      return CarrierHealth::kWell;
    case Kind::kFailed:
    case Kind::kUnknown:
      return CarrierHealth::kUnwell;
    case Kind::kRetryLater:
      return outcome.carrier_trouble ? CarrierHealth::kUnwell : CarrierHealth::kWell;
    case Kind::kPaced:
      return CarrierHealth::kSilent;
  }
  return CarrierHealth::kSilent;
}

bool Breaker::lets_through(Instant at) const {
  const BreakerState state = state_of(word_, at);
  return state == BreakerState::kClosed || (state == BreakerState::kHalfOpen && at >= next_probe_);
}

bool Breaker::offers(Instant at) {
  if (!lets_through(at) || (word_.open && at < next_offer_)) return false;
  next_offer_ = at + kOfferEvery;
  return true;
}

std::optional<Breaker::Permit> Breaker::admit(Instant at) {
  if (!lets_through(at)) return std::nullopt;
  if (!word_.open) return Permit{false, turn_};
  next_probe_ = at + config_.probe_max;
  return Permit{true, turn_};
}

void Breaker::take_back(const Permit& permit, Instant at) {
  if (permit.probe && permit.turn == turn_) next_probe_ = at;
}

bool Breaker::report(const Permit& permit, CarrierHealth health, std::string_view error,
                     Instant at) {
  if (permit.turn != turn_) return false;
  if (health == CarrierHealth::kSilent) {
    take_back(permit, at);
    return false;
  }
  const bool failed = health == CarrierHealth::kUnwell;
  if (!permit.probe) {
    const Outcome outcome{at, failed};
    if (outcomes_.size() < static_cast<size_t>(config_.sample)) {
      outcomes_.push_back(outcome);
    } else {
      outcomes_[next_++ % outcomes_.size()] = outcome;
    }
    if (!failed || !too_many_failed(at)) return false;
  }
  if (failed) {
    word_.failed_at = at;
    word_.last_error = error;
  }
  turn(failed, at);
  return true;
}

bool Breaker::too_many_failed(Instant at) const {
  int seen = 0, failed = 0;
  for (const Outcome& outcome : outcomes_) {
    if (outcome.at + config_.window < at) continue;
    ++seen;
    failed += outcome.failed ? 1 : 0;
  }
  return seen >= config_.outcomes_min && failed * 100 >= config_.failures_percent * seen;
}

void Breaker::turn(bool open, Instant at) {
  word_.open = open;
  word_.at = at;
  word_.until = open ? at + config_.open_for : at;
  ++turn_;
  next_probe_ = word_.until;
  outcomes_.clear();
  next_ = 0;
}

void Breaker::hear(const BreakerWord& word) {
  if (word.at <= word_.at) return;
  turn(word.open, word.at);
  word_ = word;
  next_probe_ = word.until;
}

Breakers::Breakers(const Config& config)
    : config_(config.breaker),
      redis_(Redis::Options{.url = config.redis_url, .timeout = config.redis_timeout}) {}

Breaker& Breakers::of(const std::string& carrier) {
  return breakers_.try_emplace(carrier, config_).first->second;
}

bool Breakers::lets_through(const std::string& carrier) {
  std::lock_guard lock(mutex_);
  return of(carrier).lets_through(now());
}

bool Breakers::offers(const std::string& carrier) {
  std::lock_guard lock(mutex_);
  return of(carrier).offers(now());
}

std::optional<Breaker::Permit> Breakers::admit(const std::string& carrier) {
  std::optional<Breaker::Permit> permit;
  {
    std::lock_guard lock(mutex_);
    permit = of(carrier).admit(now());
  }
  if (!permit || !permit->probe || take_probe(carrier)) return permit;
  std::lock_guard lock(mutex_);
  of(carrier).take_back(*permit, now() + kAskAgain);
  return std::nullopt;
}

// True: the probe is ours; as far as Redis knows, no other process makes one.
bool Breakers::take_probe(const std::string& carrier) {
  std::lock_guard lock(redis_mutex_);
  auto reply = redis_.run(
      {"SET", probe_key_of(carrier), "1", "NX", "PX", std::to_string(config_.probe_max.count())});
  return !reply || reply->kind != RedisReply::Kind::kNil;
}

void Breakers::report(const std::string& carrier, const Breaker::Permit& permit,
                      const SubmitOutcome& outcome) {
  BreakerWord word;
  bool turned = false;
  {
    std::lock_guard lock(mutex_);
    Breaker& breaker = of(carrier);
    turned = breaker.report(permit, health_of(outcome), outcome.error_message, now());
    word = breaker.word();
  }
  if (turned) {
    log(LogLevel::kWarning, word.open ? "breaker_opened" : "breaker_closed",
        {{"carrier", std::string_view(carrier)}, {"detail", std::string_view(word.last_error)}});
    if (word.open) counter("dundun_breaker_opened_total").add();
    publish(carrier, word);
  }
  if (!permit.probe) return;
  std::lock_guard lock(redis_mutex_);
  (void)redis_.run({"DEL", probe_key_of(carrier)});
}

void Breakers::publish(const std::string& carrier, const BreakerWord& word) {
  std::lock_guard lock(redis_mutex_);
  (void)redis_.run({"SET", breaker_key(carrier), reply_text(word), "PX", std::to_string(kKeepMs)});
}

std::map<std::string, BreakerWord> Breakers::words(const std::vector<std::string>& carriers) {
  std::vector<RedisCommand> commands;
  for (const std::string& carrier : carriers) commands.push_back({"GET", breaker_key(carrier)});
  std::map<std::string, BreakerWord> words;
  if (commands.empty()) return words;
  std::lock_guard lock(redis_mutex_);
  auto replies = redis_.run_pipeline(commands);
  for (size_t i = 0; replies && i < replies->size(); ++i) {
    if ((*replies)[i].kind != RedisReply::Kind::kString) continue;
    if (auto word = parse_word((*replies)[i].text)) words[carriers[i]] = *std::move(word);
  }
  return words;
}

void Breakers::refresh(const std::vector<std::string>& carriers) {
  const std::map<std::string, BreakerWord> news = words(carriers);
  std::lock_guard lock(mutex_);
  for (const auto& [carrier, word] : news) of(carrier).hear(word);
}

}  // namespace dundun
