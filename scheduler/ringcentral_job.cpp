#include "scheduler/ringcentral_job.h"

#include "common/base/log.h"
#include "common/carrier/dlr_ingest.h"
#include "common/carrier/ringcentral/ringcentral.h"
#include "common/sms/dlr.h"
#include "sql/ringcentral.h"

namespace dundun {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds kTendEvery{1000};
constexpr milliseconds kPauseMax{200};
constexpr int32_t kUserRestsS = 60;  // after a round that may have failed
constexpr int64_t kUsersMax = 5;
constexpr int32_t kSubscriptionBeforeS = 24 * 3600;
constexpr int32_t kSubscriptionLookS = 3600;
// After each look so long until the next. RingCentral knows no more about most messages than that
// they were sent.
constexpr int32_t kLookPausesS[] = {60, 600, 3600, 6 * 3600, 24 * 3600};

PgParam look_pauses() {
  PgArray pauses(PgArray::Type::kInt4);
  for (const int32_t pause : kLookPausesS) pauses.add(pause);
  return pauses.finish();
}

void note(const RcUser& user, std::string_view step, const Error& error) {
  log(LogLevel::kWarning, "ringcentral_upkeep",
      {{"account_id", user.account_id},
       {"step", step},
       {"detail", std::string_view(error.detail.empty() ? error.message : error.detail)}});
}

Change change_of(int64_t account, const Uuid& message, const RcMessage& said,
                 std::string_view word) {
  Dlr dlr{account, Environment::kLive, message, std::string(word)};
  const bool failed = judge_dlr(word).status == MessageStatus::kFailed;
  if (failed) dlr.error = said.error_code;  // otherwise it may be SMS-NO-ERROR
  std::vector<Change> changes = changes_of({&dlr, 1});
  auto& advance = std::get<AdvanceMessage>(changes.front());
  if (failed) {
    if (ringcentral_opted_out(said.error_code)) advance.error_code = "OPTED_OUT";
    const std::string why = said.error_code.empty() ? "" : " (" + said.error_code + ")";
    advance.error_message = "RingCentral reports " + said.status + why + ".";
  }
  return std::move(changes.front());
}

}  // namespace

milliseconds RingCentralJob::run() {
  const auto at = Clock::now();
  if (at >= next_tending_) {
    tend();
    next_tending_ = at + kTendEvery;
  }
  if (at >= next_look_) {
    look_at_messages();
    next_look_ = at + config_.gravity.rc_look_every;
  }
  return kPauseMax;
}

void RingCentralJob::tend() {
  const auto rows =
      pg_.run(sql::rc_tend,
              {static_cast<int32_t>(config_.gravity.rc_renew_before.count()), kSubscriptionBeforeS,
               static_cast<int32_t>(config_.gravity.rc_numbers_every.count()), kUserRestsS,
               kUsersMax, kSubscriptionLookS});
  for (int row = 0; rows && row < rows->size(); ++row) tend_user(*rows, row);
}

void RingCentralJob::tend_user(const PgRows& rows, int row) {
  constexpr auto& col = sql::rc_tend;
  const RcUser user{rows.i64(row, col.account_id), std::string(rows.text(row, col.extension_id))};
  auto settings = ringcentral_settings(pg_, config_, rows.text(row, col.carrier));
  if (!settings) return note(user, "settings", settings.error());
  const RingCentralApi api(*std::move(settings));
  const auto token = access_token(pg_, config_, api, user, config_.gravity.rc_renew_before);
  if (!token) return note(user, "token", token.error());
  if (!*token) return;
  const std::optional<std::string> ending = rows.maybe_text(row, col.subscription_to_renew);
  if (ending || rows.boolean(row, col.needs_subscription)) {
    const Status subscribed = subscribe_rc(pg_, api, user, **token, ending);
    if (!subscribed) note(user, "subscription", subscribed.error());
  } else if (const auto subscription = rows.maybe_text(row, col.subscription_to_look_at)) {
    const Status looked = look_at_subscription(pg_, api, user, **token, *subscription);
    if (!looked) note(user, "subscription", looked.error());
  }
  if (!rows.boolean(row, col.numbers_due)) return;
  const auto numbers = take_rc_numbers(pg_, api, user, **token);
  if (!numbers) note(user, "numbers", numbers.error());
}

void RingCentralJob::look_at_messages() {
  constexpr auto& col = sql::rc_looks_due;
  const auto rows = pg_.run(sql::rc_looks_due, {look_pauses()});
  for (int row = 0; rows && row < rows->size(); ++row) {
    const bool last_look = rows->boolean(row, col.is_last);
    if (look(*rows, row) || last_look) {
      (void)pg_.run(sql::rc_looked,
                    {rows->i64(row, col.account_id), rows->uuid(row, col.message_id)});
    }
  }
}

Result<RcMessage> RingCentralJob::ask(const RcUser& user, std::string_view rc_message_id) {
  const PgRows rows = TRY(pg_.run(sql::rc_carrier_of, {user.account_id, user.extension_id}));
  if (rows.size() == 0) return fail(ErrorCode::kNotFound, "not connected");
  const RingCentralApi api(
      TRY(ringcentral_settings(pg_, config_, rows.text(0, sql::rc_carrier_of.carrier))));
  const auto token = TRY(access_token(pg_, config_, api, user, std::chrono::seconds(0)));
  if (!token) return unavailable("its tokens are being renewed");
  return api.message(*token, rc_message_id);
}

bool RingCentralJob::look(const PgRows& rows, int row) {
  constexpr auto& col = sql::rc_looks_due;
  const RcUser user{rows.i64(row, col.account_id), std::string(rows.text(row, col.extension_id))};
  const auto said = ask(user, rows.text(row, col.rc_message_id));
  if (!said) {
    const bool gone = said.error().code == ErrorCode::kNotFound;
    if (!gone) note(user, "message", said.error());
    return gone;
  }
  const std::string_view word = ringcentral_word(said->status);
  if (word.empty()) return false;
  const auto committed = journal_.commit_all(
      {change_of(user.account_id, rows.uuid(row, col.message_id), *said, word)});
  return committed.front().has_value() && word != "ACCEPTD";
}

}  // namespace dundun
