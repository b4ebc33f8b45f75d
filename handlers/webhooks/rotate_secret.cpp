// POST /webhooks/rotate-secret: the new secret signs at once, the one before signs beside it for a
// day.
#include "common/base/config.h"
#include "common/identity/control.h"
#include "common/io/crypto.h"
#include "common/io/pg.h"
#include "common/web/audited_change.h"
#include "handlers/webhooks/endpoints.h"
#include "handlers/webhooks/webhook_json.h"
#include "sql/webhooks.h"

namespace dundun {

namespace {

Result<Response> rotate(Context& context) {
  const Config& config = context.services.config;
  const int64_t account = context.caller.account_id;
  const std::string secret = new_webhook_secret();
  const std::string sealed = seal(config.secrets_key, secret, webhook_secret_owner(account));
  const auto hours = static_cast<int32_t>(config.webhooks.old_secret_lives.count());
  AuditedChange change = TRY(AuditedChange::begin(context));
  if (auto earlier = TRY(change.earlier_answer())) return *std::move(earlier);
  const PgRows rotated = TRY(change.run(sql::webhook_account_rotate, account, sealed, hours));
  TRY(change.record({account, "webhooks.secret_rotated", "webhooks"}));
  JsonWriter json;
  json.begin_object()
      .member("signing_secret", secret)
      .member("old_secret_expires_at",
              format_z(rotated.instant(0, sql::webhook_account_rotate.old_secret_until)))
      .end_object();
  Response answer = Response::json(json.take());
  answer.headers.emplace_back("Cache-Control", "no-store");
  return change.commit(AuditedChange::Effect::kNone, std::move(answer));
}

}  // namespace

Result<Response> rotate_secret(Context& context) {
  // Makes the secret that is to be replaced, if there is none yet.
  const AccountWebhooks before = TRY(
      account_webhooks(context.services.pg, context.services.config, context.caller.account_id));
  return rotate(context);
}

}  // namespace dundun
