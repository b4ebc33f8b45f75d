// POST /messages/batch/{id}/cancel, pause, resume, reschedule and rate.
#include "common/base/executor.h"
#include "common/io/json.h"
#include "common/journal/change.h"
#include "common/journal/commit.h"
#include "common/journal/journal.h"
#include "handlers/bulk/campaign_request.h"
#include "handlers/bulk/endpoints.h"

namespace dundun {
namespace {

using SteerOutcome = CommitResult::Outcome;

Result<SteerCampaign> steer_of(const Context& context, CampaignStep step) {
  const std::optional<Uuid> id = parse_batch_id(context.request.parameters.at(0));
  if (!id) return fail(ErrorCode::kNotFound, "Batch not found");
  return SteerCampaign{context.caller.account_id, context.caller.environment, *id, step, {}, {}};
}

std::string_view verb(CampaignStep step) {
  switch (step) {
    case CampaignStep::kCancel:
      return "cancelled";
    case CampaignStep::kPause:
      return "paused";
    case CampaignStep::kResume:
      return "resumed";
    case CampaignStep::kReschedule:
      return "rescheduled";
    case CampaignStep::kChangeRate:
      return "given another drip_rate";
    case CampaignStep::kExpire:
      return "expired";
  }
  return "";
}

std::string steered_json(const SteerCampaign& steer, const CommitResult& result) {
  const CampaignState& campaign = result.campaign;
  JsonWriter json;
  json.begin_object()
      .member("batch_id", batch_id_text(steer.campaign_id))
      .member("status", campaign_status_name(campaign.status))
      .member("made", campaign.made)
      .member("total_recipients", campaign.total)
      .member_money("refunded", campaign.refunded_micros)
      .member_money("balance_after", result.balance_micros)
      .member("drip_rate", campaign.drip_rate);
  if (campaign.scheduled_at) {
    json.member("scheduled_at", format_offset(*campaign.scheduled_at));
  } else {
    json.member_null("scheduled_at");
  }
  return json.end_object().take();
}

Task<Response> steer_batch(Context& context, SteerCampaign steer) {
  Task<CommitResult> committing =
      commit(*context.services.journal, steer, context.services.executor);
  const CommitResult result = co_await std::move(committing);
  if (result.outcome == SteerOutcome::kNotFound)
    co_return fail(ErrorCode::kNotFound, "Batch not found");
  if (result.outcome != SteerOutcome::kCommitted) {
    co_return fail(ErrorCode::kInvalidState,
                   "Batch is " + std::string(campaign_status_name(result.campaign.status)) +
                       " and cannot be " + std::string(verb(steer.step)) + ".");
  }
  co_return Response::json(steered_json(steer, result));
}

Result<SteerCampaign> with_time(SteerCampaign steer, const Request& request) {
  const JsonDocument document = TRY(JsonDocument::parse(request.body));
  const JsonObject object = TRY(JsonObject::of(document));
  const std::string text = TRY(object.required_string("scheduled_at"));
  steer.scheduled_at = TRY(parse_campaign_time(text, now()));
  return steer;
}

Result<SteerCampaign> with_rate(SteerCampaign steer, const Request& request) {
  const JsonDocument document = TRY(JsonDocument::parse(request.body));
  const JsonObject object = TRY(JsonObject::of(document));
  const std::optional<int64_t> rate = TRY(object.optional_integer("drip_rate"));
  steer.drip_rate = TRY(parse_drip_rate(rate));
  return steer;
}

}  // namespace

Task<Response> cancel_batch(Context& context) {
  const SteerCampaign steer = co_await steer_of(context, CampaignStep::kCancel);
  co_return co_await steer_batch(context, steer);
}

Task<Response> pause_batch(Context& context) {
  const SteerCampaign steer = co_await steer_of(context, CampaignStep::kPause);
  co_return co_await steer_batch(context, steer);
}

Task<Response> resume_batch(Context& context) {
  const SteerCampaign steer = co_await steer_of(context, CampaignStep::kResume);
  co_return co_await steer_batch(context, steer);
}

Task<Response> reschedule_batch(Context& context) {
  const SteerCampaign steer = co_await steer_of(context, CampaignStep::kReschedule);
  const SteerCampaign moved = co_await with_time(steer, context.request);
  co_return co_await steer_batch(context, moved);
}

Task<Response> change_batch_rate(Context& context) {
  const SteerCampaign steer = co_await steer_of(context, CampaignStep::kChangeRate);
  const SteerCampaign changed = co_await with_rate(steer, context.request);
  co_return co_await steer_batch(context, changed);
}

}  // namespace dundun
