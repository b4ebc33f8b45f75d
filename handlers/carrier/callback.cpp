#include "handlers/carrier/callback.h"

#include <algorithm>

#include "common/base/metrics.h"
#include "common/io/crypto.h"
#include "common/io/json.h"
#include "common/sending/snapshot.h"
#include "common/sms/encoding.h"
#include "common/web/router.h"

namespace dundun {
namespace {

constexpr size_t kFieldsMax = 64;

std::string_view secret_of(const Request& request) {
  if (request.parameters.size() > 1) return request.parameters[1];
  return request.bearer_token();
}

bool is_clean(std::string_view text) {
  size_t at = 0;
  while (at < text.size()) {
    const std::optional<char32_t> c = next_code_point(text, at);
    if (!c || *c < 0x20 || *c == 0x7f) return false;
  }
  return true;
}

// A value as text: callbacks write ids as numbers, and flags as flags.
std::string text_of(const JsonValue& value) {
  if (value.is_string()) return std::string(value.string());
  if (value.is_integer()) return std::to_string(value.integer());
  if (value.is_bool()) return value.boolean() ? "true" : "false";
  return {};
}

}  // namespace

Error bad_field(std::string_view field, std::string_view why) {
  return fail(ErrorCode::kInvalidRequest, std::string(field) + " " + std::string(why));
}

Result<std::string> calling_carrier(const Context& context) {
  if (context.snapshot.version == 0) return unavailable("no configuration");
  const std::string& name = context.request.parameters.at(0);
  const std::string hash = sha256(secret_of(context.request));
  bool known = false;
  const auto& carriers = context.snapshot.inbound.carriers;
  if (const auto found = carriers.find(name); found != carriers.end()) {
    for (const std::string& wanted : found->second) known |= equal_constant_time(hash, wanted);
  }
  if (known) {
    TRY(from_its_networks(context, name));
    return name;
  }
  counter("dundun_carrier_refused_total").add();
  return fail(ErrorCode::kInvalidSignature, "Unknown carrier or wrong secret.");
}

Status from_its_networks(const Context& context, std::string_view carrier) {
  if (context.snapshot.version == 0) return unavailable("no configuration");
  const auto& limited = context.snapshot.carrier_networks;
  const auto networks = limited.find(carrier);
  if (networks == limited.end()) return Done{};
  if (any_contains(networks->second, context.request.remote_address)) return Done{};
  // Its name is one of ours: a carrier that moved is seen at once.
  counter("dundun_carrier_elsewhere_total", "carrier=\"" + std::string(carrier) + "\"").add();
  return fail(ErrorCode::kAddressNotAllowed, "This carrier does not call from this address.");
}

Result<CallbackFields> CallbackFields::parse(const Request& request) {
  CallbackFields fields;
  fields.fields_ = request.query;
  if (request.method == Method::kGet || request.body.empty()) return fields;
  if (request.content_type.starts_with("application/x-www-form-urlencoded")) {
    TRY(parse_query(request.body, fields.fields_, Nul::kKept));
  } else if (request.content_type.starts_with("application/json")) {
    const JsonDocument document = TRY(JsonDocument::parse(request.body));
    if (!document.root().is_object()) {
      return fail(ErrorCode::kInvalidJson, "The body is not a JSON object.");
    }
    for (const auto& [name, value] : document.root().members()) {
      fields.fields_.emplace_back(name, text_of(value));
    }
  } else {
    return fail(ErrorCode::kUnsupportedType, "The body is neither JSON nor a form.");
  }
  if (fields.fields_.size() > kFieldsMax) {
    return fail(ErrorCode::kInvalidRequest, "Too many fields.");
  }
  return fields;
}

CallbackFields CallbackFields::of(std::vector<std::pair<std::string, std::string>> fields) {
  CallbackFields made;
  made.fields_ = std::move(fields);
  return made;
}

std::optional<std::string_view> CallbackFields::find(std::string_view name) const {
  for (const auto& [key, value] : fields_) {
    if (key == name && !value.empty()) return value;
  }
  return std::nullopt;
}

Result<std::string> CallbackFields::required(std::string_view name, size_t bytes_max) const {
  const std::optional<std::string_view> value = find(name);
  if (!value) return bad_field(name, "is missing.");
  if (value->size() > bytes_max) return bad_field(name, "is too long.");
  if (!is_clean(*value)) return bad_field(name, "is not printable UTF-8.");
  return std::string(*value);
}

Response callback_answer(const Request& request, std::string_view status, std::string_view id) {
  if (request.method == Method::kGet) {
    Response response;
    response.content_type = "text/plain";
    return response;
  }
  JsonWriter json;
  json.begin_object().member("status", status);
  if (!id.empty()) json.member("id", id);
  json.end_object();
  return Response::json(json.take());
}

}  // namespace dundun
