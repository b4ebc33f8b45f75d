// PUT /admin/accounts/{id}: name, status (suspended: nothing can be sent, read or heard, and what
// waits is held; closed: the same, and what waits is refunded), refund_on.
#include "common/io/json.h"
#include "common/io/pg.h"
#include "common/journal/journal.h"
#include "common/sms/account.h"
#include "common/web/audited_change.h"
#include "common/web/text_fields.h"
#include "handlers/admin/account_row.h"
#include "handlers/admin/endpoints.h"
#include "sql/admin.h"

namespace dundun {
namespace {

constexpr size_t kAccountNameBytesMax = 200;

struct AccountChange {
  std::optional<std::string> name;
  std::optional<AccountStatus> status;
  std::optional<bool> refund_on_any_failure;
  std::string detail;
};

Result<AccountChange> parse_account_change(const std::string& body) {
  const JsonDocument document = TRY(JsonDocument::parse(body));
  const JsonObject object = TRY(JsonObject::of(document));
  AccountChange change;
  JsonWriter detail;
  detail.begin_object();
  std::optional<std::string> name = TRY(object.optional_string("name"));
  if (name) {
    change.name = TRY(bounded_text("name", *std::move(name), kAccountNameBytesMax));
    detail.member("name", *change.name);
  }
  const std::optional<std::string> status = TRY(object.optional_string("status"));
  if (status) {
    change.status = parse_account_status(*status);
    if (!change.status) {
      return invalid_field("status", "choose active, suspended or closed", "value_error.enum");
    }
    detail.member("status", *status);
  }
  const std::optional<std::string> refund_on = TRY(object.optional_string("refund_on"));
  if (refund_on) {
    if (*refund_on != "any_failure" && *refund_on != "not_accepted") {
      return invalid_field("refund_on", "choose not_accepted or any_failure", "value_error.enum");
    }
    change.refund_on_any_failure = *refund_on == "any_failure";
    detail.member("refund_on", *refund_on);
  }
  change.detail = detail.end_object().take();
  return change;
}

// Campaigns end at once. If the process dies before, those that are under way end when they are
// next looked at, and a repeat of this request ends the others.
Status end_campaigns(Context& context, int64_t account) {
  const PgRows open = TRY(context.services.pg.query(sql::admin_open_campaigns, account));
  for (int row = 0; row < open.size(); ++row) {
    const SteerCampaign cancel{account,
                               Environment(open.i16(row, sql::admin_open_campaigns.environment)),
                               open.uuid(row, sql::admin_open_campaigns.batch_id),
                               CampaignStep::kCancel,
                               std::nullopt,
                               std::nullopt};
    context.services.journal->submit(cancel, [](auto) {});
  }
  return Done{};
}

Status apply_account(Context& context, int64_t account, const AccountChange& wanted) {
  AuditedChange change = TRY(AuditedChange::begin(context));
  const PgRows changed = TRY(
      change.run(sql::admin_account_change, account, wanted.name,
                 wanted.status ? std::optional(static_cast<int16_t>(*wanted.status)) : std::nullopt,
                 wanted.refund_on_any_failure));
  if (changed.affected() == 0) return fail(ErrorCode::kNotFound, "Account not found");
  const bool closes = wanted.status == AccountStatus::kClosed;
  if (closes) TRY(change.run(sql::admin_account_hasten, account));
  TRY(change.record(
      {account, "account.changed", "account " + std::to_string(account), wanted.detail}));
  TRY(change.commit(AuditedChange::Effect::kConfiguration));
  return closes ? end_campaigns(context, account) : Status(Done{});
}

}  // namespace

Result<Response> change_account(Context& context) {
  const int64_t account = TRY(path_account(context));
  const AccountChange wanted = TRY(parse_account_change(context.request.body));
  TRY(apply_account(context, account, wanted));
  return account_answer(context, account);
}

}  // namespace dundun
