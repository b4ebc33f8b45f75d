#include "common/web/paging.h"

#include <algorithm>
#include <charconv>

#include "common/identity/authorization.h"
#include "common/io/json.h"
#include "common/sms/msisdn.h"

namespace dundun {

Error invalid_query(std::string_view field, std::string_view message, std::string_view type) {
  JsonWriter list;
  list.begin_array().begin_object();
  list.key("loc").begin_array().value("query").value(field).end_array();
  list.member("msg", message).member("type", type).end_object().end_array();
  Error error = fail(ErrorCode::kValidation, std::string(field) + ": " + std::string(message));
  error.extra = list.take();
  return error;
}

Result<std::optional<int64_t>> query_integer(const Request& request, const char* field,
                                             int64_t least, int64_t most) {
  const std::optional<std::string_view> text = request.query_value(field);
  if (!text || text->empty()) return std::optional<int64_t>();
  int64_t value = 0;
  const auto [end, error] = std::from_chars(text->data(), text->data() + text->size(), value);
  if (error != std::errc() || end != text->data() + text->size()) {
    return invalid_query(field, "value is not a valid integer", "type_error.integer");
  }
  if (value < least) {
    return invalid_query(field,
                         "ensure this value is greater than or equal to " + std::to_string(least),
                         "value_error.number.not_ge");
  }
  if (value > most) {
    return invalid_query(field,
                         "ensure this value is less than or equal to " + std::to_string(most),
                         "value_error.number.not_le");
  }
  return std::optional<int64_t>(value);
}

Result<std::optional<std::string>> query_address(const Request& request, const char* field) {
  constexpr size_t kAddressBytesMax = 100;
  std::string text(request.query_value(field).value_or(""));
  if (text.empty()) return std::optional<std::string>();
  if (text.size() > kAddressBytesMax) return invalid_query(field, "is too long");
  if (const auto number = Msisdn::parse(text)) return std::optional(number->e164());
  if (text.front() == ' ') text.front() = '+';
  return std::optional(std::move(text));
}

Result<std::vector<Environment>> query_environments(const Request& request, const Caller& caller) {
  const std::string_view text = request.query_value("environment").value_or("");
  if (text.empty()) return std::vector{caller.environment};
  if (text == "test") return std::vector{Environment::kTest};
  if (text != "live" && text != "all") {
    return invalid_query("environment", "must be live, test or all");
  }
  std::vector<Environment> seen = visible_environments(caller);
  if (std::ranges::find(seen, Environment::kLive) == seen.end()) {
    return fail(ErrorCode::kInsufficientScope, "A test key sees what belongs to tests only.");
  }
  if (text == "live") return std::vector{Environment::kLive};
  return seen;
}

PgParam environments_param(const std::vector<Environment>& environments) {
  PgArray array(PgArray::Type::kInt2);
  for (const Environment environment : environments) array.add(environment);
  return array.finish();
}

Result<std::optional<Uuid>> query_id(const Request& request, const char* field, const char* what,
                                     std::optional<Uuid> (*parse)(std::string_view)) {
  const std::optional<std::string_view> text = request.query_value(field);
  if (!text || text->empty()) return std::optional<Uuid>();
  const std::optional<Uuid> id = parse(*text);
  if (!id) return invalid_query(field, "not " + std::string(what));
  return id;
}

std::optional<int64_t> parse_id(std::string_view text) {
  int64_t id = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), id);
  if (error != std::errc() || end != text.data() + text.size() || id < 1) return std::nullopt;
  return id;
}

Result<Paging> parse_paging(const Request& request, int64_t limit_default) {
  Paging paging;
  paging.page = TRY(query_integer(request, "page", 0, 1'000'000)).value_or(0);
  paging.limit = TRY(query_integer(request, "limit", 1, 100)).value_or(limit_default);
  return paging;
}

}  // namespace dundun
