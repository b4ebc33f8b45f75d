#include "common/webhooks/endpoints.h"

#include "common/io/crypto.h"
#include "common/io/outbound_url.h"
#include "sql/webhooks.h"

namespace dundun {
namespace {

constexpr size_t kSecretBytes = 32;

AccountWebhooks::Target target_of_row(const PgRows& rows, int row) {
  constexpr auto& col = sql::webhook_account;
  AccountWebhooks::Target target;
  target.endpoint_id = rows.uuid(row, col.endpoint_id);
  target.url = rows.maybe_text(row, col.url);
  target.events = rows.i32(row, col.events);
  target.is_active = rows.boolean(row, col.is_active);
  target.disabled_at = rows.maybe_instant(row, col.disabled_at);
  target.disabled_reason = rows.maybe_text(row, col.disabled_reason).value_or("");
  target.failing_since = rows.maybe_instant(row, col.failing_since);
  return target;
}

Result<std::string> open_secret(const Config& config, int64_t account_id, std::string_view sealed) {
  auto secret = unseal(config.secrets_key, sealed, webhook_secret_owner(account_id));
  if (!secret) return fail(ErrorCode::kInternal, "Internal server error", "secret unreadable");
  return *std::move(secret);
}

std::string seal_new_secret(const Config& config, int64_t account_id) {
  return seal(config.secrets_key, new_webhook_secret(), webhook_secret_owner(account_id));
}

}  // namespace

std::string new_webhook_secret() { return "whsec_" + to_hex(random_bytes(kSecretBytes)); }

std::string webhook_secret_owner(int64_t account_id) {
  return "webhook:" + std::to_string(account_id);
}

Result<std::string> check_webhook_url(const Config& config, std::string_view url) {
  const OutboundRules rules = TRY(OutboundRules::parse(config.webhooks.allowed_addresses));
  OutboundUrl parsed = TRY(OutboundUrl::parse(url, rules));
  return std::move(parsed.text);
}

Result<AccountWebhooks> account_webhooks(PgPool& pg, const Config& config, int64_t account_id) {
  PgRows rows = TRY(pg.query(sql::webhook_account, account_id));
  if (rows.size() == 0) {
    const PgParam sealed = PgParam::bytea(seal_new_secret(config, account_id));
    TRY(pg.query(sql::webhook_account_make, account_id, new_uuid7(), new_uuid7(), sealed));
    rows = TRY(pg.query(sql::webhook_account, account_id));
  }
  if (rows.size() != 2) return fail(ErrorCode::kInternal, "Internal server error", "webhook rows");
  AccountWebhooks webhooks;
  webhooks.receipts = target_of_row(rows, 0);
  webhooks.inbound = target_of_row(rows, 1);
  webhooks.secret = TRY(open_secret(config, account_id, rows.text(0, sql::webhook_account.secret)));
  webhooks.old_secret_until = rows.maybe_instant(0, sql::webhook_account.old_secret_until);
  return webhooks;
}

Result<std::string> set_app_webhook(Pg& transaction, const Config& config, int64_t account_id,
                                    const std::string& app_id, std::string_view url) {
  const std::string checked = TRY(check_webhook_url(config, url));
  const PgParam sealed = PgParam::bytea(seal_new_secret(config, account_id));
  const PgRows rows = TRY(
      transaction.run(sql::webhook_set_app, {account_id, new_uuid7(), app_id, checked, sealed}));
  return open_secret(config, account_id, rows.text(0, sql::webhook_set_app.secret));
}

Status remove_app_webhook(Pg& transaction, int64_t account_id, const std::string& app_id) {
  (void)TRY(transaction.run(sql::webhook_remove_app, {account_id, app_id}));
  return Done{};
}

Result<std::optional<Uuid>> queue_test_delivery(Pg& transaction, int64_t account_id,
                                                const Uuid& endpoint_id, const std::string& event,
                                                const std::string& body) {
  const PgRows rows =
      TRY(transaction.run(sql::webhook_insert_test, {account_id, endpoint_id, event, body}));
  if (rows.size() == 0) return std::optional<Uuid>();
  return std::optional<Uuid>(rows.uuid(0, sql::webhook_insert_test.delivery_id));
}

}  // namespace dundun
