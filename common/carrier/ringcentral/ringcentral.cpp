#include "common/carrier/ringcentral/ringcentral.h"

#include <algorithm>
#include <charconv>
#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>

#include "common/base/log.h"
#include "common/base/text.h"
#include "common/carrier/ringcentral/connections.h"
#include "common/carrier/ringcentral/number_pace.h"
#include "common/carrier/submit_outcome.h"
#include "common/io/http_poster.h"
#include "sql/ringcentral.h"

namespace dundun {
namespace {

using std::chrono::milliseconds;
using Clock = std::chrono::steady_clock;
using Kind = SubmitOutcome::Kind;

constexpr size_t kTextUnitsMax = 1000;  // of UTF-16: an emoji is two
constexpr std::chrono::seconds kPenaltyDefault{30};
constexpr std::chrono::seconds kPenaltyMax{3600};
// A token that ends sooner is renewed first.
constexpr std::chrono::seconds kTokenHolds{30};
constexpr milliseconds kBusyWait{1000};      // another process renews the token
constexpr milliseconds kLaterDefault{5000};  // the first pause; it doubles
constexpr milliseconds kTurnWaitMax{60'000};
constexpr std::chrono::seconds kTurnWithin{5};   // the claim's lease must outlast all three
constexpr std::chrono::seconds kStartWithin{5};  // and the call
constexpr int kFirstLookS = 10;

constexpr const char* kNotConnected = "RingCentral not connected for this tenant";
constexpr const char* kNotRegistered =
    "from number is not registered in the tenant's RingCentral account";

SubmitOutcome refused(std::string message) {
  return outcome_of(Kind::kRefused, "SUBMIT_FAIL", std::move(message));
}

SubmitOutcome retry(std::string message, milliseconds after) {
  SubmitOutcome outcome = outcome_of(Kind::kRetryLater, "THROTTLED", std::move(message));
  outcome.retry_after = after;
  return outcome;
}

SubmitOutcome later(std::string message, int attempt) {
  const int doublings = std::clamp(attempt - 1, 0, 4);
  return retry(std::move(message), std::min(kLaterDefault * (1 << doublings), kTurnWaitMax));
}

// Not asked, for a cause that is not the message's.
SubmitOutcome not_now(std::string message, milliseconds after) {
  SubmitOutcome outcome = outcome_of(Kind::kPaced, "THROTTLED", std::move(message));
  outcome.retry_after = after;
  return outcome;
}

// Characters beyond the first 65,536 take two units.
size_t utf16_units(std::string_view utf8) {
  size_t units = 0;
  for (const char c : utf8) {
    const auto byte = static_cast<unsigned char>(c);
    if ((byte & 0xc0) != 0x80) units += byte >= 0xf0 ? 2 : 1;
  }
  return units;
}

int64_t header_number(const HttpReply& reply, std::string_view name, int64_t otherwise) {
  for (const auto& [key, value] : reply.headers) {
    if (key != name) continue;
    int64_t number = 0;
    const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), number);
    if (error == std::errc() && end == value.data() + value.size() && number >= 0) return number;
  }
  return otherwise;
}

std::string message_json(const Submission& submission) {
  JsonWriter json;
  json.begin_object().key("from").begin_object();
  json.member("phoneNumber", submission.sender).end_object();
  json.key("to").begin_array().begin_object();
  json.member("phoneNumber", submission.phone).end_object().end_array();
  json.member("text", submission.body).end_object();
  return json.take();
}

// One thread asks PostgreSQL and Redis, so that submit() waits for neither. HttpPoster's own thread
// makes the calls.
class RingCentral final : public Connector {
 public:
  RingCentral(const RingCentralSettings& settings, const Config& config)
      : config_(config),
        api_(settings),
        pg_({.url = config.database_url,
             .statement_timeout = config.statement_timeout,
             .application = "dundun ringcentral",
             .generic_plans = !config.custom_plans}),
        pace_(config, settings.messages_per_minute),
        http_({settings.connections_max, static_cast<size_t>(settings.queue_max), kStartWithin}),
        thread_([this] { run(); }) {}

  ~RingCentral() override {
    {
      std::unique_lock lock(mutex_);
      idle_.wait(lock, [this] { return open_ == 0; });
      stopping_ = true;
    }
    wake_.notify_all();
    thread_.join();
  }

  void submit(const Submission& submission, std::function<void(SubmitOutcome)> done) override {
    if (config_.secrets_key.empty()) return done(not_now("Waits for its turn.", milliseconds(0)));
    auto sending = std::make_shared<Sending>(Sending{submission, std::move(done), {}, {}});
    const auto since = Clock::now();
    {
      std::lock_guard lock(mutex_);
      if (open_ < api_.settings().queue_max) {
        ++open_;
        queue_.push_back([this, sending, since] { start(sending, since); });
        wake_.notify_one();
        return;
      }
    }
    sending->done(not_now("Too many messages wait for RingCentral.", kLaterDefault));
  }

  bool deduplicates(const Submission&) const override { return false; }

 private:
  struct Sending {
    const Submission submission;
    const std::function<void(SubmitOutcome)> done;
    RcUser user;
    std::string sealed_token;  // the one it left with
  };
  using Shared = std::shared_ptr<Sending>;

  void run() {
    std::unique_lock lock(mutex_);
    while (true) {
      wake_.wait(lock, [this] { return stopping_ || !queue_.empty(); });
      if (queue_.empty()) return;
      const std::function<void()> work = std::move(queue_.front());
      queue_.pop_front();
      lock.unlock();
      work();
      lock.lock();
    }
  }

  void end(const Shared& sending, SubmitOutcome outcome) {
    sending->done(std::move(outcome));
    std::lock_guard lock(mutex_);
    if (--open_ == 0) idle_.notify_all();
  }

  void start(const Shared& sending, Clock::time_point since) {
    if (Clock::now() - since > kTurnWithin) {
      return end(sending, not_now("RingCentral's turn takes too long.", kBusyWait));
    }
    std::string token;
    if (auto outcome = prepare(*sending, token)) return end(sending, *std::move(outcome));
    http_.post(call_for(*sending, token), [this, sending](const HttpOutcome& http) {
      std::lock_guard lock(mutex_);
      queue_.push_back([this, sending, http] { finish(sending, http); });
      wake_.notify_one();
    });
  }

  // The token to send with, or why the message does not leave now.
  std::optional<SubmitOutcome> prepare(Sending& sending, std::string& token) {
    const Submission& submission = sending.submission;
    if (utf16_units(submission.body) > kTextUnitsMax) {
      return refused("RingCentral takes at most 1000 characters (UTF-16 units).");
    }
    const auto rows = pg_.run(sql::rc_sender,
                              {submission.account_id, api_.settings().carrier, submission.sender});
    if (!rows) return not_now("The connection could not be read.", kBusyWait);
    if (rows->size() == 0) return refused(kNotConnected);
    if (!rows->boolean(0, sql::rc_sender.has_number)) return refused(kNotRegistered);
    sending.user = {submission.account_id, std::string(rows->text(0, sql::rc_sender.extension_id))};
    if (const milliseconds held(rows->i64(0, sql::rc_sender.held_ms)); held.count() > 0) {
      return not_now("RingCentral's limit for this user is reached.", held + spread(submission));
    }
    sending.sealed_token = rows->text(0, sql::rc_sender.access_token);
    auto found = token_of(sending, rows->instant(0, sql::rc_sender.expires_at));
    if (!found && found.error().code == ErrorCode::kNotFound) return refused(kNotConnected);
    if (!found) return later("RingCentral's token could not be renewed.", submission.attempt);
    if (!*found) return not_now("RingCentral's token is being renewed.", kBusyWait);
    token = **std::move(found);
    // All numbers of a user share one limit.
    const milliseconds wait = pace_.reserve(sending.user.extension_id, submission.message_id);
    if (wait.count() == 0) return std::nullopt;
    return not_now("The user is at its limit of " +
                       std::to_string(api_.settings().messages_per_minute) + " messages a minute.",
                   wait);
  }

  // What waits for the same moment does not come all at once.
  static milliseconds spread(const Submission& submission) {
    constexpr int kSpreadMs = 2000;
    return milliseconds(submission.message_id.bytes.back() * kSpreadMs / 256);
  }

  Result<std::optional<std::string>> token_of(const Sending& sending, Instant expires_at) {
    if (expires_at <= now() + kTokenHolds) {
      return access_token(pg_, config_, api_, sending.user, kTokenHolds);
    }
    return std::optional(
        TRY(open_rc_secret(config_, sending.user.account_id, sending.sealed_token)));
  }

  HttpCall call_for(const Sending& sending, const std::string& token) const {
    HttpCall call;
    call.method = "POST";
    call.url = api_.settings().server_url + "/restapi/v1.0/account/~/extension/~/sms";
    call.headers = {{"Authorization", "Bearer " + token},
                    {"Accept", "application/json"},
                    {"Content-Type", "application/json"}};
    call.body = message_json(sending.submission);
    call.timeout = api_.settings().timeout;
    call.answer_bytes_max = 64 << 10;
    return call;
  }

  void finish(const Shared& sending, const HttpOutcome& http) {
    if (http.kind == HttpOutcome::Kind::kNotSent) {
      SubmitOutcome unreached =
          later("RingCentral cannot be reached.", sending->submission.attempt);
      unreached.carrier_trouble = true;
      return end(sending, std::move(unreached));
    }
    if (http.kind == HttpOutcome::Kind::kNoAnswer) {
      return end(sending, submit_in_doubt(http.error));
    }
    SubmitOutcome outcome =
        ringcentral_outcome(http.reply.status, http.reply.body, http.reply.retry_after_s);
    const RcUser& user = sending->user;
    if (const auto hold = ringcentral_hold(http.reply); hold.count() > 0) {
      const auto hold_s = static_cast<int32_t>(hold.count());
      (void)pg_.run(sql::rc_hold, {user.account_id, user.extension_id, hold_s});
    }
    if (http.reply.status == 401) {
      (void)pg_.run(sql::rc_token_refused,
                    {user.account_id, user.extension_id, PgParam::bytea(sending->sealed_token)});
    }
    if (outcome.kind == Kind::kAccepted) {
      (void)pg_.run(sql::rc_look_later,
                    {user.account_id, sending->submission.message_id, user.extension_id,
                     outcome.carrier_message_id, kFirstLookS});
    }
    end(sending, std::move(outcome));
  }

  const Config& config_;
  const RingCentralApi api_;
  Pg pg_;            // the thread's own
  NumberPace pace_;  // the same
  std::mutex mutex_;
  std::condition_variable wake_, idle_;
  std::deque<std::function<void()>> queue_;
  int open_ = 0;  // submitted and not answered
  bool stopping_ = false;
  HttpPoster http_;
  std::thread thread_;  // last: it uses the others
};

}  // namespace

std::unique_ptr<Connector> make_ringcentral(const RingCentralSettings& settings,
                                            const Config& config) {
  return std::make_unique<RingCentral>(settings, config);
}

SubmitOutcome ringcentral_outcome(int http_status, std::string_view body, int64_t retry_after_s) {
  if (http_status == 401) return retry("RingCentral did not take the token.", kBusyWait);
  if (http_status == 429) {
    const std::chrono::seconds asked(retry_after_s);
    const auto wait = asked.count() > 0 ? std::min(asked, kPenaltyMax) : kPenaltyDefault;
    return retry(ringcentral_error_text(body), wait);
  }
  // "Messaging is not available now": nothing was taken.
  if (http_status == 503 && ringcentral_error_code(body) == "MSG-290") {
    return retry(ringcentral_error_text(body), kLaterDefault);
  }
  if (http_status >= 400 && http_status < 500 && http_status != 408) {
    SubmitOutcome outcome = refused(ringcentral_error_text(body));
    outcome.carrier_code = ringcentral_error_code(body);
    if (ringcentral_opted_out(outcome.carrier_code)) outcome.error_code = "OPTED_OUT";
    return outcome;
  }
  const SubmitOutcome unknown = submit_in_doubt("RingCentral's answer says nothing.");
  if (http_status != 200) return unknown;
  const auto document = JsonDocument::parse(body);
  if (!document || !document->root().is_object()) return unknown;
  SubmitOutcome outcome = outcome_of(Kind::kAccepted, "", "");
  outcome.carrier_message_id = ringcentral_id(document->root().find("id"));
  if (outcome.carrier_message_id.empty()) return unknown;
  const auto status = document->root().find("messageStatus");
  const std::string_view word =
      status && status->is_string() ? ringcentral_word(status->string()) : std::string_view();
  if (!word.empty()) outcome.receipts.push_back({std::string(word), milliseconds(0)});
  return outcome;
}

std::chrono::seconds ringcentral_hold(const HttpReply& reply) {
  using std::chrono::seconds;
  if (reply.status == 429) {
    const seconds asked(reply.retry_after_s);
    return asked.count() > 0 ? std::min(asked, kPenaltyMax) : kPenaltyDefault;
  }
  if (header_number(reply, "x-rate-limit-remaining", 1) > 0) return seconds(0);
  return std::min(seconds(header_number(reply, "x-rate-limit-window", 0)), kPenaltyMax);
}

// "sent" means that RingCentral has accepted the message; what it has queued, it has accepted.
std::string_view ringcentral_word(std::string_view message_status) {
  if (message_status == "Queued" || message_status == "Sent") return "ACCEPTD";
  if (message_status == "Delivered") return "DELIVRD";
  if (message_status == "SendingFailed") return "REJECTD";
  return message_status == "DeliveryFailed" ? "UNDELIV" : std::string_view();
}

bool ringcentral_opted_out(std::string_view error_code) {
  return error_code == "SMS-RC-413" || error_code == "SMS-UP-413" || error_code == "SMS-CAR-413";
}

}  // namespace dundun
