// POST /messages/bulk-precheck: what a campaign would cost, to the last digit. Nothing is charged
// or kept; the quote_id makes send-bulk charge this or refuse.
#include <algorithm>
#include <set>

#include "common/io/json.h"
#include "common/io/pg.h"
#include "handlers/bulk/campaign_draft.h"
#include "handlers/bulk/endpoints.h"
#include "handlers/bulk/recipients.h"
#include "sql/account.h"
#include "sql/campaigns.h"

namespace dundun {
namespace {

void write_route(JsonWriter& json, const DraftRoute& part) {
  json.begin_object()
      .member("country_code", part.route->country)
      .member("country_name", part.route->country_name)
      .member("currency", part.route->currency)
      .member("route_code", part.route->code)
      .member("contacts", part.contacts)
      .member("segments", part.segments)
      .member_money("route_cost", part.route_cost)
      .member_money("wallet_cost", part.wallet_cost)
      .member_money("price_per_segment", part.route->price_micros)
      .member("sender_id", part.sender)
      .end_object();
}

constexpr size_t kInvalidSampleMax = 10;

void write_left_out(JsonWriter& json, const CampaignDraft& draft, int64_t invalid,
                    const RecipientList& inline_list) {
  json.member("unroutable_count", draft.unroutable + invalid).key("unroutable").begin_array();
  for (const std::string& number : draft.unroutable_sample) json.value(std::string_view(number));
  std::vector<std::string_view> sample(draft.invalid_sample.begin(), draft.invalid_sample.end());
  for (const InvalidRecipient& one : inline_list.invalid) sample.emplace_back(one.to);
  sample.resize(std::min(sample.size(), kInvalidSampleMax));
  for (const std::string_view written : sample) json.value(written);
  json.end_array()
      .member("duplicates", draft.duplicates)
      .member("opted_out", draft.opted_out)
      .member("too_long", draft.too_long);
  write_invalid_recipients(json, inline_list);
}

// Those that not every contact has: a name that is spelt wrong is missing everywhere.
void write_missing_variables(JsonWriter& json, const CampaignDraft& draft) {
  json.key("variables").begin_array();
  for (size_t i = 0; i < draft.missing.size(); ++i) {
    if (draft.missing[i] == 0) continue;
    json.begin_object()
        .member("name", draft.variables[i])
        .member("missing", draft.missing[i])
        .end_object();
  }
  json.end_array();
}

std::string answer_precheck(const CampaignDraft& draft, const RecipientList& inline_list,
                            const Caller& caller, Micros balance) {
  std::set<std::string> countries;
  for (const DraftRoute& part : draft.routes) {
    if (part.contacts > 0) countries.insert(part.route->country);
  }
  const int64_t invalid = draft.invalid + static_cast<int64_t>(inline_list.invalid.size());
  JsonWriter json;
  json.begin_object()
      .member("total_contacts", draft.contacts + invalid)
      .member("total_segments", draft.segments)
      .member_money("total_cost", draft.cost_micros)
      .member("wallet_currency", caller.currency)
      .member_money("wallet_balance", balance)
      .member_money("balance_after", balance - draft.cost_micros)
      .member("sufficient_balance", balance >= draft.cost_micros)
      .member("countries", static_cast<int64_t>(countries.size()))
      .key("breakdown")
      .begin_array();
  for (const DraftRoute& part : draft.routes) {
    if (part.contacts > 0) write_route(json, part);
  }
  json.end_array();
  write_left_out(json, draft, invalid, inline_list);
  write_missing_variables(json, draft);
  json.member("messages", draft.total).member("quote_id", draft.quote_id).end_object();
  return json.take();
}

// The draft over the named lists and the request's own recipients, which are forgotten again.
Result<CampaignDraft> draft_of(const CampaignRequest& request, const Context& context,
                               RecipientList& inline_list) {
  std::vector<int64_t> lists = request.list_ids;
  const int64_t account = context.caller.account_id;
  if (!request.recipients.empty()) {
    inline_list = TRY(store_recipients(context.services.pg, account, context.caller.environment,
                                       request.recipients));
    lists.push_back(inline_list.list_id);
  }
  Result<CampaignDraft> draft = draft_campaign(request, lists, context);
  if (inline_list.list_id != 0) {
    TRY(context.services.pg.query(sql::forget_recipients, account, inline_list.list_id));
  }
  return draft;
}

}  // namespace

Result<Response> precheck(Context& context) {
  const CampaignRequest request = TRY(parse_campaign_request(context.request.body, now()));
  RecipientList inline_list;
  const CampaignDraft draft = TRY(draft_of(request, context, inline_list));
  const PgRows wallet = TRY(context.services.pg.query(sql::wallet_by_key, context.caller.account_id,
                                                      context.caller.environment));
  if (wallet.size() == 0) return fail(ErrorCode::kNotFound, "Wallet not found");
  return Response::json(answer_precheck(draft, inline_list, context.caller,
                                        wallet.i64(0, sql::wallet_by_key.balance_micros)));
}

}  // namespace dundun
