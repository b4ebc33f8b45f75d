#include "common/carrier/ringcentral/connections.h"

#include "common/base/log.h"
#include "common/base/metrics.h"
#include "common/io/crypto.h"
#include "sql/ringcentral.h"

namespace dundun {
namespace {

// RingCentral takes no longer verification tokens than about 40 characters.
constexpr size_t kVerificationBytes = 16;

std::string seal_owner(int64_t account_id) { return "ringcentral:" + std::to_string(account_id); }

Error not_connected() { return fail(ErrorCode::kNotFound, "RingCentral not connected"); }

void note_lost(const RcUser& user) {
  counter("dundun_ringcentral_lost_total").add();
  log(LogLevel::kError, "ringcentral_connection_lost",
      {{"account_id", user.account_id}, {"extension", std::string_view(user.extension_id)}});
}

// Rolls back unless it is committed.
class Transaction {
 public:
  explicit Transaction(Pg& pg) : pg_(pg) {}
  ~Transaction() {
    if (!done_) pg_.rollback();
  }
  Status begin() {
    (void)TRY(pg_.run(kPgBegin, {}));
    return Done{};
  }
  Status commit() {
    (void)TRY(pg_.run(kPgCommit, {}));
    done_ = true;
    return Done{};
  }

 private:
  Pg& pg_;
  bool done_ = false;
};

Result<RcTokens> ask_for_tokens(const RingCentralApi& api, RcCredential kind,
                                const std::string& credential) {
  return kind == RcCredential::kJwt ? api.tokens_of_jwt(credential)
                                    : api.tokens_of_refresh(credential);
}

Status note_subscription(Pg& pg, const RcUser& user, const RcSubscription& subscription) {
  (void)TRY(pg.run(sql::rc_subscribed,
                   {user.account_id, user.extension_id, subscription.id, subscription.until}));
  return Done{};
}

// RingCentral's tokens of another user would be kept under the wrong name.
Result<RcTokens> of_this_user(Result<RcTokens> tokens, const RcUser& user) {
  if (tokens && tokens->extension_id != user.extension_id) {
    return fail(ErrorCode::kExpiredToken, "another user's tokens");
  }
  return tokens;
}

}  // namespace

Result<RingCentralSettings> ringcentral_settings(Pg& pg, const Config& config,
                                                 std::string_view carrier) {
  constexpr auto& col = sql::rc_carriers;
  const auto none = [](std::string detail) {
    return fail(ErrorCode::kInvalidState, "RingCentral is not set up here", std::move(detail));
  };
  const PgRows rows = TRY(pg.run(sql::rc_carriers, {}));
  for (int row = 0; row < rows.size(); ++row) {
    if (!carrier.empty() && rows.text(row, col.carrier) != carrier) continue;
    const auto secrets = read_carrier_file(config.carrier_secrets_dir, rows.text(row, col.carrier));
    if (!secrets) return none("no file of secrets");
    auto settings = read_ringcentral_settings(rows.text(row, col.carrier),
                                              rows.text(row, col.settings), *secrets);
    if (!settings) return none(settings.error().message);
    return settings;
  }
  return none("no carrier of kind ringcentral");
}

std::string seal_rc_secret(const Config& config, int64_t account_id, std::string_view secret) {
  return seal(config.secrets_key, secret, seal_owner(account_id));
}

Result<std::string> open_rc_secret(const Config& config, int64_t account_id,
                                   std::string_view sealed) {
  std::optional<std::string> secret = unseal(config.secrets_key, sealed, seal_owner(account_id));
  if (!secret) return fail(ErrorCode::kInternal, "Internal server error", "token unreadable");
  return *std::move(secret);
}

Result<std::optional<std::string>> access_token(Pg& pg, const Config& config,
                                                const RingCentralApi& api, const RcUser& user,
                                                std::chrono::seconds at_least) {
  constexpr auto& col = sql::rc_lock;
  Transaction transaction(pg);
  TRY(transaction.begin());
  const PgRows rows = TRY(pg.run(sql::rc_lock, {user.account_id, user.extension_id}));
  if (rows.size() == 0) return std::optional<std::string>();
  if (rows.instant(0, col.expires_at) > now() + at_least) {
    return std::optional(
        TRY(open_rc_secret(config, user.account_id, rows.text(0, col.access_token))));
  }
  const auto kind = RcCredential(rows.i16(0, col.kind));
  const std::string credential =
      TRY(open_rc_secret(config, user.account_id, rows.text(0, col.credential)));
  auto tokens = of_this_user(ask_for_tokens(api, kind, credential), user);
  if (!tokens && tokens.error().code == ErrorCode::kExpiredToken) {
    (void)TRY(pg.run(sql::rc_lost, {user.account_id, user.extension_id}));
    TRY(transaction.commit());
    note_lost(user);
    return not_connected();
  }
  if (!tokens) return std::move(tokens).error();
  const std::string& next = kind == RcCredential::kJwt || tokens->refresh_token.empty()
                                ? credential
                                : tokens->refresh_token;
  (void)TRY(pg.run(sql::rc_renewed,
                   {user.account_id, user.extension_id,
                    PgParam::bytea(seal_rc_secret(config, user.account_id, next)),
                    PgParam::bytea(seal_rc_secret(config, user.account_id, tokens->access_token)),
                    tokens->expires_at}));
  TRY(transaction.commit());
  counter("dundun_ringcentral_renewals_total").add();
  return std::optional(std::move(tokens->access_token));
}

Result<int> take_rc_numbers(Pg& pg, const RingCentralApi& api, const RcUser& user,
                            std::string_view access_token) {
  const std::vector<RcNumber> numbers = TRY(api.sms_numbers(access_token));
  PgArray e164(PgArray::Type::kText), countries(PgArray::Type::kText);
  for (const RcNumber& one : numbers) {
    e164.add(std::string_view(one.number));
    countries.add(std::string_view(one.country));
  }
  (void)TRY(
      pg.run(sql::rc_numbers_take, {user.account_id, user.extension_id, api.settings().carrier,
                                    e164.finish(), countries.finish()}));
  return static_cast<int>(numbers.size());
}

Status look_at_subscription(Pg& pg, const RingCentralApi& api, const RcUser& user,
                            std::string_view access_token, const std::string& subscription) {
  const auto seen = api.subscription(access_token, subscription);
  const bool gone = !seen && seen.error().code == ErrorCode::kNotFound;
  if (!seen && !gone) return seen.error();
  if (!gone && seen->active) return note_subscription(pg, user, *seen);
  counter("dundun_ringcentral_suspended_total").add();
  log(LogLevel::kError, "ringcentral_subscription_suspended",
      {{"account_id", user.account_id}, {"extension", std::string_view(user.extension_id)}});
  if (!gone) (void)api.unsubscribe(access_token, subscription);
  return subscribe_rc(pg, api, user, access_token, std::nullopt);
}

Status subscribe_rc(Pg& pg, const RingCentralApi& api, const RcUser& user,
                    std::string_view access_token, const std::optional<std::string>& subscription) {
  if (subscription) {
    auto renewed = api.renew_subscription(access_token, *subscription);
    if (renewed) return note_subscription(pg, user, *renewed);
    const ErrorCode code = renewed.error().code;
    const bool unknown = code == ErrorCode::kNotFound || code == ErrorCode::kInvalidRequest;
    if (!unknown) return std::move(renewed).error();
  }
  const std::string word = to_hex(random_bytes(kVerificationBytes));
  // First, because a notification may come before the answer does.
  (void)TRY(pg.run(sql::rc_verification_begin,
                   {user.account_id, user.extension_id, PgParam::bytea(sha256(word))}));
  const RcSubscription made = TRY(api.subscribe(access_token, word));
  return note_subscription(pg, user, made);
}

}  // namespace dundun
