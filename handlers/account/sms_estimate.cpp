#include "handlers/account/sms_estimate.h"

#include <algorithm>

namespace dundun {
namespace {

// ISO 4217 codes begin with the country's ISO 3166 code; Zimbabwe's gold breaks the rule.
std::string home_country(const std::string& currency) {
  return currency == "ZIG" ? "ZW" : currency.substr(0, 2);
}

std::optional<Micros> price_of(const Route& route, const std::string& currency,
                               const Snapshot& snapshot) {
  const std::optional<FxRate> route_fx = snapshot.fx_rate(route.currency);
  const std::optional<FxRate> wallet_fx = snapshot.fx_rate(currency);
  if (!route_fx || !wallet_fx) return std::nullopt;
  const SegmentCount one{Encoding::kGsm7, 1, 1};
  const Result<Quote> quote = price_message(route, one, *route_fx, *wallet_fx);
  return quote ? std::optional(quote->wallet_cost) : std::nullopt;
}

std::optional<Micros> cheapest(const std::string& currency, const Snapshot& snapshot) {
  std::optional<Micros> least;
  for (const Route& route : snapshot.routes) {
    const std::optional<Micros> price =
        route.active ? price_of(route, currency, snapshot) : std::nullopt;
    if (price) least = std::min(least.value_or(*price), *price);
  }
  return least;
}

}  // namespace

std::optional<int64_t> sms_estimate(Micros balance, const std::string& currency,
                                    const Snapshot& snapshot) {
  const Route* home = snapshot.route_for_country(home_country(currency));
  std::optional<Micros> price;
  if (home != nullptr) price = price_of(*home, currency, snapshot);
  if (!price) price = cheapest(currency, snapshot);
  if (!price || *price <= 0) return std::nullopt;
  return balance / *price;
}

}  // namespace dundun
