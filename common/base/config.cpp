#include "common/base/config.h"

#include <sched.h>
#include <unistd.h>

#include <algorithm>

#include "common/base/environment.h"

namespace dundun {

namespace {

int cores_of_this_process() {
  cpu_set_t cores;
  return sched_getaffinity(0, sizeof cores, &cores) == 0 ? CPU_COUNT(&cores) : 1;
}

// PostgreSQL, the workers and nginx share the cores of a small host. There a second transaction
// costs more than it wins.
int journal_writers_that_pay() { return cores_of_this_process() > 2 ? 2 : 1; }

WebhookConfig webhook_config(Environment& environment) {
  WebhookConfig webhooks;
  webhooks.allowed_addresses = environment.text("OUTBOUND_ALLOWED_ADDRESSES");
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
  environment.yes_or_no("SESSION_COOKIE_SECURE", sessions.cookie_secure);
  sessions.origins = environment.list("PORTAL_ORIGINS");
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
  environment.yes_or_no("ADMIN_SECOND_FACTOR", sessions.admins_need_it);
  if (const std::string issuer = environment.text("SECOND_FACTOR_ISSUER"); !issuer.empty()) {
    sessions.issuer = issuer;
  }
  environment.number("HALF_SESSION_S", sessions.half_session_s);
  environment.seconds("SECOND_FACTOR_FRESH_S", sessions.fresh);
  environment.number("PASSKEYS_MAX", sessions.passkeys_max);
  environment.number("PASSKEY_CHALLENGE_S", sessions.passkey_challenge_s);
  environment.number("PASSKEY_ASKS_MAX", sessions.passkey_asks_max);
  sessions.portal_url = environment.origin("PORTAL_URL", Presence::kOptional);
  environment.number("INVITATION_HOURS", sessions.invitation_hours);
  environment.number("PASSWORD_RESET_MIN", sessions.reset_minutes);
  environment.number("RESET_MAILS_MAX", sessions.reset_mails_max);
  return sessions;
}

// "staff=viewer": what the provider says, and our role.
void read_oidc_roles(Environment& environment, OidcConfig& oidc) {
  for (const std::string& line : environment.list("OIDC_ROLES")) {
    const size_t equals = line.rfind('=');
    const std::string role = equals == std::string::npos ? "" : line.substr(equals + 1);
    if (role != "viewer" && role != "developer" && role != "owner" && role != "admin") {
      return environment.complain("OIDC_ROLES", "is no list of value=role");
    }
    oidc.roles.emplace_back(line.substr(0, equals), role);
  }
  oidc.role_claim = environment.text("OIDC_ROLE_CLAIM");
  if (oidc.roles.empty() != oidc.role_claim.empty()) {
    environment.complain("OIDC_ROLES", "needs OIDC_ROLE_CLAIM, and the other way round");
  }
}

OidcConfig oidc_config(Environment& environment, const SessionConfig& sessions,
                       std::string_view program) {
  environment.know({"OIDC_CLIENT_ID", "OIDC_CLIENT_SECRET", "OIDC_CLIENT_SECRET_FILE", "OIDC_NAME",
                    "OIDC_ACCOUNT", "OIDC_DOMAINS", "OIDC_ROLE_CLAIM", "OIDC_ROLES", "OIDC_CREATE",
                    "OIDC_PRIVATE_ADDRESSES", "OIDC_CLOCK_SKEW_S", "OIDC_DOCUMENTS_S",
                    "OIDC_TIMEOUT_MS", "OIDC_LOGIN_S"});
  OidcConfig oidc;
  oidc.issuer = environment.text("OIDC_ISSUER");
  if (oidc.issuer.empty()) return oidc;
  environment.yes_or_no("OIDC_PRIVATE_ADDRESSES", oidc.private_addresses);
  const bool plain = oidc.private_addresses != 0 && oidc.issuer.starts_with("http://");
  if (!plain && !oidc.issuer.starts_with("https://")) {
    environment.complain("OIDC_ISSUER", "is no https:// address");
  }
  if (sessions.portal_url.empty()) {
    environment.complain("PORTAL_URL", "is not set: the identity provider sends people there");
  }
  oidc.client_id = environment.required("OIDC_CLIENT_ID");
  if (program == "session") oidc.client_secret = environment.given("OIDC_CLIENT_SECRET");
  const std::string name = environment.text("OIDC_NAME");
  oidc.name = name.empty() ? "OpenID" : name;
  (void)environment.required("OIDC_ACCOUNT");
  environment.number("OIDC_ACCOUNT", oidc.account_id);
  oidc.domains = environment.list("OIDC_DOMAINS");
  read_oidc_roles(environment, oidc);
  environment.yes_or_no("OIDC_CREATE", oidc.create);
  environment.seconds("OIDC_CLOCK_SKEW_S", oidc.clock_skew);
  environment.seconds("OIDC_DOCUMENTS_S", oidc.documents_kept);
  environment.milliseconds("OIDC_TIMEOUT_MS", oidc.timeout);
  environment.number("OIDC_LOGIN_S", oidc.login_s);
  return oidc;
}

// Only the scheduler sends, and so only it needs the password; the others ask whether there is a
// server at all.
MailConfig mail_config(Environment& environment, const SessionConfig& sessions,
                       std::string_view program) {
  environment.know({"MAIL_FROM", "MAIL_USER", "MAIL_PASSWORD", "MAIL_PASSWORD_FILE", "MAIL_CA_FILE",
                    "MAIL_TLS", "MAIL_TIMEOUT_MS", "MAIL_ATTEMPTS_MAX"});
  MailConfig mail;
  mail.url = environment.text("MAIL_URL");
  if (mail.url.empty()) return mail;
  if (!mail.url.starts_with("smtp://") && !mail.url.starts_with("smtps://")) {
    environment.complain("MAIL_URL", "is neither smtp:// nor smtps://");
  }
  if (sessions.portal_url.empty())
    environment.complain("PORTAL_URL", "is not set: mails link to it");
  mail.from = environment.required("MAIL_FROM");
  if (!mail.from.empty() && mail.from.find('@') == std::string::npos) {
    environment.complain("MAIL_FROM", "is no address");
  }
  mail.user = environment.text("MAIL_USER");
  if (program == "scheduler" && !mail.user.empty()) {
    mail.password = environment.required("MAIL_PASSWORD");
  }
  mail.ca_file = environment.text("MAIL_CA_FILE");
  mail.plain = environment.either("MAIL_TLS", "on", "off");
  environment.milliseconds("MAIL_TIMEOUT_MS", mail.timeout);
  environment.number("MAIL_ATTEMPTS_MAX", mail.attempts_max);
  return mail;
}

PaymentConfig payment_config(Environment& environment) {
  environment.know({"PAYMENT_SECRET", "PAYMENT_SECRET_FILE", "PUBLIC_URL", "FLUTTERWAVE_BASE_URL",
                    "FLUTTERWAVE_SECRET_KEY", "FLUTTERWAVE_SECRET_KEY_FILE",
                    "FLUTTERWAVE_SECRET_HASH", "FLUTTERWAVE_SECRET_HASH_FILE",
                    "FLUTTERWAVE_CUSTOMER_EMAIL"});
  PaymentConfig payments;
  payments.provider = environment.text("PAYMENT_PROVIDER");
  environment.milliseconds("PAYMENT_TIMEOUT_MS", payments.timeout);
  environment.number("TOPUP_MIN_USD", payments.min_usd);
  environment.number("TOPUP_MAX_USD", payments.max_usd);
  environment.number("TOPUP_DEFAULT_USD", payments.default_usd);
  if (payments.provider.empty()) return payments;
  payments.secret = environment.secret("PAYMENT_SECRET");
  payments.public_url = environment.origin("PUBLIC_URL", Presence::kRequired);
  if (payments.provider == "sandbox") return payments;
  if (payments.provider != "flutterwave") {
    environment.complain("PAYMENT_PROVIDER", "is none of sandbox, flutterwave");
    return payments;
  }
  payments.flutterwave_base_url = environment.text("FLUTTERWAVE_BASE_URL");
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
  environment.seconds("RC_TEXTS_EVERY_S", gravity.rc_texts_every);
  return gravity;
}

void read_stores(Environment& environment, std::string_view program, Config& config) {
  config.database_url = environment.required("DATABASE_URL");
  config.database_url_read = environment.given("DATABASE_URL_READ");
  environment.milliseconds("REPLICA_LAG_MAX_MS", config.replica_lag_max);
  config.custom_plans = environment.either("PLAN_CACHE_MODE", "generic", "custom");
  config.witness_dir = environment.text("WITNESS_DIR");
  // The proof of the books reads PostgreSQL only.
  config.redis_url =
      environment.redis_url(program == "reconcile" ? Presence::kOptional : Presence::kRequired);
  environment.number("PG_POOL_SIZE", config.pg_pool_size);
  environment.milliseconds("STATEMENT_TIMEOUT_MS", config.statement_timeout);
  environment.milliseconds("REDIS_TIMEOUT_MS", config.redis_timeout);
  environment.number("JOURNAL_BATCH_MAX", config.journal_batch_max);
  environment.number("JOURNAL_QUEUE_MAX", config.journal_queue_max);
  config.journal_writers = journal_writers_that_pay();
  environment.number("JOURNAL_WRITERS", config.journal_writers, 1, 2);
  environment.milliseconds("JOURNAL_DEADLINE_MS", config.journal_deadline);
  config.journal_reads_by_account = environment.either("JOURNAL_READS", "batch", "account");
  environment.number("STREAM_ENTRIES_MAX", config.stream_entries_max);
  environment.seconds("STREAM_KEPT_S", config.stream_kept_for);
}

// What a process takes on, and from whom.
void read_limits(Environment& environment, std::string_view program, Config& config) {
  environment.number("WORKER_THREADS", config.worker_threads);
  // What sends waits for the journal without a thread. Elsewhere a request may keep one for long.
  const bool sends = program == "messages" || program == "gravity" || program == "verify";
  config.running_threads = sends ? cores_of_this_process() : config.worker_threads;
  environment.number("RUNNING_THREADS", config.running_threads);
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
  environment.yes_or_no("HTTPS_REQUIRED", config.https_required);
  environment.number("API_KEYS_MAX", config.api_keys_max);
  environment.number("SENDER_IDS_MAX", config.sender_ids_max);
  environment.number("USERS_MAX", config.users_max);
}

void read_carriers(Environment& environment, Config& config) {
  environment.milliseconds("SUBMIT_LEASE_MS", config.submit_lease);
  environment.milliseconds("REPEAT_WAIT_MS", config.repeat_wait);
  environment.seconds("SUBMIT_DOUBT_S", config.submit_doubt);
  config.carrier_secrets_dir = environment.text("CARRIER_SECRETS_DIR");
  if (config.carrier_secrets_dir.empty()) config.carrier_secrets_dir = "/etc/dundun/carriers";
  config.breaker = breaker_config(environment);
  environment.number("PACE_SHARE", config.pace_share);
  config.loopback_handset_log = environment.text("LOOPBACK_HANDSET_LOG");
  environment.milliseconds("LOOPBACK_DLR_DELAY_MS", config.loopback_dlr_delay, 0);
  environment.seconds("AUTO_RETRY_FIRST_S", config.auto_retry_delays[0]);
  environment.seconds("AUTO_RETRY_SECOND_S", config.auto_retry_delays[1]);
  environment.number("INBOUND_TEXT_BYTES_MAX", config.inbound_text_bytes_max);
  environment.number("AUTO_REPLY_PAUSE_S", config.auto_reply_pause_s);
  environment.number("AUTO_REPLIES_A_DAY_MAX", config.auto_replies_a_day_max);
}

void read_prices(Environment& environment, Config& config) {
  config.fx_feed_file = environment.text("FX_FEED_FILE");
  environment.number("FX_FEED_MAX_AGE_S", config.fx_feed_max_age_s);
  environment.number("FX_CHANGE_MAX_PERCENT", config.fx_change_max_percent);
  environment.number("PRICE_CHANGE_MAX_PERCENT", config.price_change_max_percent);
  environment.number("ROUTE_HEALTH_HOURS", config.route_health_hours);
  environment.number("PRICING_MAX_AGE_S", config.pricing_max_age_s, 0);
}

}  // namespace

Variables process_environment() {
  Variables variables;
  for (char** entry = environ; entry != nullptr && *entry != nullptr; ++entry) {
    const std::string_view text = *entry;
    const size_t end = text.find('=');
    if (end != std::string_view::npos) {
      variables.insert_or_assign(std::string(text.substr(0, end)), text.substr(end + 1));
    }
  }
  return variables;
}

SettingsReading Config::read(std::string program, const Variables& variables) {
  Environment environment(variables);
  Config config;
  read_stores(environment, program, config);
  config.metrics_dir = environment.text("METRICS_DIR");
  config.numbering_plans_file = environment.text("NUMBERING_PLANS");
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
  config.oidc = oidc_config(environment, config.sessions, program);
  config.mail = mail_config(environment, config.sessions, program);
  // Only who makes secrets or signs with them may read the key.
  environment.know({"SECRETS_KEY_FILE", "VERIFY_SECRET", "VERIFY_SECRET_FILE"});
  if (program == "webhooks" || program == "gravity" || program == "scheduler" ||
      program == "session") {
    config.secrets_key = environment.key_file("SECRETS_KEY_FILE");
  }
  const LogLevel level = environment.log_level();
  config.program = std::move(program);
  return {std::move(config), level, environment.wrong(), environment.known()};
}

Result<Config> Config::from_environment(std::string program) {
  SettingsReading reading = read(std::move(program), process_environment());
  if (!reading.wrong.empty()) return std::move(reading.wrong.front());
  set_log_level(reading.log_level);
  set_log_program(reading.config.program);
  return std::move(reading.config);
}

}  // namespace dundun
