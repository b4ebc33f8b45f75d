// POST /messages/send-bulk: one transaction charges the whole campaign; the scheduler makes its
// messages.
#include <map>

#include "common/base/executor.h"
#include "common/io/json.h"
#include "common/io/pg.h"
#include "common/journal/change.h"
#include "common/journal/commit.h"
#include "common/journal/journal.h"
#include "common/web/idempotency.h"
#include "common/web/kept_answer.h"
#include "handlers/bulk/campaign_draft.h"
#include "handlers/bulk/endpoints.h"
#include "handlers/bulk/recipients.h"
#include "sql/campaigns.h"
#include "sql/send.h"

namespace dundun {
namespace {

using Outcome = CommitResult::Outcome;

AcceptCampaign accept_campaign(const CampaignRequest& request, CampaignDraft draft,
                               const Context& context) {
  AcceptCampaign accept{};
  accept.account_id = context.caller.account_id;
  accept.environment = context.caller.environment;
  accept.campaign_id = new_uuid7();
  accept.name = request.name;
  accept.body = request.text;
  accept.source = context.caller.source();
  accept.total = static_cast<int32_t>(draft.total);
  accept.segments = draft.segments;
  accept.cost_micros = draft.cost_micros;
  accept.cost_currency = context.caller.currency;
  accept.drip_rate = request.drip_rate;
  accept.scheduled_at = request.scheduled_at;
  accept.not_after = request.not_after;
  if (request.window) {
    accept.window =
        CampaignWindow{request.window->opens, request.window->closes, request.window->zone};
  }
  accept.description = "Campaign " + batch_id_text(accept.campaign_id) + ": " +
                       std::to_string(draft.total) + " SMS (" + std::to_string(draft.segments) +
                       " seg)";
  accept.plan = std::move(draft.plan);
  return accept;
}

// Who gets nothing, by the reason.
std::string skipped_json(const CampaignDraft& draft, const RecipientList& inline_list) {
  JsonWriter json;
  json.begin_object()
      .member("invalid", draft.invalid + static_cast<int64_t>(inline_list.invalid.size()))
      .member("unroutable", draft.unroutable)
      .member("duplicates", draft.duplicates)
      .member("opted_out", draft.opted_out)
      .member("too_long", draft.too_long);
  write_invalid_recipients(json, inline_list);
  return json.end_object().take();
}

struct Prepared {
  AcceptCampaign accept;
  std::string skipped;  // JSON
};

std::string accepted_json(const Uuid& campaign_id, const Prepared& prepared, Micros balance) {
  const AcceptCampaign& accept = prepared.accept;
  const CampaignStatus status = accept.scheduled_at ? CampaignStatus::kScheduled
                                : accept.drip_rate  ? CampaignStatus::kDripping
                                                    : CampaignStatus::kSending;
  JsonWriter json;
  json.begin_object()
      .member("batch_id", batch_id_text(campaign_id))
      .member("total_recipients", accept.total)
      .member("total_segments", accept.segments)
      .member_money("estimated_cost", accept.cost_micros)
      .member("currency", accept.cost_currency)
      .member_money("balance_after", balance)
      .member("status", campaign_status_name(status));
  if (accept.scheduled_at) {
    json.member("scheduled_at", format_offset(*accept.scheduled_at));
  } else {
    json.member_null("scheduled_at");
  }
  json.member("drip_rate", accept.drip_rate).key("skipped").raw(prepared.skipped);
  return json.end_object().take();
}

// The clocks of each route, and the routes in the order in which these open. A window that does not
// open before not_after is an error now, not a refund then.
Status settle_window(const CampaignRequest& request, const Context& context, CampaignPlan& plan) {
  if (!request.window) return Done{};
  const WindowRequest& window = *request.window;
  const Instant start = request.scheduled_at.value_or(now());
  std::multimap<std::pair<Instant, std::string>, CampaignRoute> by_opening;
  for (CampaignRoute& route : plan.routes) {
    const PgRows rows = TRY(
        context.services.pg.query(sql::message_window, start, static_cast<int32_t>(window.opens),
                                  static_cast<int32_t>(window.closes), window.zone, route.country));
    const std::optional<Instant> opens = rows.maybe_instant(0, sql::message_window.opens_at);
    if (!opens) return unknown_zone();
    if (request.not_after && *opens > *request.not_after) return opens_too_late(*opens);
    route.zone = rows.text(0, sql::message_window.name);
    by_opening.emplace(std::pair(*opens, route.zone), std::move(route));
  }
  plan.routes.clear();
  for (auto& [opening, route] : by_opening) plan.routes.push_back(std::move(route));
  return Done{};
}

Status check_draft(const CampaignRequest& request, const CampaignDraft& draft) {
  if (draft.total == 0) {
    return fail(ErrorCode::kEmptyList, "None of the contacts can be sent to.");
  }
  if (request.quote_id && *request.quote_id != draft.quote_id) {
    return fail(
        ErrorCode::kQuoteChanged,
        "Contacts, prices or rates are not those of the quote any more; ask for a new one.");
  }
  return Done{};
}

// The lists to send to. The request's own recipients become one of them: `inline_list`.
Result<std::vector<int64_t>> lists_of(const CampaignRequest& request, const Context& context,
                                      RecipientList& inline_list) {
  std::vector<int64_t> lists = request.list_ids;
  if (request.recipients.empty()) return lists;
  inline_list = TRY(store_recipients(context.services.pg, context.caller.account_id,
                                     context.caller.environment, request.recipients));
  lists.push_back(inline_list.list_id);
  return lists;
}

void forget(const RecipientList& list, const Context& context) {
  if (list.list_id == 0) return;
  (void)context.services.pg.query(sql::forget_recipients, context.caller.account_id, list.list_id);
}

Result<Prepared> prepare(const CampaignRequest& request, const Context& context,
                         const std::vector<int64_t>& lists, const RecipientList& inline_list) {
  CampaignDraft draft = TRY(draft_campaign(request, lists, context));
  TRY(check_draft(request, draft));
  TRY(settle_window(request, context, draft.plan));
  std::string skipped = skipped_json(draft, inline_list);
  AcceptCampaign accept = accept_campaign(request, std::move(draft), context);
  accept.idempotency = TRY(idempotency_key(context.request, context.caller));
  return Prepared{std::move(accept), std::move(skipped)};
}

Result<std::string> answer_accepted(const Prepared& prepared, const CommitResult& result) {
  const AcceptCampaign& accept = prepared.accept;
  if (result.outcome == Outcome::kInsufficientBalance) {
    return too_poor(accept.cost_currency, accept.cost_micros, result.balance_micros);
  }
  if (result.outcome != Outcome::kCommitted) return other_refusal(result);
  return accepted_json(accept.campaign_id, prepared, result.balance_micros);
}

// Before anything is read or computed: by now a list may be deleted or a price another, and the
// first answer still holds.
Result<std::optional<StoredAnswer>> answer_before(const Context& context,
                                                  const std::optional<IdempotencyKey>& key) {
  if (!key) return std::optional<StoredAnswer>();
  return stored_answer(context.services.pg, context.caller.account_id, *key);
}

}  // namespace

Task<Response> send_bulk(Context& context) {
  const auto key = co_await idempotency_key(context.request, context.caller);
  const auto answered_before = co_await answer_before(context, key);
  if (answered_before) co_return replay(*answered_before);
  const CampaignRequest request = co_await parse_campaign_request(context.request.body, now());
  RecipientList inline_list;
  const std::vector<int64_t> lists = co_await lists_of(request, context, inline_list);
  Result<Prepared> drafted = prepare(request, context, lists, inline_list);
  if (!drafted) {
    forget(inline_list, context);
    co_return drafted.error();
  }
  const Prepared prepared = *std::move(drafted);
  const AcceptCampaign& accept = prepared.accept;
  Task<CommitResult> committing =
      commit(*context.services.journal, accept, context.services.executor);
  // A commit of unknown outcome may have happened: its recipients stay.
  CommitResult result = co_await std::move(committing);
  if (result.outcome != Outcome::kCommitted) forget(inline_list, context);
  Task<CommitResult> settling =
      await_answer(context.services, accept.account_id, accept.idempotency, std::move(result));
  result = co_await std::move(settling);
  if (answer_is_overdue(result)) {
    co_return Response::json(accepted_json(result.message_id, prepared, result.balance_micros));
  }
  if (auto known = answer_of_key(result)) co_return co_await std::move(*known);
  const std::string body = co_await answer_accepted(prepared, result);
  Task<Done> keeping = keep_answer(context.services, accept.account_id, accept.idempotency, body);
  co_await std::move(keeping);
  co_return Response::json(body);
}

}  // namespace dundun
