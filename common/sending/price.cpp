#include "common/sending/price.h"

namespace dundun {

Result<RoutePrice> price_over(const Route& route, const SegmentCount& count,
                              const std::string& wallet_currency, const Snapshot& snapshot,
                              int most) {
  const std::optional<FxRate> route_fx = snapshot.fx_rate(route.currency);
  const std::optional<FxRate> wallet_fx = snapshot.fx_rate(wallet_currency);
  if (!route_fx || !wallet_fx) {
    return fail(ErrorCode::kNoRoute, "No exchange rate for route '" + route.code + "'.");
  }
  RoutePrice price{TRY(price_message(route, count, *route_fx, *wallet_fx, most)), {}};
  if (route.currency != wallet_currency) {
    price.fx_note = route.currency + " " + format_micros(*route_fx, 2) + ", " + wallet_currency +
                    " " + format_micros(*wallet_fx, 2) + " per USD";
  }
  return price;
}

}  // namespace dundun
