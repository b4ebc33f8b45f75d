// Goes on after PostgreSQL was restored to an earlier moment. Only dundunctl runs it, on the host.
// What may have left since that moment, and is lost here, does not leave again by itself.
#include "common/base/time.h"
#include "common/io/json.h"
#include "common/web/audited_change.h"
#include "handlers/admin/endpoints.h"
#include "sql/guard.h"

namespace dundun {
namespace {

// A witness is a little older than the last thing that was done.
constexpr int kWitnessMarginS = 10;
constexpr int64_t kMessagesAClaim = 500;

}  // namespace

Result<Response> resume_platform(Context& context) {
  AuditedChange change = TRY(AuditedChange::begin(context));
  const PgRows locked = TRY(change.run(sql::guard_lock, kWitnessMarginS));
  const std::optional<Instant> until = locked.maybe_instant(0, sql::guard_lock.doubt_until);
  if (!until) return fail(ErrorCode::kInvalidState, "Nothing is held.");
  (void)TRY(change.run(sql::guard_doubt_claimed));
  const PgRows due = TRY(change.run(sql::guard_doubt_due, *until, kMessagesAClaim));
  const PgRows campaigns = TRY(change.run(sql::guard_pause_campaigns, *until));
  (void)TRY(change.run(sql::guard_resume));
  JsonWriter json;
  json.begin_object()
      .member("database_of", format_z(locked.instant(0, sql::guard_lock.seen_at)))
      .member("lost_until", format_z(*until))
      .member("messages_in_doubt", due.i64(0, 0))
      .member("campaigns_paused", campaigns.affected())
      .end_object();
  const std::string summary = json.take();
  TRY(change.record({0, "platform.resumed", "platform", summary}));
  TRY(change.commit(AuditedChange::Effect::kNone));
  return Response::json(summary);
}

}  // namespace dundun
