// Errors as the second dialect has them: {"error": "<text>"} (api.md 18.1).
#pragma once

#include <string_view>

#include "common/io/json.h"
#include "common/web/request.h"

namespace dundun {

inline Response trigger_error(int status, std::string_view text) {
  JsonWriter json;
  json.begin_object().member("error", text).end_object();
  return Response::json(json.take(), status);
}

}  // namespace dundun
