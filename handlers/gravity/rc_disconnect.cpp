// POST /v1/rc/disconnect: the tenant's tokens, numbers and subscriptions go. First here, then at
// RingCentral as far as that answers: what stays there is no use to anybody.
#include <chrono>

#include "common/base/config.h"
#include "common/base/log.h"
#include "common/io/pg.h"
#include "common/web/audited_change.h"
#include "handlers/gravity/endpoints.h"
#include "handlers/gravity/rc_setup.h"
#include "sql/ringcentral.h"

namespace dundun {
namespace {

using Clock = std::chrono::steady_clock;

// The caller waits for no more users than this allows.
constexpr std::chrono::seconds kFarewellsMax{6};

void say_farewell(Context& context, int64_t account, const PgRows& gone, int row) {
  constexpr auto& col = sql::rc_disconnect;
  const auto api = ringcentral_api(context, gone.text(row, col.carrier));
  const auto token =
      open_rc_secret(context.services.config, account, gone.text(row, col.access_token));
  if (!api || !token) return;
  const auto subscription = gone.maybe_text(row, col.subscription_id);
  const Status ended = subscription ? api->unsubscribe(*token, *subscription) : Status(Done{});
  const Status revoked = api->revoke(*token);
  if (ended && revoked) return;
  const Error& error = ended ? revoked.error() : ended.error();
  log(LogLevel::kWarning, "ringcentral_farewell",
      {{"account_id", account}, {"detail", std::string_view(error.detail)}});
}

Status disconnect(Context& context) {
  const Caller& caller = context.caller;
  AuditedChange change = TRY(AuditedChange::begin(context));
  const PgRows gone = TRY(change.run(sql::rc_disconnect, caller.account_id));
  if (gone.size() == 0) return Done{};
  TRY(change.record({.account_id = caller.account_id,
                     .action = "ringcentral.disconnected",
                     .subject = "ringcentral"}));
  TRY(change.commit(AuditedChange::Effect::kNone));
  const auto end = Clock::now() + kFarewellsMax;
  for (int row = 0; row < gone.size() && Clock::now() < end; ++row) {
    say_farewell(context, caller.account_id, gone, row);
  }
  return Done{};
}

}  // namespace

Result<Response> rc_disconnect(Context& context) {
  TRY(disconnect(context));
  return Response::json(R"({"ok":true})");
}

}  // namespace dundun
