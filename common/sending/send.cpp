#include "common/sending/send.h"

#include "common/base/config.h"
#include "common/carrier/carrier_router.h"
#include "common/carrier/carriers.h"
#include "common/carrier/dispatch.h"
#include "common/carrier/inline_submit.h"
#include "common/journal/commit.h"
#include "common/journal/journal.h"
#include "common/sending/price.h"
#include "common/sending/route_choice.h"
#include "common/sms/characters.h"
#include "sql/send.h"

namespace dundun {
namespace {

Result<AcceptMessage> message_of(const Sending& sending, const SendRequest& request,
                                 const Payer& payer, const Route& route, RoutePrice price) {
  AcceptMessage message{};
  message.account_id = payer.account_id;
  message.environment = payer.environment;
  message.message_id = new_uuid7();
  message.phone = request.to.e164();
  message.body = request.text;
  message.route = route.code;
  message.country = route.country;
  message.segments = static_cast<int16_t>(price.quote.segments);
  message.encoding = price.quote.encoding;
  message.cost_micros = price.quote.wallet_cost;
  message.cost_currency = payer.currency;
  message.route_cost_micros = price.quote.route_cost;
  message.route_currency = route.currency;
  message.fx_rate = std::move(price.fx_note);
  message.description = "SMS to " + message.phone + " via " + message.route + " (" +
                        std::to_string(price.quote.segments) + " seg)";
  message.source = payer.source;
  message.scheduled_at = request.scheduled_at;
  message.lease = sending.config.submit_lease;
  message.not_after = request.not_after;
  message.app_id = payer.app_id;
  message.trace_id = request.trace_id;
  message.named =
      static_cast<int16_t>((request.route ? kRouteNamed : 0) | (request.sender ? kSenderNamed : 0));
  return message;
}

// Finds when the message may leave, by the clocks of its window's zone.
Status apply_window(const Sending& sending, const SendRequest& request, AcceptMessage& message) {
  if (!request.window) return Done{};
  const WindowRequest& window = *request.window;
  const Instant wanted = request.scheduled_at.value_or(now());
  const PgRows rows =
      TRY(sending.pg.query(sql::message_window, wanted, static_cast<int32_t>(window.opens),
                           static_cast<int32_t>(window.closes), window.zone, message.country));
  const std::optional<Instant> opens = rows.maybe_instant(0, sql::message_window.opens_at);
  if (!opens) return unknown_zone();
  if (request.not_after && *opens > *request.not_after) return opens_too_late(*opens);
  message.window = DeliveryWindow{window.opens, window.closes,
                                  std::string(rows.text(0, sql::message_window.name))};
  if (*opens > wanted) message.scheduled_at = opens;
  return Done{};
}

// Records an outcome that comes when nobody waits for it any more.
std::function<void(SubmitOutcome)> record_late(const Sending& sending,
                                               const Submission& submission) {
  return [&journal = sending.journal, submission,
          delays = sending.config.auto_retry_delays](const SubmitOutcome& late) {
    if (auto change = record_outcome(submission, late, now(), delays)) {
      journal.submit(*std::move(change), [](auto) {});
    }
  };
}

}  // namespace

Payer payer_of(const Caller& caller) {
  return {caller.account_id, caller.environment, caller.currency,
          caller.app_id,     caller.source(),    caller.sender_ids};
}

Result<Outgoing> prepare(const Sending& sending, const Snapshot& snapshot,
                         const SendRequest& request, const Payer& payer) {
  if (is_blank(request.text)) {
    return invalid_field("text", "this value has nothing but blanks", "value_error.any_str.blank");
  }
  const SegmentCount count = TRY(count_segments(request.text));
  const Route* route = TRY(choose_route(request.to.country(), request.route, snapshot));
  std::string sender = request.from_number
                           ? *request.from_number
                           : TRY(choose_sender(request.sender, payer.sender_ids, *route));
  RoutePrice price = TRY(price_over(*route, count, payer.currency, snapshot, request.segments_max));
  Outgoing outgoing{TRY(message_of(sending, request, payer, *route, std::move(price))), route};
  AcceptMessage& message = outgoing.message;
  message.sender = std::move(sender);
  message.config_version = snapshot.version;
  TRY(apply_window(sending, request, message));
  sending.carriers.reload_if_moved(snapshot.version);
  if (!message.scheduled_at) {
    message.carrier = sending.router.first_carrier(submission_of(message));
  }
  return outgoing;
}

Task<Sent> send(const Sending& sending, const AcceptMessage& message,
                std::chrono::milliseconds wait) {
  Task<CommitResult> committing = commit(sending.journal, message, sending.executor);
  Sent sent;
  sent.result = co_await std::move(committing);
  // Without a claim it waits for its time, or it was committed and recovery had it by the time that
  // was known.
  const bool ours =
      sent.result.outcome == CommitResult::Outcome::kCommitted && sent.result.claim.size > 0;
  if (!ours) co_return sent;
  const Submission submission = submission_of(message, sent.result);
  std::function<void(SubmitOutcome)> late = record_late(sending, submission);
  if (wait.count() == 0) {
    sending.router.submit(submission, std::move(late));
    co_return sent;
  }
  // g++ 12 copies temporaries of a co_await expression bit by bit: whatever owns memory gets a
  // name first.
  InlineSubmit waiting(sending.router, submission, sending.executor, wait, std::move(late));
  sent.outcome = co_await waiting;
  co_return sent;
}

}  // namespace dundun
