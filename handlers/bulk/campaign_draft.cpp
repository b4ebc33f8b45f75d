#include "handlers/bulk/campaign_draft.h"

#include <unordered_map>

#include "common/base/number_set.h"
#include "common/campaign/contact_pages.h"
#include "common/io/crypto.h"
#include "common/sending/route_choice.h"
#include "common/sending/snapshot.h"
#include "sql/campaigns.h"

namespace dundun {
namespace {

constexpr int64_t kPageContacts = 20'000;
constexpr size_t kSampleMax = 10;

class Drafting {
 public:
  Drafting(const CampaignRequest& request, const Context& context)
      : request_(request),
        context_(context),
        query_([&context](const Statement& statement, std::span<const PgParam> params) {
          return context.services.pg.run(statement, params);
        }) {}

  Result<CampaignDraft> run(const std::vector<int64_t>& list_ids);

 private:
  struct List {
    int64_t list_id;
    ListHeaders headers;
    int64_t count;
  };
  Result<std::vector<List>> find_lists(const std::vector<int64_t>& list_ids);
  Status read_opt_outs();
  Status read_list(const List& list);
  // Whether the contact gets a message.
  Result<bool> take(const Contact& contact, const Template& text);
  Result<int> segments_of(const Contact& contact, const Template& text);
  // Place in draft_.routes; nullopt: nothing serves the country.
  Result<std::optional<size_t>> route_of(std::string_view country);
  Result<std::optional<size_t>> new_route(const std::string& country);
  Status price();
  void name_quote();

  const CampaignRequest& request_;
  const Context& context_;
  Query query_;
  CampaignDraft draft_;
  NumberSet seen_, opted_out_;
  std::unordered_map<std::string, std::optional<size_t>> routes_;
  std::string rendered_;
  std::optional<int> plain_segments_;  // of a text without variables
};

Result<std::vector<Drafting::List>> Drafting::find_lists(const std::vector<int64_t>& list_ids) {
  constexpr auto& col = sql::campaign_lists;
  PgArray ids(PgArray::Type::kInt8);
  for (const int64_t id : list_ids) ids.add(id);
  const PgRows rows =
      TRY(context_.services.pg.run(sql::campaign_lists, {context_.caller.account_id, ids.finish(),
                                                         context_.caller.environment}));
  std::unordered_map<int64_t, int> place;
  for (int row = 0; row < rows.size(); ++row) place[rows.i64(row, col.list_id)] = row;
  std::vector<List> lists;
  for (const int64_t id : list_ids) {
    auto found = place.find(id);
    if (found == place.end()) {
      return fail(ErrorCode::kNotFound, "Contact list " + std::to_string(id) + " not found");
    }
    const int row = found->second;
    lists.push_back({id, headers_of(rows, row, col), rows.i64(row, col.count)});
    draft_.invalid += rows.i64(row, col.invalid);
    for (std::string& written : rows.text_array(row, col.invalid_sample)) {
      draft_.invalid_sample.push_back(std::move(written));
    }
  }
  return lists;
}

Status Drafting::read_opt_outs() {
  const PgRows rows = TRY(context_.services.pg.query(
      sql::opted_out_phones, context_.caller.account_id, context_.caller.environment));
  for (int row = 0; row < rows.size(); ++row)
    opted_out_.insert(number_of_e164(rows.text(row, sql::opted_out_phones.phone)));
  return Done{};
}

Result<std::optional<size_t>> Drafting::new_route(const std::string& country) {
  const Route* route = context_.snapshot.route_for_country(country);
  if (request_.route) {
    route = context_.snapshot.route_by_code(*request_.route);
    if (route == nullptr || !route->active) {
      return fail(ErrorCode::kNoRoute, "Route '" + *request_.route + "' is unknown or not active.");
    }
    if (route->country != country) return std::optional<size_t>();
  }
  const std::optional<FxRate> rate =
      route ? context_.snapshot.fx_rate(route->currency) : std::optional<FxRate>();
  if (!rate) return std::optional<size_t>();
  std::string sender = TRY(choose_sender(request_.sender, context_.caller.sender_ids, *route));
  draft_.plan.routes.push_back(
      {country, route->code, sender, route->currency, route->price_micros, *rate});
  draft_.routes.push_back({route, std::move(sender), {}});
  return std::optional<size_t>(draft_.routes.size() - 1);
}

Result<std::optional<size_t>> Drafting::route_of(std::string_view country) {
  const std::string name(country);
  auto found = routes_.find(name);
  if (found == routes_.end()) found = routes_.emplace(name, TRY(new_route(name))).first;
  return found->second;
}

Result<int> Drafting::segments_of(const Contact& contact, const Template& text) {
  if (!text.has_variables()) {
    if (!plain_segments_) {
      const SegmentCount count = TRY(count_segments(request_.text));
      TRY(within_segments_max(count));
      plain_segments_ = count.segments;
    }
    return *plain_segments_;
  }
  if (!text.render(contact.phone, contact.name, contact.values, rendered_)) {
    return kSegmentsMax + 1;
  }
  return TRY(count_segments(rendered_)).segments;
}

Result<bool> Drafting::take(const Contact& contact, const Template& text) {
  const uint64_t number = number_of_e164(contact.phone);
  if (!seen_.insert(number)) {
    ++draft_.duplicates;
    return false;
  }
  ++draft_.contacts;
  text.count_missing(contact.phone, contact.name, contact.values, draft_.missing);
  if (opted_out_.contains(number)) {
    ++draft_.opted_out;
    return false;
  }
  const std::optional<size_t> place = TRY(route_of(contact.country));
  if (!place) {
    ++draft_.unroutable;
    if (draft_.unroutable_sample.size() < kSampleMax) {
      draft_.unroutable_sample.emplace_back(contact.phone);
    }
    return false;
  }
  const int segments = TRY(segments_of(contact, text));
  if (segments == 0 || segments > kSegmentsMax) {
    ++draft_.too_long;
    return false;
  }
  ++draft_.routes[*place].contacts_by_segments[segments];
  return true;
}

Status Drafting::read_list(const List& list) {
  const Template text = Template::compile(request_.text, list.headers);
  draft_.variables = text.variables();
  std::string skipped(static_cast<size_t>(list.count / 8 + 1), '\0');
  int64_t after = 0;
  while (true) {
    const PgRows rows = TRY(read_contacts(query_, context_.caller.account_id, list.list_id, after,
                                          kPageContacts, text));
    for (int row = 0; row < rows.size(); ++row) {
      const Contact contact = contact_of(rows, row, text);
      after = contact.contact_id;
      if (!TRY(take(contact, text))) skip(skipped, contact.contact_id);
    }
    if (rows.size() < kPageContacts) break;
  }
  draft_.plan.list_ids.push_back(list.list_id);
  draft_.plan.skipped.push_back(std::move(skipped));
  return Done{};
}

Status Drafting::price() {
  const std::optional<FxRate> wallet = context_.snapshot.fx_rate(context_.caller.currency);
  if (!wallet) return fail(ErrorCode::kNoRoute, "No exchange rate for the wallet's currency.");
  draft_.plan.wallet_rate = *wallet;
  for (size_t i = 0; i < draft_.routes.size(); ++i) {
    DraftRoute& part = draft_.routes[i];
    for (const auto& [segments, contacts] : part.contacts_by_segments) {
      const SegmentCount count{Encoding::kGsm7, segments, 0};
      const Quote quote =
          TRY(price_message(*part.route, count, draft_.plan.routes[i].rate, *wallet));
      part.contacts += contacts;
      part.segments += contacts * segments;
      part.route_cost += contacts * quote.route_cost;
      part.wallet_cost += contacts * quote.wallet_cost;
    }
    draft_.total += part.contacts;
    draft_.segments += part.segments;
    draft_.cost_micros += part.wallet_cost;
  }
  return Done{};
}

void Drafting::name_quote() {
  std::string agreed = std::to_string(context_.caller.account_id) + "\n" + request_.text + "\n" +
                       request_.sender.value_or("") + "\n" + request_.route.value_or("") + "\n" +
                       std::to_string(draft_.plan.wallet_rate) + "\n";
  for (size_t i = 0; i < draft_.plan.list_ids.size(); ++i) {
    // A request's own recipients are another list each time: what counts is who is in it.
    if (i < request_.list_ids.size()) agreed += std::to_string(draft_.plan.list_ids[i]) + " ";
    agreed += sha256(draft_.plan.skipped[i]);
  }
  for (const DraftRoute& part : draft_.routes) {
    agreed += part.route->code + " " + part.sender + " " +
              std::to_string(part.route->price_micros) + " " + std::to_string(part.segments) + " " +
              std::to_string(part.wallet_cost) + "\n";
  }
  const std::string hash = sha256(agreed);
  Uuid id;
  std::copy_n(hash.begin(), id.bytes.size(), reinterpret_cast<char*>(id.bytes.data()));
  draft_.quote_id = "quote_" + to_hex(id);
}

Result<CampaignDraft> Drafting::run(const std::vector<int64_t>& list_ids) {
  const std::vector<List> lists = TRY(find_lists(list_ids));
  TRY(read_opt_outs());
  int64_t expected = 0;
  for (const List& list : lists) expected += list.count;
  seen_ = NumberSet(static_cast<size_t>(expected));
  for (const List& list : lists) TRY(read_list(list));
  TRY(price());
  name_quote();
  return std::move(draft_);
}

}  // namespace

Result<CampaignDraft> draft_campaign(const CampaignRequest& request,
                                     const std::vector<int64_t>& list_ids, const Context& context) {
  return Drafting(request, context).run(list_ids);
}

}  // namespace dundun
