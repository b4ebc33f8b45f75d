#include "handlers/routes/route_json.h"

namespace dundun {

void write_route(JsonWriter& json, const Route& route, RouteName name) {
  json.begin_object().member("code", route.code);
  if (name == RouteName::kShown) json.member("name", route.name);
  json.member("country_code", route.country)
      .member("country_name", route.country_name)
      .member("currency", route.currency)
      .member_money("price_per_segment", route.price_micros)
      .member("sender_id_default", route.sender_default)
      .member("is_active", route.active)
      .end_object();
}

}  // namespace dundun
