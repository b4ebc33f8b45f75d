#include "common/carrier/dispatch.h"

#include "common/io/json.h"

namespace dundun {
namespace {

AdvanceMessage change_of(const Submission& submission, MessageStatus to, std::string event) {
  AdvanceMessage change{};
  change.account_id = submission.account_id;
  change.environment = submission.environment;
  change.message_id = submission.message_id;
  change.claim = submission.claim;
  change.claimed_as = submission.claimed_as;
  change.to = to;
  change.event_key = event;
  change.event = std::move(event);
  change.dispatch = DispatchStep::kFinish;
  return change;
}

AdvanceMessage accepted(const Submission& submission, const SubmitOutcome& outcome) {
  AdvanceMessage change = change_of(submission, MessageStatus::kSubmitted, "submitted");
  change.detail = "Gateway accepted";
  JsonWriter metadata;
  metadata.begin_object()
      .member("gateway_message_id", std::string_view(outcome.carrier_message_id))
      .end_object();
  change.metadata = metadata.take();
  change.carrier_message_id = outcome.carrier_message_id;
  change.receipts = outcome.receipts;
  return change;
}

AdvanceMessage failed(const Submission& submission, std::string code, std::string message) {
  AdvanceMessage change = change_of(submission, MessageStatus::kFailed, "failed");
  change.detail = message;
  change.refundable = true;
  change.error_code = std::move(code);
  change.error_message = std::move(message);
  return change;
}

AdvanceMessage postponed(const Submission& submission, const SubmitOutcome& outcome, Instant at) {
  AdvanceMessage change = change_of(submission, MessageStatus::kQueued, "throttled");
  change.event_key = "throttled:" + std::to_string(submission.attempt);
  change.detail = outcome.error_message;
  change.dispatch = DispatchStep::kReschedule;
  change.due_at = at + outcome.retry_after;
  change.attempt = static_cast<int16_t>(submission.attempt);
  return change;
}

}  // namespace

std::optional<AdvanceMessage> record_outcome(const Submission& submission,
                                             const SubmitOutcome& outcome, Instant at) {
  switch (outcome.kind) {
    case SubmitOutcome::Kind::kAccepted:
      return accepted(submission, outcome);
    case SubmitOutcome::Kind::kRefused:
      return failed(submission, outcome.error_code, outcome.error_message);
    case SubmitOutcome::Kind::kRetryLater:
      if (submission.attempt >= kSubmitAttemptsMax) {
        return failed(submission, outcome.error_code, outcome.error_message);
      }
      return postponed(submission, outcome, at);
    case SubmitOutcome::Kind::kUnknown:
      return std::nullopt;
  }
  return std::nullopt;
}

AdvanceMessage submit_unknown(const Submission& submission) {
  return failed(submission, "SUBMIT_UNKNOWN", "The carrier never answered the submit.");
}

}  // namespace dundun
