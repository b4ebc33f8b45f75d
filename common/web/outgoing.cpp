#include "common/web/outgoing.h"

#include "common/base/config.h"
#include "common/carrier/carrier_router.h"
#include "common/carrier/carriers.h"
#include "common/io/pg.h"
#include "common/journal/change.h"
#include "common/journal/journal.h"
#include "common/sms/encoding.h"
#include "common/web/price.h"
#include "common/web/route_choice.h"
#include "sql/send.h"

namespace dundun {

Result<SendPlan> plan_send(const SendRequest& request, const Caller& caller,
                           const Snapshot& snapshot) {
  const SegmentCount count = TRY(count_segments(request.text));
  const Route* route = TRY(choose_route(request.to.country(), request.route, snapshot));
  std::string sender = TRY(choose_sender(request.sender, caller, *route));
  RoutePrice price = TRY(price_over(*route, count, caller.currency, snapshot));
  return SendPlan{route, std::move(sender), price.quote, std::move(price.fx_note)};
}

AcceptMessage accept_message(const SendRequest& request, const SendPlan& plan,
                             const Context& context) {
  const Quote& quote = plan.quote;
  AcceptMessage accept{};
  accept.account_id = context.caller.account_id;
  accept.environment = context.caller.environment;
  accept.message_id = new_uuid7();
  accept.phone = request.to.e164();
  accept.body = request.text;
  accept.sender = plan.sender;
  accept.route = plan.route->code;
  accept.country = plan.route->country;
  accept.segments = static_cast<int16_t>(quote.segments);
  accept.encoding = quote.encoding;
  accept.cost_micros = quote.wallet_cost;
  accept.cost_currency = context.caller.currency;
  accept.route_cost_micros = quote.route_cost;
  accept.route_currency = plan.route->currency;
  accept.fx_rate = plan.fx_note;
  accept.description = "SMS to " + accept.phone + " via " + accept.route + " (" +
                       std::to_string(quote.segments) + " seg)";
  accept.source = context.caller.source();
  accept.scheduled_at = request.scheduled_at;
  accept.lease = context.app.config.submit_lease;
  accept.not_after = request.not_after;
  accept.app_id = context.caller.app_id;
  accept.config_version = context.snapshot.version;
  accept.named =
      static_cast<int16_t>((request.route ? kRouteNamed : 0) | (request.sender ? kSenderNamed : 0));
  context.app.carriers->reload_if_moved(context.snapshot.version);
  if (!accept.scheduled_at) {
    accept.carrier = context.app.router->first_carrier(submission_of(accept, CommitResult{}));
  }
  return accept;
}

Status apply_window(const SendRequest& request, const Context& context, AcceptMessage& accept) {
  if (!request.window) return Done{};
  const WindowRequest& window = *request.window;
  const Instant wanted = request.scheduled_at.value_or(now());
  const PgRows rows =
      TRY(context.app.pg.query(sql::message_window, wanted, static_cast<int32_t>(window.opens),
                               static_cast<int32_t>(window.closes), window.zone, accept.country));
  const std::optional<Instant> opens = rows.maybe_instant(0, 0);
  if (!opens) return unknown_zone();
  if (request.not_after && *opens > *request.not_after) return opens_too_late(*opens);
  accept.window = DeliveryWindow{window.opens, window.closes, std::string(rows.text(0, 1))};
  if (*opens > wanted) accept.scheduled_at = opens;
  return Done{};
}

Submission submission_of(const AcceptMessage& accept, const CommitResult& result) {
  Submission submission{};
  submission.account_id = accept.account_id;
  submission.environment = accept.environment;
  submission.message_id = accept.message_id;
  submission.claim = result.claim;
  submission.claimed_as = result.status;
  submission.app_id = accept.app_id;
  submission.phone = accept.phone;
  submission.sender = accept.sender;
  submission.body = accept.body;
  submission.encoding = accept.encoding;
  submission.segments = accept.segments;
  submission.route = accept.route;
  submission.carrier = accept.carrier;
  return submission;
}

std::function<void(SubmitOutcome)> record_late(Journal& journal, const Submission& submission,
                                               const RetryDelays& delays) {
  return [&journal, submission, delays](const SubmitOutcome& late) {
    if (auto change = record_outcome(submission, late, now(), delays)) {
      journal.submit(*std::move(change), [](auto) {});
    }
  };
}

void submit_unwatched(const Context& context, const AcceptMessage& accept,
                      const CommitResult& result) {
  // Without a claim: it was committed, and by the time that was known recovery had it.
  if (result.claim.size == 0) return;
  const Submission submission = submission_of(accept, result);
  context.app.router->submit(submission, record_late(*context.app.journal, submission,
                                                     context.app.config.auto_retry_delays));
}

}  // namespace dundun
