// POST /messages/rate: what a send would cost. Charges and stores nothing, so a key that may only
// read may ask.
#include <map>

#include "common/io/json.h"
#include "common/sending/price.h"
#include "common/sending/route_choice.h"
#include "common/sending/snapshot.h"
#include "common/sms/msisdn.h"
#include "common/web/endpoint.h"
#include "handlers/messages/endpoints.h"

namespace dundun {
namespace {

constexpr size_t kRecipientsMax = 1000;

struct RateRequest {
  std::vector<std::string> to;
  std::string text;
  std::optional<std::string> route;
};

Result<RateRequest> parse_rate_request(std::string_view body) {
  const JsonDocument document = TRY(JsonDocument::parse(body));
  const JsonObject object = TRY(JsonObject::of(document));
  OneOrMany to = TRY(object.one_or_many_strings("to", kRecipientsMax));
  std::string text = TRY(object.required_text("text"));
  std::optional<std::string> route = TRY(object.optional_string("route"));
  (void)TRY(object.optional_bool("international"));  // there is one price a route
  return RateRequest{std::move(to.values), std::move(text), std::move(route)};
}

struct RecipientPrice {
  const Route* route;
  Quote quote;
};

// Prices of one request; a route is priced once, however many recipients it has.
class Rater {
 public:
  Rater(const RateRequest& request, const SegmentCount& count, const Context& context)
      : request_(request), count_(count), context_(context) {}

  Result<RecipientPrice> price(const std::string& to) {
    const Msisdn msisdn = TRY(Msisdn::parse(to));
    const Route* route = TRY(choose_route(msisdn.country(), request_.route, context_.snapshot));
    auto known = quotes_.find(route);
    if (known == quotes_.end()) {
      const RoutePrice priced =
          TRY(price_over(*route, count_, context_.caller.currency, context_.snapshot));
      known = quotes_.emplace(route, priced.quote).first;
    }
    return RecipientPrice{route, known->second};
  }

 private:
  const RateRequest& request_;
  const SegmentCount& count_;
  const Context& context_;
  std::map<const Route*, Quote> quotes_;
};

void write_price(JsonWriter& json, const RecipientPrice& price, const std::string& currency) {
  json.member("country", price.route->country)
      .member("route", price.route->code)
      .member("segments", price.quote.segments)
      .member_money("cost", price.quote.wallet_cost)
      .member("cost_currency", currency)
      .member_money("route_cost", price.quote.route_cost)
      .member("route_currency", price.route->currency);
}

void write_error(JsonWriter& json, const Error& error) {
  json.key("error")
      .begin_object()
      .member("code", code_text(error.code))
      .member("message", error.message)
      .end_object();
}

std::string rate_answer(const RateRequest& request, const SegmentCount& count,
                        const Context& context) {
  Rater rater(request, count, context);
  Micros total = 0;
  JsonWriter json;
  json.begin_object()
      .member("encoding", encoding_name(count.encoding))
      .member("segments", count.segments)
      .key("recipients")
      .begin_array();
  for (const std::string& to : request.to) {
    json.begin_object().member("to", to);
    const Result<RecipientPrice> price = rater.price(to);
    if (price) {
      write_price(json, *price, context.caller.currency);
      total += price->quote.wallet_cost;
    } else {
      write_error(json, price.error());
    }
    json.end_object();
  }
  json.end_array()
      .member_money("total_cost", total)
      .member("currency", context.caller.currency)
      .member("count", static_cast<int64_t>(request.to.size()))
      .end_object();
  return json.take();
}

}  // namespace

Result<Response> rate_message(Context& context) {
  const RateRequest request = TRY(parse_rate_request(context.request.body));
  const SegmentCount count = TRY(count_segments(request.text));
  TRY(within_segments_max(count));
  std::string body = rate_answer(request, count, context);
  return Response::json(std::move(body));
}

}  // namespace dundun
