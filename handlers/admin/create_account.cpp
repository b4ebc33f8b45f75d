// POST /admin/accounts: an account with a live and a test wallet.
#include "common/base/text.h"
#include "common/io/pg.h"
#include "common/sending/snapshot.h"
#include "common/web/audited_change.h"
#include "common/web/text_fields.h"
#include "handlers/admin/account_row.h"
#include "handlers/admin/endpoints.h"
#include "handlers/admin/new_account.h"
#include "sql/admin.h"

namespace dundun {
namespace {

constexpr size_t kNewNameBytesMax = 200;

Result<Response> create_row(Context& context, const NewAccount& account) {
  AuditedChange change = TRY(AuditedChange::begin(context));
  if (auto earlier = TRY(change.earlier_answer())) return *std::move(earlier);
  const int64_t id = TRY(make_account(change, account));
  const PgRows row = TRY(change.run(sql::admin_account, id));
  JsonWriter json;
  write_account(json, row, 0);
  return change.commit(AuditedChange::Effect::kConfiguration, Response::json(json.take(), 201));
}

}  // namespace

Result<NewAccount> parse_account(const JsonObject& object, const Snapshot& snapshot) {
  NewAccount account;
  std::string name = TRY(object.required_string("name"));
  account.name = TRY(bounded_text("name", std::move(name), kNewNameBytesMax));
  account.currency = upper_case(TRY(object.required_string("currency")));
  if (!snapshot.fx_rate(account.currency)) {
    return invalid_field("currency",
                         "there is no exchange rate for '" + account.currency.substr(0, 10) +
                             "': use an ISO 4217 code of `dundunctl fx list`",
                         "value_error");
  }
  return account;
}

Result<int64_t> make_account(AuditedChange& change, const NewAccount& account) {
  const PgRows made = TRY(change.run(sql::admin_account_make, account.name, account.currency));
  const int64_t id = made.i64(0, sql::admin_account_make.account_id);
  JsonWriter detail;
  detail.begin_object()
      .member("name", account.name)
      .member("currency", account.currency)
      .end_object();
  TRY(change.record({id, "account.created", "account " + std::to_string(id), detail.take()}));
  return id;
}

Result<Response> create_account(Context& context) {
  const JsonDocument document = TRY(JsonDocument::parse(context.request.body));
  const JsonObject object = TRY(JsonObject::of(document));
  const NewAccount account = TRY(parse_account(object, context.snapshot));
  return create_row(context, account);
}

}  // namespace dundun
