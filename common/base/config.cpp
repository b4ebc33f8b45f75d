#include "common/base/config.h"

#include <algorithm>
#include <charconv>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <limits>
#include <optional>

#include "common/base/log.h"
#include "common/base/redis_url.h"

namespace dundun {

namespace {

std::string text_of(const char* variable) {
  const char* const text = std::getenv(variable);
  return text == nullptr ? std::string() : std::string(text);
}

Error wrong(const std::string& variable, const char* why) {
  return fail(ErrorCode::kInvalidRequest, variable + " " + why);
}

enum class Presence { kOptional, kRequired };

// Remembers the first wrong variable, so that the list below stays a list.
class Environment {
 public:
  std::string required(const char* variable) {
    std::string text = given(variable);
    if (text.empty()) complain(variable, "is not set");
    return text;
  }

  // The variable, or what stands in the file that NAME_FILE names: more eyes see an environment
  // than a file.
  std::string given(const char* variable) {
    const std::string with_file = std::string(variable) + "_FILE";
    const std::string path = text_of(with_file.c_str());
    std::string text = text_of(variable);
    if (path.empty()) return text;
    if (!text.empty()) complain(with_file, "is set beside the variable itself");
    std::ifstream file(path);
    if (!file.is_open() || std::filesystem::is_directory(path)) {
      complain(with_file, "names a file that cannot be read");
      return text;
    }
    text.assign(std::istreambuf_iterator<char>(file), {});
    while (text.ends_with('\n') || text.ends_with('\r')) text.pop_back();
    if (text.empty()) complain(with_file, "names an empty file");
    return text;
  }

  std::string redis_url(Presence presence) {
    std::string url = presence == Presence::kRequired ? required("REDIS_URL") : given("REDIS_URL");
    if (url.empty()) return url;
    const auto address = parse_redis_url(url);
    if (!address && !first_error_) first_error_ = address.error();
    return url;
  }

  // A secret that could be guessed is none.
  std::string secret(const char* variable) {
    constexpr size_t kBytesMin = 16;
    std::string text = required(variable);
    if (!text.empty() && text.size() < kBytesMin) complain(variable, "is too short");
    return text;
  }

  template <class Int>
  void number(const char* variable, Int& target, int64_t least = 1) {
    const std::string text = text_of(variable);
    if (text.empty()) return;
    int64_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc() || end != text.data() + text.size()) {
      complain(variable, "is no number");
    } else if (value < least || value > std::numeric_limits<int>::max()) {
      complain(variable, "is out of range");
    } else {
      target = static_cast<Int>(value);
    }
  }

  void milliseconds(const char* variable, std::chrono::milliseconds& target, int64_t least = 1) {
    int64_t count = target.count();
    number(variable, count, least);
    target = std::chrono::milliseconds(count);
  }

  void seconds(const char* variable, std::chrono::seconds& target) {
    int64_t count = target.count();
    number(variable, count, 1);
    target = std::chrono::seconds(count);
  }

  void hours(const char* variable, std::chrono::hours& target) {
    int64_t count = target.count();
    number(variable, count, 1);
    target = std::chrono::hours(count);
  }

  // 32 bytes from a file that holds 64 hex digits.
  std::string key_file(const char* variable) {
    constexpr size_t kDigits = 64;
    std::ifstream file(required(variable));
    std::string digits;
    file >> digits;
    std::string key(kDigits / 2, '\0');
    bool good = digits.size() == kDigits;
    for (size_t i = 0; good && i < key.size(); ++i) {
      const char* const pair = digits.data() + 2 * i;
      uint8_t byte = 0;
      good = std::from_chars(pair, pair + 2, byte, 16).ptr == pair + 2;
      key[i] = static_cast<char>(byte);
    }
    if (!good) complain(variable, "names no file with 64 hex digits");
    return key;
  }

  // Whether it is the second word; unset it is the first.
  bool either(const char* variable, const char* first, const char* second) {
    const std::string text = text_of(variable);
    if (!text.empty() && text != first && text != second) complain(variable, "is neither word");
    return text == second;
  }

  LogLevel log_level() {
    const std::string text = text_of("LOG_LEVEL");
    if (text.empty() || text == "info") return LogLevel::kInfo;
    if (text == "debug") return LogLevel::kDebug;
    if (text == "warning") return LogLevel::kWarning;
    if (text == "error") return LogLevel::kError;
    complain("LOG_LEVEL", "is none of debug, info, warning, error");
    return LogLevel::kInfo;
  }

  void complain(const std::string& variable, const char* why) {
    if (!first_error_) first_error_ = wrong(variable, why);
  }

  const std::optional<Error>& first_error() const { return first_error_; }

 private:
  std::optional<Error> first_error_;
};

WebhookConfig webhook_config(Environment& environment) {
  WebhookConfig webhooks;
  webhooks.allowed_addresses = text_of("OUTBOUND_ALLOWED_ADDRESSES");
  environment.milliseconds("WEBHOOK_TIMEOUT_MS", webhooks.timeout);
  environment.milliseconds("WEBHOOK_CONNECT_TIMEOUT_MS", webhooks.connect_timeout);
  environment.milliseconds("WEBHOOK_LEASE_MS", webhooks.lease);
  environment.number("WEBHOOK_PER_ENDPOINT_MAX", webhooks.per_endpoint_max);
  environment.number("WEBHOOK_IN_FLIGHT_MAX", webhooks.in_flight_max);
  environment.hours("WEBHOOK_DISABLE_AFTER_H", webhooks.disable_after);
  environment.hours("WEBHOOK_OLD_SECRET_H", webhooks.old_secret_lives);
  return webhooks;
}

BreakerConfig breaker_config(Environment& environment) {
  BreakerConfig breaker;
  environment.number("BREAKER_SAMPLE", breaker.sample);
  environment.seconds("BREAKER_WINDOW_S", breaker.window);
  environment.number("BREAKER_MIN", breaker.outcomes_min);
  environment.number("BREAKER_PERCENT", breaker.failures_percent);
  environment.milliseconds("BREAKER_OPEN_MS", breaker.open_for);
  environment.milliseconds("BREAKER_PROBE_MS", breaker.probe_max);
  if (breaker.outcomes_min > breaker.sample) {
    environment.complain("BREAKER_MIN", "is more than BREAKER_SAMPLE");
  }
  return breaker;
}

std::vector<std::string> split_list(std::string_view text) {
  std::vector<std::string> items;
  while (!text.empty()) {
    std::string_view item = text.substr(0, text.find(','));
    text.remove_prefix(std::min(text.size(), item.size() + 1));
    while (item.starts_with(' ')) item.remove_prefix(1);
    while (item.ends_with(' ')) item.remove_suffix(1);
    if (!item.empty()) items.emplace_back(item);
  }
  return items;
}

RetentionConfig retention_config(Environment& environment) {
  RetentionConfig keep;
  environment.number("MESSAGES_KEEP_MONTHS", keep.messages_months, 0);
  environment.number("TEXTS_KEEP_DAYS", keep.texts_days, 0);
  environment.number("INBOUND_KEEP_MONTHS", keep.inbound_months, 0);
  environment.number("WEBHOOK_DELIVERIES_KEEP_MONTHS", keep.webhook_deliveries_months, 0);
  environment.number("IDEMPOTENCY_KEEP_HOURS", keep.idempotency_hours, 24);
  environment.number("SESSIONS_KEEP_DAYS", keep.sessions_days);
  environment.number("AUDIT_KEEP_DAYS", keep.audit_days, 0);
  environment.number("VERIFICATIONS_KEEP_DAYS", keep.verifications_days);
  environment.number("NOTIFICATIONS_KEEP_DAYS", keep.notifications_days);
  environment.number("UNROUTED_KEEP_DAYS", keep.unrouted_days);
  environment.number("INBOUND_REPEAT_DAYS", keep.inbound_repeat_days);
  environment.number("CARRIER_IDS_KEEP_DAYS", keep.carrier_ids_days);
  environment.number("UNMATCHED_RECEIPTS_KEEP_DAYS", keep.unmatched_receipts_days);
  environment.number("RECEIPTS_KEEP_DAYS", keep.receipts_days);
  environment.number("RETENTION_LOCK_MS", keep.lock_ms);
  return keep;
}

SessionConfig session_config(Environment& environment) {
  SessionConfig sessions;
  environment.number("SESSION_IDLE_S", sessions.idle_s);
  environment.number("SESSION_ABSOLUTE_S", sessions.absolute_s);
  environment.number("SESSION_RATE_PER_S", sessions.rate_limit_per_s);
  environment.number("SESSION_COOKIE_SECURE", sessions.cookie_secure, 0);
  sessions.origins = split_list(text_of("PORTAL_ORIGINS"));
  environment.number("LOGIN_FAILURES_MAX", sessions.login_failures_max);
  environment.number("LOGIN_WINDOW_S", sessions.login_window_s);
  environment.number("LOGIN_EMAIL_WINDOW_S", sessions.login_email_window_s);
  environment.number("LOGIN_BLOCK_S", sessions.login_block_s);
  environment.number("LOGIN_DEVICE_DAYS", sessions.device_days);
  environment.number("LOGIN_DEVICES_MAX", sessions.devices_max);
  environment.number("PASSWORD_LENGTH_MIN", sessions.password_length_min, 8);
  environment.number("PASSWORD_MEMORY_KIB", sessions.password_memory_kib, 64);
  environment.number("PASSWORD_PASSES", sessions.password_passes);
  environment.number("PASSWORD_THREADS", sessions.password_threads);
  environment.number("PASSWORD_QUEUE_MAX", sessions.password_queue_max);
  return sessions;
}

PaymentConfig payment_config(Environment& environment) {
  PaymentConfig payments;
  payments.provider = text_of("PAYMENT_PROVIDER");
  environment.milliseconds("PAYMENT_TIMEOUT_MS", payments.timeout);
  environment.number("TOPUP_MIN_USD", payments.min_usd);
  environment.number("TOPUP_MAX_USD", payments.max_usd);
  environment.number("TOPUP_DEFAULT_USD", payments.default_usd);
  if (payments.provider.empty()) return payments;
  payments.secret = environment.secret("PAYMENT_SECRET");
  payments.public_url = environment.required("PUBLIC_URL");
  if (payments.provider == "sandbox") return payments;
  if (payments.provider != "flutterwave") {
    environment.complain("PAYMENT_PROVIDER", "is none of sandbox, flutterwave");
    return payments;
  }
  payments.flutterwave_base_url = text_of("FLUTTERWAVE_BASE_URL");
  if (payments.flutterwave_base_url.empty()) {
    payments.flutterwave_base_url = "https://api.flutterwave.com/v3";
  }
  payments.flutterwave_secret_key = environment.required("FLUTTERWAVE_SECRET_KEY");
  payments.flutterwave_secret_hash = environment.secret("FLUTTERWAVE_SECRET_HASH");
  payments.flutterwave_customer_email = environment.required("FLUTTERWAVE_CUSTOMER_EMAIL");
  return payments;
}

VerifyConfig verify_config(Environment& environment, std::string_view program) {
  VerifyConfig verify;
  if (program == "verify") verify.secret = environment.secret("VERIFY_SECRET");
  environment.number("VERIFY_ATTEMPTS_MAX", verify.attempts_max);
  environment.number("VERIFY_SENDS_MAX", verify.sends_max);
  environment.seconds("VERIFY_RESEND_PAUSE_S", verify.resend_pause);
  environment.number("VERIFY_NUMBER_MAX", verify.number_max);
  environment.number("VERIFY_NUMBER_DAY_MAX", verify.number_day_max);
  environment.number("VERIFY_ACCOUNT_HOUR_MAX", verify.account_hour_max);
  environment.number("VERIFY_COUNTRY_HOUR_MAX", verify.country_hour_max);
  environment.number("VERIFY_NEW_COUNTRY_HOUR_MAX", verify.new_country_hour_max);
  environment.number("VERIFY_KNOWN_COUNTRY_MIN", verify.known_country_min);
  environment.number("VERIFY_BLOCK_MAX", verify.block_max);
  environment.number("VERIFY_BLOCK_DIGITS", verify.block_digits);
  return verify;
}

GravityConfig gravity_config(Environment& environment) {
  GravityConfig gravity;
  environment.number("GRAVITY_APP_PER_MINUTE", gravity.app_per_minute);
  environment.number("GRAVITY_ADMIN_PER_MINUTE", gravity.admin_per_minute);
  environment.number("GRAVITY_APPS_MAX", gravity.apps_max);
  environment.number("RC_CONNECT_TOKENS_PER_HOUR", gravity.rc_connect_tokens_per_hour);
  environment.seconds("RC_RENEW_BEFORE_S", gravity.rc_renew_before);
  environment.hours("RC_NUMBERS_EVERY_H", gravity.rc_numbers_every);
  environment.milliseconds("RC_LOOK_EVERY_MS", gravity.rc_look_every);
  return gravity;
}

void read_stores(Environment& environment, std::string_view program, Config& config) {
  config.database_url = environment.required("DATABASE_URL");
  // The proof of the books reads PostgreSQL only.
  config.redis_url =
      environment.redis_url(program == "reconcile" ? Presence::kOptional : Presence::kRequired);
  environment.number("PG_POOL_SIZE", config.pg_pool_size);
  environment.milliseconds("STATEMENT_TIMEOUT_MS", config.statement_timeout);
  environment.milliseconds("REDIS_TIMEOUT_MS", config.redis_timeout);
  environment.number("JOURNAL_BATCH_MAX", config.journal_batch_max);
  environment.number("JOURNAL_QUEUE_MAX", config.journal_queue_max);
  environment.milliseconds("JOURNAL_DEADLINE_MS", config.journal_deadline);
  config.journal_reads_by_account = environment.either("JOURNAL_READS", "batch", "account");
  environment.number("STREAM_ENTRIES_MAX", config.stream_entries_max);
  environment.seconds("STREAM_KEPT_S", config.stream_kept_for);
}

// What a process takes on, and from whom.
void read_limits(Environment& environment, std::string_view program, Config& config) {
  environment.number("WORKER_THREADS", config.worker_threads);
  environment.number("REQUESTS_MAX", config.requests_in_flight_max);
  environment.number("CALL_OUT_THREADS", config.call_out_threads);
  environment.number("CALL_OUT_QUEUE_MAX", config.call_out_queue_max);
  environment.number("EXPORTS_MAX", config.exports_max);
  environment.number("EXPORTS_PER_ACCOUNT", config.exports_per_account);
  environment.number("BODY_BYTES_MAX", config.body_bytes_max);
  constexpr size_t kGravityBodyBytes = 100 * 1024;
  if (program == "gravity") {
    config.body_bytes_max = std::min(config.body_bytes_max, kGravityBodyBytes);
  }
  config.upload_bytes_max = 64 << 20;
  environment.number("UPLOAD_BYTES_MAX", config.upload_bytes_max);
  environment.number("BAD_KEYS_MAX", config.bad_keys_max);
  environment.number("BAD_KEYS_BLOCK_S", config.bad_keys_block_s);
  environment.number("HTTPS_REQUIRED", config.https_required, 0);
  environment.number("API_KEYS_MAX", config.api_keys_max);
  environment.number("SENDER_IDS_MAX", config.sender_ids_max);
  environment.number("USERS_MAX", config.users_max);
}

void read_carriers(Environment& environment, Config& config) {
  environment.milliseconds("SUBMIT_LEASE_MS", config.submit_lease);
  environment.milliseconds("REPEAT_WAIT_MS", config.repeat_wait);
  environment.seconds("SUBMIT_DOUBT_S", config.submit_doubt);
  config.carrier_secrets_dir = text_of("CARRIER_SECRETS_DIR");
  if (config.carrier_secrets_dir.empty()) config.carrier_secrets_dir = "/etc/dundun/carriers";
  config.breaker = breaker_config(environment);
  environment.number("PACE_SHARE", config.pace_share);
  config.loopback_handset_log = text_of("LOOPBACK_HANDSET_LOG");
  environment.milliseconds("LOOPBACK_DLR_DELAY_MS", config.loopback_dlr_delay, 0);
  environment.seconds("AUTO_RETRY_FIRST_S", config.auto_retry_delays[0]);
  environment.seconds("AUTO_RETRY_SECOND_S", config.auto_retry_delays[1]);
  environment.number("INBOUND_TEXT_BYTES_MAX", config.inbound_text_bytes_max);
  environment.number("AUTO_REPLY_PAUSE_S", config.auto_reply_pause_s);
  environment.number("AUTO_REPLIES_A_DAY_MAX", config.auto_replies_a_day_max);
}

void read_prices(Environment& environment, Config& config) {
  config.fx_feed_file = text_of("FX_FEED_FILE");
  environment.number("FX_FEED_MAX_AGE_S", config.fx_feed_max_age_s);
  environment.number("FX_CHANGE_MAX_PERCENT", config.fx_change_max_percent);
  environment.number("PRICE_CHANGE_MAX_PERCENT", config.price_change_max_percent);
  environment.number("ROUTE_HEALTH_HOURS", config.route_health_hours);
  environment.number("PRICING_MAX_AGE_S", config.pricing_max_age_s, 0);
}

}  // namespace

Result<Config> Config::from_environment(std::string program) {
  Environment environment;
  Config config;
  read_stores(environment, program, config);
  config.metrics_dir = text_of("METRICS_DIR");
  config.numbering_plans_file = text_of("NUMBERING_PLANS");
  environment.number("SCHEDULER_RUN_S", config.scheduler_run_s);
  read_limits(environment, program, config);
  read_carriers(environment, config);
  read_prices(environment, config);
  config.retention = retention_config(environment);
  config.payments = payment_config(environment);
  config.verify = verify_config(environment, program);
  config.gravity = gravity_config(environment);
  config.webhooks = webhook_config(environment);
  config.sessions = session_config(environment);
  // Only who makes secrets or signs with them may read the key.
  if (program == "webhooks" || program == "gravity" || program == "scheduler") {
    config.secrets_key = environment.key_file("SECRETS_KEY_FILE");
  }
  const LogLevel level = environment.log_level();
  if (environment.first_error()) return *environment.first_error();
  set_log_level(level);
  set_log_program(program);
  config.program = std::move(program);
  return config;
}

}  // namespace dundun
