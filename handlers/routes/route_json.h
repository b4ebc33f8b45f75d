// A route as JSON: with its name for customers, without it on the public price list.
#pragma once

#include "common/io/json.h"
#include "common/sms/quote.h"

namespace dundun {

enum class RouteName { kShown, kHidden };
void write_route(JsonWriter& json, const Route& route, RouteName name);

}  // namespace dundun
