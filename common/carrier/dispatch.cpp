#include "common/carrier/dispatch.h"

#include "common/io/json.h"

namespace dundun {
namespace {

// When what is held is due: never. As in sql/statements/dispatch.sql (release_held).
constexpr Instant kHeldUntil = std::chrono::sys_days{std::chrono::year{9999} / 1 / 1};

AdvanceMessage change_of_outcome(const Submission& submission, MessageStatus to,
                                 std::string event) {
  AdvanceMessage change{};
  change.account_id = submission.account_id;
  change.environment = submission.environment;
  change.message_id = submission.message_id;
  change.claim = submission.claim;
  change.campaign_id = submission.campaign_id;
  change.app_id = submission.app_id;
  change.trace_id = submission.trace_id;
  change.claimed_as = submission.claimed_as;
  change.to = to;
  change.event_key = event;
  change.event = std::move(event);
  change.dispatch = DispatchStep::kFinish;
  return change;
}

AdvanceMessage accepted(const Submission& submission, const SubmitOutcome& outcome) {
  AdvanceMessage change = change_of_outcome(submission, MessageStatus::kSubmitted, "submitted");
  change.detail = "Gateway accepted";
  JsonWriter metadata;
  metadata.begin_object().member("gateway_message_id", outcome.carrier_message_id);
  if (!outcome.cost.empty()) metadata.member("carrier_cost", outcome.cost);
  metadata.end_object();
  change.metadata = metadata.take();
  change.regular_submit = outcome.cost.empty();
  change.carrier_message_id = outcome.carrier_message_id;
  change.known_to = outcome.known_to;
  change.carrier = outcome.carrier;
  change.receipts = outcome.receipts;
  return change;
}

AdvanceMessage failed(const Submission& submission, std::string code, std::string message) {
  AdvanceMessage change = change_of_outcome(submission, MessageStatus::kFailed, "failed");
  change.detail = message;
  change.refundable = true;
  change.error_code = std::move(code);
  change.error_message = std::move(message);
  return change;
}

AdvanceMessage failed(const Submission& submission, const SubmitOutcome& outcome) {
  AdvanceMessage change = failed(submission, outcome.error_code, outcome.error_message);
  if (!outcome.carrier.empty()) change.carrier = outcome.carrier;
  if (outcome.carrier_code.empty()) return change;
  change.carrier_error_code = outcome.carrier_code;
  JsonWriter metadata;
  metadata.begin_object().member("error", outcome.carrier_code).end_object();
  change.metadata = metadata.take();
  return change;
}

// It could not leave by what became of the account, the sender … since it was accepted. The
// timeline has the reason in the word that a send would be refused with.
AdvanceMessage not_sent(const Submission& submission, std::string_view reason, std::string code,
                        std::string message) {
  AdvanceMessage change = failed(submission, std::move(code), std::move(message));
  JsonWriter metadata;
  metadata.begin_object().member("reason", reason).end_object();
  change.metadata = metadata.take();
  return change;
}

// The carrier that may have the message from an earlier submit. A refusal now says only that this
// submit was not taken; it does not prove that the earlier one was not.
std::optional<std::string> held_by(const Submission& submission) {
  if (!submission.held) return std::nullopt;
  return submission.carrier;
}

AdvanceMessage given_up(const Submission& submission, const SubmitOutcome& outcome) {
  if (submission.held) return submit_unknown(submission);
  return failed(submission, outcome);
}

AdvanceMessage postponed(const Submission& submission, const SubmitOutcome& outcome, Instant at) {
  const bool paced = outcome.kind == SubmitOutcome::Kind::kPaced;
  AdvanceMessage change =
      change_of_outcome(submission, MessageStatus::kQueued, paced ? "paced" : "throttled");
  change.event_key = change.event + ":" + std::to_string(submission.attempt);
  change.detail = outcome.error_message;
  change.dispatch = DispatchStep::kReschedule;
  change.due_at = at + outcome.retry_after;
  change.attempt = static_cast<int16_t>(submission.attempt);
  change.held_by = held_by(submission);
  return change;
}

std::string in_words(std::chrono::seconds delay) {
  if (delay.count() % 60 == 0) return std::to_string(delay.count() / 60) + " min";
  return std::to_string(delay.count()) + " s";
}

AdvanceMessage retried(const Submission& submission, const SubmitOutcome& outcome, Instant at,
                       std::chrono::seconds delay) {
  AdvanceMessage change = change_of_outcome(submission, MessageStatus::kRetrying, "retrying");
  change.event_key = "retrying:" + std::to_string(submission.auto_retries + 1);
  change.detail = outcome.error_message + " Again in " + in_words(delay) + ".";
  change.dispatch = DispatchStep::kReschedule;
  change.due_at = at + delay;
  change.attempt = static_cast<int16_t>(submission.attempt);
  change.auto_retry = true;
  change.held_by = held_by(submission);
  change.error_code = outcome.error_code;
  change.error_message = outcome.error_message;
  return change;
}

}  // namespace

Submission submission_of(const AcceptMessage& message) {
  Submission submission{};
  submission.account_id = message.account_id;
  submission.environment = message.environment;
  submission.message_id = message.message_id;
  submission.campaign_id = message.campaign_id;
  submission.app_id = message.app_id;
  submission.trace_id = message.trace_id;
  submission.claimed_as = MessageStatus::kQueued;
  submission.phone = message.phone;
  submission.sender = message.sender;
  submission.body = message.body;
  submission.encoding = message.encoding;
  submission.segments = message.segments;
  submission.route = message.route;
  submission.carrier = message.carrier;
  submission.not_after = message.not_after;
  return submission;
}

Submission submission_of(const AcceptMessage& message, const CommitResult& accepted) {
  Submission submission = submission_of(message);
  submission.claim = accepted.claim;
  submission.claimed_as = accepted.status;
  return submission;
}

AdvanceMessage too_late(const Submission& submission) {
  AdvanceMessage change = change_of_outcome(submission, MessageStatus::kExpired, "expired");
  change.detail = "not_after had passed";
  change.refundable = true;
  change.error_code = "EXPIRED";
  change.error_message = "The message could not leave before its not_after.";
  return change;
}

AdvanceMessage wait_for_window(const Submission& submission, Instant opens) {
  AdvanceMessage change = change_of_outcome(submission, submission.claimed_as, "postponed");
  change.event_key = "postponed:" + std::to_string(submission.attempt);
  change.detail = "Outside the delivery window until " + format_z(opens);
  change.dispatch = DispatchStep::kReschedule;
  change.due_at = opens;
  change.attempt = static_cast<int16_t>(submission.attempt);
  return change;
}

std::optional<AdvanceMessage> record_outcome(const Submission& submission,
                                             const SubmitOutcome& outcome, Instant at,
                                             const RetryDelays& retry_delays) {
  const size_t retries = static_cast<size_t>(submission.auto_retries);
  switch (outcome.kind) {
    case SubmitOutcome::Kind::kAccepted:
      return accepted(submission, outcome);
    case SubmitOutcome::Kind::kRefused:
      return failed(submission, outcome);
    case SubmitOutcome::Kind::kFailed:
      if (retries < retry_delays.size()) {
        return retried(submission, outcome, at, retry_delays[retries]);
      }
      return given_up(submission, outcome);
    case SubmitOutcome::Kind::kRetryLater:
      if (submission.attempt >= kSubmitAttemptsMax) return given_up(submission, outcome);
      return postponed(submission, outcome, at);
    case SubmitOutcome::Kind::kPaced:
      return postponed(submission, outcome, at);
    case SubmitOutcome::Kind::kUnknown:
      return std::nullopt;
  }
  return std::nullopt;
}

AdvanceMessage recipient_opted_out(const Submission& submission) {
  return not_sent(submission, "recipient_opted_out", "OPTED_OUT",
                  "The recipient opted out before the message left.");
}

AdvanceMessage account_closed(const Submission& submission) {
  return not_sent(submission, "account_closed", "ACCOUNT_CLOSED",
                  "The account was closed before the message left.");
}

AdvanceMessage sender_not_approved(const Submission& submission) {
  return not_sent(submission, "sender_not_approved", "SENDER_NOT_APPROVED",
                  "The approval of the sender name '" + submission.sender +
                      "' was taken back before the message left.");
}

AdvanceMessage route_not_active(const Submission& submission) {
  return not_sent(submission, "route_not_active", "NO_ROUTE",
                  "The route " + submission.route + " was switched off before the message left.");
}

AdvanceMessage hold(const Submission& submission) {
  AdvanceMessage change = change_of_outcome(submission, submission.claimed_as, "held");
  change.event_key = "held:" + std::to_string(submission.attempt);
  change.detail = "The account is suspended: the message waits until it is resumed.";
  change.dispatch = DispatchStep::kReschedule;
  change.due_at = kHeldUntil;
  change.attempt = static_cast<int16_t>(submission.attempt);
  change.held_by = held_by(submission);
  return change;
}

AdvanceMessage submit_unknown(const Submission& submission) {
  AdvanceMessage change =
      failed(submission, "SUBMIT_UNKNOWN", "The carrier never answered the submit.");
  if (!submission.carrier.empty()) change.carrier = submission.carrier;
  return change;
}

AdvanceMessage rerouted(const Submission& submission, const std::string& to,
                        const std::string& why) {
  AdvanceMessage change = change_of_outcome(submission, submission.claimed_as, "rerouted");
  change.event_key =
      "rerouted:" + std::to_string(submission.attempt) + ":" + submission.carrier + ":" + to;
  change.detail = why + " Another carrier is asked.";
  change.dispatch = DispatchStep::kReroute;
  return change;
}

}  // namespace dundun
