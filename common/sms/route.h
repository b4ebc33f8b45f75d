// A route: how messages to a country leave, and at which price.
#pragma once

#include <cstdint>
#include <string>

#include "common/base/money.h"

namespace dundun {

struct Route {
  int32_t route_id = 0;
  std::string code;  // ESMS_UG
  std::string name;
  std::string country;  // ISO 3166-1 alpha-2
  std::string country_name;
  std::string currency;
  std::string sender_default;
  Micros price_micros = 0;  // per segment, route currency
  int64_t price_id = 0;     // the version of the price
  int inline_wait_ms = 1500;
  bool active = true;
};

}  // namespace dundun
