#include "handlers/gravity/rc_setup.h"

#include "common/base/config.h"
#include "common/base/log.h"
#include "common/io/pg.h"
#include "common/web/audited_change.h"
#include "sql/ringcentral.h"

namespace dundun {
namespace {

void note_failure(const RcUser& user, std::string_view step, const Error& error) {
  log(LogLevel::kWarning, "ringcentral_setup",
      {{"account_id", user.account_id},
       {"step", step},
       {"detail", std::string_view(error.detail.empty() ? error.message : error.detail)}});
}

void set_up(Context& context, const RingCentralApi& api, const RcUser& user,
            const std::string& access_token, const std::optional<std::string>& subscription) {
  auto lease = context.services.pg.lease();
  if (!lease) return note_failure(user, "database", lease.error());
  Pg& pg = *lease->operator->();
  if (const auto numbers = take_rc_numbers(pg, api, user, access_token); !numbers) {
    note_failure(user, "numbers", numbers.error());
  }
  if (const auto subscribed = subscribe_rc(pg, api, user, access_token, subscription);
      !subscribed) {
    note_failure(user, "subscription", subscribed.error());
  }
}

// The subscription that the user had before.
Result<std::optional<std::string>> store(Context& context, const RingCentralApi& api,
                                         const RcUser& user, const std::string& rc_account,
                                         const RcGrant& grant) {
  const Config& config = context.services.config;
  const std::string credential = seal_rc_secret(config, user.account_id, grant.credential);
  const std::string token = seal_rc_secret(config, user.account_id, grant.tokens.access_token);
  AuditedChange change = TRY(AuditedChange::begin(context));
  const PgRows stored = TRY(change.run(
      sql::rc_connect, user.account_id, user.extension_id, rc_account, api.settings().carrier,
      static_cast<int16_t>(grant.kind), credential, token, grant.tokens.expires_at));
  TRY(change.record({.account_id = user.account_id,
                     .action = "ringcentral.connected",
                     .subject = "ringcentral " + user.extension_id}));
  TRY(change.commit(AuditedChange::Effect::kNone));
  return stored.maybe_text(0, sql::rc_connect.subscription_id);
}

}  // namespace

Result<RingCentralApi> ringcentral_api(Context& context, std::string_view carrier) {
  PgPool::Lease lease = TRY(context.services.pg.lease());
  Pg& pg = *lease.operator->();
  return RingCentralApi(TRY(ringcentral_settings(pg, context.services.config, carrier)));
}

Status connect_rc_user(Context& context, const RingCentralApi& api, int64_t account_id,
                       const RcGrant& grant) {
  const RcUser user{account_id, grant.tokens.extension_id};
  const std::string rc_account = TRY(api.account_id(grant.tokens.access_token));
  const auto subscription = TRY(store(context, api, user, rc_account, grant));
  set_up(context, api, user, grant.tokens.access_token, subscription);
  return Done{};
}

}  // namespace dundun
