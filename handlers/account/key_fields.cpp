#include "handlers/account/key_fields.h"

#include <algorithm>
#include <array>

#include "common/web/text_fields.h"

namespace dundun {
namespace {

constexpr size_t kNameBytesMax = 100;
constexpr std::array<std::string_view, 4> kScopes{"send", "query", "webhooks", "admin"};

std::vector<std::string> split(std::string_view text) {
  std::vector<std::string> words;
  while (!text.empty()) {
    std::string_view word = text.substr(0, text.find(','));
    text.remove_prefix(std::min(text.size(), word.size() + 1));
    while (word.starts_with(' ')) word.remove_prefix(1);
    while (word.ends_with(' ')) word.remove_suffix(1);
    if (!word.empty()) words.emplace_back(word);
  }
  return words;
}

Result<std::vector<std::string>> parse_scopes(const JsonObject& object) {
  const OneOrMany given = TRY(object.one_or_many_strings("scopes", kScopes.size()));
  std::vector<std::string> scopes = given.many ? given.values : split(given.values.at(0));
  std::ranges::sort(scopes);
  const auto doubles = std::ranges::unique(scopes);
  scopes.erase(doubles.begin(), doubles.end());
  const bool known = std::ranges::all_of(scopes, [](const std::string& scope) {
    return std::ranges::find(kScopes, scope) != kScopes.end();
  });
  if (scopes.empty() || !known) {
    return invalid_field("scopes", "choose from send, query, webhooks, admin", "value_error.enum");
  }
  return scopes;
}

Result<std::optional<Instant>> parse_end(const JsonObject& object) {
  const std::optional<std::string> text = TRY(object.optional_string("expires_at"));
  if (!text) return std::optional<Instant>();
  const std::optional<Instant> at = parse_rfc3339(*text);
  if (!at || *at <= now()) {
    return invalid_field("expires_at", "an RFC 3339 time in the future, with its offset",
                         "value_error.datetime");
  }
  return at;
}

}  // namespace

void write_texts(JsonWriter& json, const char* name, const std::vector<std::string>& texts) {
  json.key(name).begin_array();
  for (const std::string& text : texts) json.value(std::string_view(text));
  json.end_array();
}

void write_time(JsonWriter& json, const char* name, std::optional<Instant> at) {
  std::optional<std::string> text;
  if (at) text = format_z(*at);
  json.member(name, text);
}

Result<KeyRequest> parse_key_request(const std::string& body) {
  const JsonDocument document = TRY(JsonDocument::parse(body));
  const JsonObject object = TRY(JsonObject::of(document));
  KeyRequest request{};
  std::string name = TRY(object.required_string("name"));
  request.name = TRY(bounded_text("name", std::move(name), kNameBytesMax));
  const std::string environment = TRY(object.required_string("environment"));
  if (environment != "live" && environment != "test") {
    return invalid_field("environment", "choose live or test", "value_error.enum");
  }
  request.environment = environment == "live" ? Environment::kLive : Environment::kTest;
  request.scopes = TRY(parse_scopes(object));
  request.allowed_ips = TRY(network_list(object, "allowed_ips"));
  request.expires_at = TRY(parse_end(object));
  return request;
}

}  // namespace dundun
