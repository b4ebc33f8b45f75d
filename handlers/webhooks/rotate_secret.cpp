// POST /webhooks/rotate-secret (api.md 6.1, decision 13): the new secret signs at once, the one
// before signs beside it for a day.
#include "common/io/crypto.h"
#include "handlers/webhooks/routes.h"
#include "handlers/webhooks/webhook_json.h"
#include "sql/statements.h"

namespace dundun {

Task<Response> rotate_secret(Context& context) {
  PgPool& pg = context.app.pg;
  const Config& config = context.app.config;
  const int64_t account = context.caller.account_id;
  const AccountWebhooks before = co_await account_webhooks(pg, config, account);
  const std::string secret = new_webhook_secret();
  const std::string owner = webhook_secret_owner(account);
  const PgParam sealed = PgParam::bytea(seal(config.secrets_key, secret, owner));
  const auto hours = static_cast<int32_t>(config.webhooks.old_secret_lives.count());
  const PgRows rotated = co_await pg.query(sql::webhook_account_rotate, account, sealed, hours);
  const AccountWebhooks after = co_await account_webhooks(pg, config, account);
  JsonWriter json;
  json.begin_object().member("signing_secret", std::string_view(after.secret));
  json.key("old_secret_expires_at");
  if (after.old_secret_until) {
    const std::string until = format_z(*after.old_secret_until);
    json.value(std::string_view(until));
  } else {
    json.null();
  }
  json.end_object();
  co_return Response::json(json.take());
}

}  // namespace dundun
