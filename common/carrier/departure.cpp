#include "common/carrier/departure.h"

#include "common/carrier/dispatch.h"

namespace dundun {
namespace {

std::optional<AdvanceMessage> ended(const Submission& submission, const Departure& departure) {
  if (departure.account == AccountStatus::kClosed) return account_closed(submission);
  if (departure.opted_out) return recipient_opted_out(submission);
  if (departure.too_late) return too_late(submission);
  if (!departure.sender_approved) return sender_not_approved(submission);
  if (!departure.route_active) return route_not_active(submission);
  return std::nullopt;
}

}  // namespace

std::optional<AdvanceMessage> kept_back(const Submission& submission, const Departure& departure) {
  // Before all else: nobody who resumes the account should find that a message is lost because of
  // what was true only meanwhile.
  if (departure.account == AccountStatus::kSuspended) return hold(submission);
  std::optional<AdvanceMessage> change = ended(submission, departure);
  if (!change && departure.window_opens) {
    change = wait_for_window(submission, *departure.window_opens);
  }
  if (change && submission.held) return submit_unknown(submission);
  return change;
}

}  // namespace dundun
