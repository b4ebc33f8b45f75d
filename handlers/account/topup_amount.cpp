#include "handlers/account/topup_amount.h"

#include "common/base/text.h"
#include "common/io/json.h"

namespace dundun {
namespace {

constexpr Micros kUnit = 1'000'000;

Micros round_up(Micros amount, Micros step) { return (amount + step - 1) / step * step; }

// The smallest amount that the currency has; a provider would round a finer one, and then refuse
// it.
Micros smallest(std::string_view currency) {
  Micros unit = kUnit;
  for (int i = currency_digits(currency); i > 0; --i) unit /= 10;
  return unit;
}

struct Limits {
  Micros least, most, usual;
};

Result<Limits> limits_in(std::string_view currency, const Snapshot& snapshot,
                         const PaymentConfig& config) {
  const std::optional<FxRate> usd = snapshot.fx_rate("USD");
  const std::optional<FxRate> rate = snapshot.fx_rate(currency);
  if (!usd || !rate) return unavailable("no exchange rate for the wallet's currency");
  Limits limits{};
  limits.least = TRY(convert(config.min_usd * kUnit, *usd, *rate));
  limits.most = TRY(convert(config.max_usd * kUnit, *usd, *rate));
  limits.usual = TRY(convert(config.default_usd * kUnit, *usd, *rate));
  limits.least = round_up(limits.least, smallest(currency));
  limits.usual = round_up(limits.usual, kUnit);
  return limits;
}

Status check(Micros amount, std::string_view currency, const Limits& limits) {
  if (amount < limits.least || amount > limits.most) {
    const std::string unit = std::string(currency) + " ";
    const int digits = currency_digits(currency);
    return invalid_field("amount",
                         "ensure this value is from " + unit + format_micros(limits.least, digits) +
                             " to " + unit + format_micros(limits.most, digits),
                         "value_error.number");
  }
  if (amount % smallest(currency) != 0) {
    return invalid_field("amount",
                         "ensure that there are no more than " +
                             std::to_string(currency_digits(currency)) + " decimal places, as " +
                             std::string(currency) + " has",
                         "value_error.decimal.max_places");
  }
  return Done{};
}

}  // namespace

Result<Micros> topup_amount(std::string_view body, std::string_view wallet_currency,
                            const Snapshot& snapshot, const PaymentConfig& config) {
  const Limits limits = TRY(limits_in(wallet_currency, snapshot, config));
  if (body.empty()) return limits.usual;
  const JsonDocument document = TRY(JsonDocument::parse(body));
  const JsonObject object = TRY(JsonObject::of(document));
  const std::optional<std::string> currency = TRY(object.optional_string("currency"));
  const std::optional<Micros> amount = TRY(object.optional_money("amount"));
  if (currency && upper_case(*currency) != wallet_currency) {
    return invalid_field("currency", "the wallet's currency is " + std::string(wallet_currency),
                         "value_error.const");
  }
  if (!amount) return limits.usual;
  (void)TRY(check(*amount, wallet_currency, limits));
  return *amount;
}

}  // namespace dundun
