#include "common/sms/quote.h"

namespace dundun {

Status within_segments_max(const SegmentCount& count, int most) {
  if (count.segments <= most) return Done{};
  return fail(ErrorCode::kTextTooLong, "Text needs " + std::to_string(count.segments) +
                                           " segments; at most " + std::to_string(most) +
                                           " are allowed.");
}

Result<Quote> price_message(const Route& route, const SegmentCount& count, FxRate route_fx,
                            FxRate wallet_fx, int most) {
  TRY(within_segments_max(count, most));
  Quote quote;
  quote.segments = count.segments;
  quote.encoding = count.encoding;
  quote.route_cost = route.price_micros * count.segments;
  quote.wallet_cost = TRY(convert(quote.route_cost, route_fx, wallet_fx));
  return quote;
}

}  // namespace dundun
