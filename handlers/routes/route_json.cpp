#include "handlers/routes/route_json.h"

namespace dundun {

void write_route(JsonWriter& json, const Route& route, RouteName name) {
  json.begin_object().member("code", std::string_view(route.code));
  if (name == RouteName::kShown) json.member("name", std::string_view(route.name));
  json.member("country_code", std::string_view(route.country))
      .member("country_name", std::string_view(route.country_name))
      .member("currency", std::string_view(route.currency))
      .member_money("price_per_segment", route.price_micros)
      .member("sender_id_default", std::string_view(route.sender_default))
      .member("is_active", route.active)
      .end_object();
}

}  // namespace dundun
