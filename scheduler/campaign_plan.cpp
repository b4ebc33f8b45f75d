// What was agreed when a campaign was accepted, as CampaignJob works by it.
#include "common/sms/contact_columns.h"
#include "scheduler/campaign_job.h"
#include "sql/campaigns.h"

namespace dundun {
namespace {

constexpr size_t kPlansMax = 64;

}  // namespace

Result<std::shared_ptr<const CampaignJob::Plan>> CampaignJob::plan_of(const Running& running) {
  auto found = plans_.find(running.campaign_id);
  if (found != plans_.end()) return found->second;
  if (plans_.size() >= kPlansMax) plans_.clear();
  auto plan = TRY(read_plan(running));
  plans_[running.campaign_id] = plan;
  return plan;
}

Result<std::shared_ptr<const CampaignJob::Plan>> CampaignJob::read_plan(const Running& running) {
  auto plan = std::make_shared<Plan>();
  const std::initializer_list<PgParam> key{running.account_id, running.campaign_id};
  const PgRows head = TRY(pg_.run(sql::campaign_head, key));
  if (head.size() == 0) return fail(ErrorCode::kInternal, "Internal server error", "no plan");
  const std::string text(head.text(0, sql::campaign_head.body));
  plan->source = head.text(0, sql::campaign_head.source);
  plan->currency = head.text(0, sql::campaign_head.cost_currency);
  plan->wallet_rate = head.i64(0, sql::campaign_head.wallet_rate);
  if (!head.is_null(0, sql::campaign_head.window_opens))
    plan->window = CampaignWindow{head.i16(0, sql::campaign_head.window_opens),
                                  head.i16(0, sql::campaign_head.window_closes),
                                  {}};
  plan->not_after = head.maybe_instant(0, sql::campaign_head.not_after);
  const PgRows lists = TRY(pg_.run(sql::campaign_plan_lists, key));
  for (int row = 0; row < lists.size(); ++row) {
    const ListHeaders headers = headers_of(lists, row, sql::campaign_plan_lists);
    plan->lists.push_back({lists.i64(row, sql::campaign_plan_lists.list_id),
                           std::string(lists.text(row, sql::campaign_plan_lists.skipped)),
                           Template::compile(text, headers)});
  }
  const PgRows routes = TRY(pg_.run(sql::campaign_plan_routes, key));
  for (int row = 0; row < routes.size(); ++row) {
    CampaignRoute route{std::string(routes.text(row, sql::campaign_plan_routes.country)),
                        std::string(routes.text(row, sql::campaign_plan_routes.route)),
                        std::string(routes.text(row, sql::campaign_plan_routes.sender)),
                        std::string(routes.text(row, sql::campaign_plan_routes.currency)),
                        routes.i64(row, sql::campaign_plan_routes.price),
                        routes.i64(row, sql::campaign_plan_routes.rate)};
    const std::string_view zone = routes.text(row, sql::campaign_plan_routes.zone);
    if (plan->lanes.empty() || plan->lanes.back() != zone) plan->lanes.emplace_back(zone);
    const std::string country = route.country;
    plan->routes.emplace(country, Plan::By{std::move(route), plan->lanes.size() - 1});
  }
  if (plan->lanes.empty()) plan->lanes.emplace_back();
  return std::shared_ptr<const Plan>(std::move(plan));
}

}  // namespace dundun
