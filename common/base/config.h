// Settings from the environment, read once at start. Nothing else calls getenv. What must be set,
// and so every secret, may stand in a file instead, whose name is in NAME_FILE.
#pragma once

#include <array>
#include <chrono>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "common/base/log.h"
#include "common/base/result.h"

namespace dundun {

// Names of settings, and what they are set to.
using Variables = std::map<std::string, std::string, std::less<>>;
// What this process was started with.
Variables process_environment();
struct SettingsReading;

using RetryDelays = std::array<std::chrono::seconds, 2>;

// Payments by customers (deploy/payments.md).
struct PaymentConfig {
  std::string provider;    // PAYMENT_PROVIDER: sandbox, flutterwave; empty: off
  std::string secret;      // PAYMENT_SECRET: signs references and sandbox callbacks
  std::string public_url;  // PUBLIC_URL: where browsers reach us, without a path
  std::chrono::milliseconds timeout{8000};  // PAYMENT_TIMEOUT_MS: of a whole call to a provider
  int64_t min_usd = 1;                      // TOPUP_MIN_USD
  int64_t max_usd = 10'000;                 // TOPUP_MAX_USD
  int64_t default_usd = 20;                 // TOPUP_DEFAULT_USD: a top-up that names no amount
  std::string flutterwave_base_url;         // FLUTTERWAVE_BASE_URL
  std::string flutterwave_secret_key;       // FLUTTERWAVE_SECRET_KEY
  std::string flutterwave_secret_hash;      // FLUTTERWAVE_SECRET_HASH: webhooks must bear it
  std::string flutterwave_customer_email;   // FLUTTERWAVE_CUSTOMER_EMAIL: for its receipts
};

// One-time codes (deploy/verify.md). Everything is counted per account.
struct VerifyConfig {
  std::string secret;                     // VERIFY_SECRET: codes are hashed with it
  int attempts_max = 5;                   // VERIFY_ATTEMPTS_MAX a verification
  int sends_max = 4;                      // VERIFY_SENDS_MAX a verification, the first included
  std::chrono::seconds resend_pause{30};  // VERIFY_RESEND_PAUSE_S
  int number_max = 5;                     // VERIFY_NUMBER_MAX codes to a number in 10 minutes
  int number_day_max = 20;                // VERIFY_NUMBER_DAY_MAX
  int account_hour_max = 10'000;          // VERIFY_ACCOUNT_HOUR_MAX
  int country_hour_max = 2'000;           // VERIFY_COUNTRY_HOUR_MAX
  int new_country_hour_max = 50;          // VERIFY_NEW_COUNTRY_HOUR_MAX: until it is known
  int known_country_min = 20;             // VERIFY_KNOWN_COUNTRY_MIN codes in the 7 days before
  int block_max = 30;                     // VERIFY_BLOCK_MAX numbers of a range in 10 minutes
  int block_digits = 4;                   // VERIFY_BLOCK_DIGITS: a range differs in its last ones
};

// Calls to customers' URLs (deploy/webhooks.md).
struct WebhookConfig {
  // OUTBOUND_ALLOWED_ADDRESSES: prefixes inside our network that may be called although they are
  // private
  std::string allowed_addresses;
  std::chrono::milliseconds timeout{15'000};        // WEBHOOK_TIMEOUT_MS: of a whole call
  std::chrono::milliseconds connect_timeout{4000};  // WEBHOOK_CONNECT_TIMEOUT_MS, TLS included
  std::chrono::milliseconds lease{20'000};          // WEBHOOK_LEASE_MS: of a lane
  int per_endpoint_max = 4;                         // WEBHOOK_PER_ENDPOINT_MAX calls at once
  int in_flight_max = 1000;                         // WEBHOOK_IN_FLIGHT_MAX of a scheduler
  std::chrono::hours disable_after{5 * 24};         // WEBHOOK_DISABLE_AFTER_H without a success
  std::chrono::hours old_secret_lives{24};          // WEBHOOK_OLD_SECRET_H
};

// People who log in (deploy/accounts.md).
struct SessionConfig {
  int idle_s = 1800;                 // SESSION_IDLE_S: ends when unused for this long
  int absolute_s = 43'200;           // SESSION_ABSOLUTE_S: ends this long after the login
  int rate_limit_per_s = 100;        // SESSION_RATE_PER_S: requests of a session
  int cookie_secure = 0;             // SESSION_COOKIE_SECURE: 1: TLS ends in front of our nginx
  std::vector<std::string> origins;  // PORTAL_ORIGINS: other origins of our own pages
  int login_failures_max = 10;       // LOGIN_FAILURES_MAX of an address in LOGIN_WINDOW_S
  int login_window_s = 300;          // LOGIN_WINDOW_S
  int login_block_s = 900;           // LOGIN_BLOCK_S: an address's block, an e-mail's longest wait
  int login_email_window_s = 3600;   // LOGIN_EMAIL_WINDOW_S: failures of an e-mail count for it
  int device_days = 180;             // LOGIN_DEVICE_DAYS: a browser is known since its last login
  int devices_max = 20;              // LOGIN_DEVICES_MAX: known browsers of an e-mail
  int password_length_min = 10;      // PASSWORD_LENGTH_MIN
  int password_memory_kib = 19'456;  // PASSWORD_MEMORY_KIB: Argon2id, as OWASP recommends
  int password_passes = 2;           // PASSWORD_PASSES
  int password_threads = 2;          // PASSWORD_THREADS: hashes a process makes at once
  int password_queue_max = 64;       // PASSWORD_QUEUE_MAX: waiting for them; beyond it 503
  // The second factor:
  int admins_need_it = 1;           // ADMIN_SECOND_FACTOR: 0: administrators may do without
  std::string issuer = "Dundun";    // SECOND_FACTOR_ISSUER: what an authenticator's app shows
  int half_session_s = 300;         // HALF_SESSION_S: between the password and the second factor
  std::chrono::seconds fresh{600};  // SECOND_FACTOR_FRESH_S: for what is dangerous
  // Passkeys, for the portal at PORTAL_URL:
  int passkeys_max = 10;          // PASSKEYS_MAX of a user
  int passkey_challenge_s = 300;  // PASSKEY_CHALLENGE_S: how long one may be answered
  int passkey_asks_max = 60;  // PASSKEY_ASKS_MAX: logins that an address begins in LOGIN_WINDOW_S
  // Links by mail:
  std::string portal_url;     // PORTAL_URL: where their pages are, without a path
  int invitation_hours = 72;  // INVITATION_HOURS: how long one holds
  int reset_minutes = 30;     // PASSWORD_RESET_MIN: the same of a new password's
  int reset_mails_max = 3;    // RESET_MAILS_MAX to an e-mail in LOGIN_EMAIL_WINDOW_S
};

// Logins by an OpenID provider (deploy/oidc.md).
struct OidcConfig {
  std::string issuer;                // OIDC_ISSUER, empty: none
  std::string client_id;             // OIDC_CLIENT_ID
  std::string client_secret;         // OIDC_CLIENT_SECRET; empty: a public client, by PKCE alone
  std::string name;                  // OIDC_NAME: what the button says
  int64_t account_id = 0;            // OIDC_ACCOUNT: whose people
  std::vector<std::string> domains;  // OIDC_DOMAINS of verified e-mails; none: all
  std::string role_claim;            // OIDC_ROLE_CLAIM
  std::vector<std::pair<std::string, std::string>> roles;  // OIDC_ROLES: the claim's value, ours
  int create = 0;                                          // OIDC_CREATE: 1: makes who is unknown
  int private_addresses = 0;                  // OIDC_PRIVATE_ADDRESSES: 1: in our own network
  std::chrono::seconds clock_skew{300};       // OIDC_CLOCK_SKEW_S: between its clock and ours
  std::chrono::seconds documents_kept{3600};  // OIDC_DOCUMENTS_S: its addresses and keys
  std::chrono::milliseconds timeout{5000};    // OIDC_TIMEOUT_MS: of each call
  int login_s = 600;                          // OIDC_LOGIN_S: there and back
};

// E-mail that we send (deploy/mail.md).
struct MailConfig {
  std::string url;   // MAIL_URL: smtp://host:587 (STARTTLS), smtps://host:465; empty: none
  std::string user;  // MAIL_USER, MAIL_PASSWORD; empty: without a login
  std::string password;
  std::string from;     // MAIL_FROM: an address
  std::string ca_file;  // MAIL_CA_FILE: instead of the system's
  bool plain = false;   // MAIL_TLS=off: without TLS, for a server on this host
  std::chrono::milliseconds timeout{20'000};  // MAIL_TIMEOUT_MS: of one mail
  int attempts_max = 8;                       // MAIL_ATTEMPTS_MAX, over some hours
};

// The second dialect (deploy/gravity.md).
struct GravityConfig {
  int app_per_minute = 100;    // GRAVITY_APP_PER_MINUTE requests of an app's key
  int admin_per_minute = 500;  // GRAVITY_ADMIN_PER_MINUTE
  int apps_max = 100;          // GRAVITY_APPS_MAX of a tenant
  // RingCentral (deploy/ringcentral.md):
  int rc_connect_tokens_per_hour = 100;           // RC_CONNECT_TOKENS_PER_HOUR of a tenant
  std::chrono::seconds rc_renew_before{600};      // RC_RENEW_BEFORE_S: of an access token's end
  std::chrono::hours rc_numbers_every{24};        // RC_NUMBERS_EVERY_H: read again
  std::chrono::milliseconds rc_look_every{3000};  // RC_LOOK_EVERY_MS: one message of each user
  std::chrono::seconds rc_texts_every{900};       // RC_TEXTS_EVERY_S: texts that nobody told us of
};

// How long each kind of data is kept (deploy/retention.md); 0: for ever.
struct RetentionConfig {
  int messages_months = 0;            // MESSAGES_KEEP_MONTHS, whole ones, with their timeline
  int texts_days = 0;                 // TEXTS_KEEP_DAYS: then texts are blanked
  int inbound_months = 0;             // INBOUND_KEEP_MONTHS
  int webhook_deliveries_months = 0;  // WEBHOOK_DELIVERIES_KEEP_MONTHS
  int idempotency_hours = 24;         // IDEMPOTENCY_KEEP_HOURS, at least 24
  int sessions_days = 7;              // SESSIONS_KEEP_DAYS after their end
  int audit_days = 0;                 // AUDIT_KEEP_DAYS
  int verifications_days = 90;        // VERIFICATIONS_KEEP_DAYS
  int notifications_days = 90;        // NOTIFICATIONS_KEEP_DAYS
  int unrouted_days = 30;             // UNROUTED_KEEP_DAYS
  int inbound_repeat_days = 30;       // INBOUND_REPEAT_DAYS: repeated callbacks are recognised
  int carrier_ids_days = 7;           // CARRIER_IDS_KEEP_DAYS: as long as receipts may come
  int unmatched_receipts_days = 30;   // UNMATCHED_RECEIPTS_KEEP_DAYS
  int receipts_days = 30;  // RECEIPTS_KEEP_DAYS: for one part of a message without the others
  int lock_ms = 200;       // RETENTION_LOCK_MS: how long traffic may wait while a table is dropped
};

// When a carrier counts as broken, and how it is tried again (deploy/routing.md).
struct BreakerConfig {
  int sample = 20;                              // BREAKER_SAMPLE: the last submits that count,
  std::chrono::seconds window{60};              // BREAKER_WINDOW_S: none of them older;
  int outcomes_min = 5;                         // BREAKER_MIN: fewer say nothing;
  int failures_percent = 50;                    // BREAKER_PERCENT of them failed: it opens,
  std::chrono::milliseconds open_for{5000};     // BREAKER_OPEN_MS: for so long; then one probe,
  std::chrono::milliseconds probe_max{20'000};  // BREAKER_PROBE_MS: which may take so long
};

struct Config {
  std::string program;
  std::string database_url;  // DATABASE_URL
  // DATABASE_URL_READ: a standby for reads that may be a little old; empty: none
  std::string database_url_read;
  std::chrono::milliseconds replica_lag_max{5000};  // REPLICA_LAG_MAX_MS: beyond it, the primary
  bool custom_plans = false;          // PLAN_CACHE_MODE: generic or custom, of every statement
  std::string witness_dir;            // WITNESS_DIR: where it is kept how far PostgreSQL had come
  std::string redis_url;              // REDIS_URL (redis_url.h)
  std::string metrics_dir;            // METRICS_DIR, empty: none
  int worker_threads = 8;             // WORKER_THREADS
  int running_threads = 8;            // RUNNING_THREADS: how many of them work at once
  int pg_pool_size = 8;               // PG_POOL_SIZE: read connections a process
  int requests_in_flight_max = 2048;  // REQUESTS_MAX: beyond it 503
  int call_out_threads = 4;           // CALL_OUT_THREADS: requests that wait for other hosts
  int call_out_queue_max = 32;        // CALL_OUT_QUEUE_MAX that wait for such a thread; then 503
  int exports_max = 4;                // EXPORTS_MAX downloads at once; then 503
  int exports_per_account = 1;        // EXPORTS_PER_ACCOUNT of them; then 429
  size_t body_bytes_max = 1 << 20;    // BODY_BYTES_MAX
  // REPEAT_WAIT_MS: how long a repeat of an Idempotency-Key waits for the first request's answer,
  // beside the time that the first may wait for a carrier
  std::chrono::milliseconds repeat_wait{1000};
  size_t upload_bytes_max = 0;                         // of the binaries that take files
  int journal_batch_max = 512;                         // JOURNAL_BATCH_MAX
  int journal_queue_max = 8192;                        // JOURNAL_QUEUE_MAX: beyond it 503
  int journal_writers = 1;                             // JOURNAL_WRITERS: 1 or 2
  std::chrono::milliseconds journal_deadline{4000};    // JOURNAL_DEADLINE_MS
  bool journal_reads_by_account = false;               // JOURNAL_READS: batch or account
  std::chrono::milliseconds statement_timeout{3000};   // STATEMENT_TIMEOUT_MS
  std::chrono::milliseconds redis_timeout{200};        // REDIS_TIMEOUT_MS
  int stream_entries_max = 1000;                       // STREAM_ENTRIES_MAX an account
  std::chrono::seconds stream_kept_for{86'400};        // STREAM_KEPT_S
  std::chrono::milliseconds submit_lease{30'000};      // SUBMIT_LEASE_MS
  std::chrono::milliseconds loopback_dlr_delay{1000};  // LOOPBACK_DLR_DELAY_MS
  std::string loopback_handset_log;  // LOOPBACK_HANDSET_LOG: a line a submit, for tests
  std::string carrier_secrets_dir;   // CARRIER_SECRETS_DIR: a file of secrets each carrier
  // SUBMIT_DOUBT_S: how long a submit without an answer waits for a receipt, if its carrier cannot
  // de-duplicate; then it is SUBMIT_UNKNOWN
  std::chrono::seconds submit_doubt{86'400};
  BreakerConfig breaker;
  int pace_share = 4;  // PACE_SHARE: without Redis a process takes 1/PACE_SHARE of each limit
  // AUTO_RETRY_FIRST_S, AUTO_RETRY_SECOND_S: before the automatic retries of a failed submit
  RetryDelays auto_retry_delays{std::chrono::seconds(60), std::chrono::seconds(300)};
  int bad_keys_max = 10;                 // BAD_KEYS_MAX from an address in 5 minutes
  int bad_keys_block_s = 900;            // BAD_KEYS_BLOCK_S
  int https_required = 0;                // HTTPS_REQUIRED: 1: no keys without TLS (Gravity)
  int scheduler_run_s = 58;              // SCHEDULER_RUN_S
  size_t inbound_text_bytes_max = 8192;  // INBOUND_TEXT_BYTES_MAX: of one text, in UTF-8
  int auto_reply_pause_s = 60;           // AUTO_REPLY_PAUSE_S between two to one phone
  int auto_replies_a_day_max = 20;       // AUTO_REPLIES_A_DAY_MAX to one phone

  int api_keys_max = 100;            // API_KEYS_MAX of an account in force
  int sender_ids_max = 100;          // SENDER_IDS_MAX of an account
  int users_max = 100;               // USERS_MAX of an account
  std::string numbering_plans_file;  // NUMBERING_PLANS: newer ones than the build's
  std::string fx_feed_file;          // FX_FEED_FILE: rates to keep to, empty: none
  int fx_feed_max_age_s = 86'400;    // FX_FEED_MAX_AGE_S: an older file alarms
  int fx_change_max_percent = 20;  // FX_CHANGE_MAX_PERCENT: a feed with a bigger change is refused
  int price_change_max_percent = 50;  // PRICE_CHANGE_MAX_PERCENT: more has to be confirmed
  int route_health_hours = 24;        // ROUTE_HEALTH_HOURS: the window of /routes/health
  int pricing_max_age_s = 60;         // PRICING_MAX_AGE_S: how long /pricing may be cached

  RetentionConfig retention;
  PaymentConfig payments;
  VerifyConfig verify;
  GravityConfig gravity;
  WebhookConfig webhooks;
  std::string secrets_key;  // SECRETS_KEY_FILE holds it in 64 hex digits; here 32 bytes
  SessionConfig sessions;
  OidcConfig oidc;
  MailConfig mail;

  // kInvalidRequest names the first variable that is missing or is not what it has to be.
  static Result<Config> from_environment(std::string program);
  // All that is wrong, in other variables than this process has.
  static SettingsReading read(std::string program, const Variables& variables);
};

struct SettingsReading {
  Config config;
  LogLevel log_level = LogLevel::kInfo;
  std::vector<Error> wrong;     // each begins with the name of its variable
  std::set<std::string> known;  // the settings there are, set or not
};

}  // namespace dundun
