// Works out a campaign: its recipients, its routes, its price. Reads every contact once.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "common/io/pg.h"
#include "common/journal/changes/campaign.h"
#include "common/sms/quote.h"
#include "common/web/endpoint.h"
#include "handlers/bulk/campaign_request.h"

namespace dundun {

// Contacts over one route.
struct DraftRoute {
  const Route* route;
  std::string sender;
  std::map<int, int64_t> contacts_by_segments;
  int64_t contacts = 0;
  int64_t segments = 0;
  Micros route_cost = 0;
  Micros wallet_cost = 0;  // sum of the messages' costs, each rounded once
};

struct CampaignDraft {
  CampaignPlan plan;
  std::vector<DraftRoute> routes;  // in step with plan.routes
  int64_t contacts = 0;            // different numbers, routable or not
  int64_t total = 0;               // messages
  int64_t segments = 0;
  Micros cost_micros = 0;  // wallet currency
  int64_t duplicates = 0;
  int64_t unroutable = 0;
  int64_t opted_out = 0;
  int64_t too_long = 0;
  std::vector<std::string> unroutable_sample;
  int64_t invalid = 0;  // rows of the lists' files with something that is no number
  std::vector<std::string> invalid_sample;  // as it was written
  std::vector<std::string> variables;       // of the text, as written
  std::vector<int64_t> missing;             // how many of `contacts` have nothing for each of them
  std::string quote_id;                     // changes with anything that the client agreed to
};

// kNotFound for a list of another account; kSenderIdNotApproved; kTextTooLong if the text is too
// long even without values. Takes about a second for 500,000 contacts.
Result<CampaignDraft> draft_campaign(const CampaignRequest& request,
                                     const std::vector<int64_t>& list_ids, const Context& context);

}  // namespace dundun
