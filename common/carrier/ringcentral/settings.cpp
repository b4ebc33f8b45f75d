#include "common/carrier/ringcentral/settings.h"

#include "common/io/json.h"

namespace dundun {
namespace {

Error wrong_setting(const char* name, const char* why) {
  return fail(ErrorCode::kInvalidRequest, std::string(name) + " " + why);
}

// Plain http that leaves no machine.
bool is_local(const std::string& url) {
  for (const std::string local : {"http://127.0.0.1", "http://localhost"}) {
    if (url == local || url.starts_with(local + ":")) return true;
  }
  return false;
}

Result<std::string> base_url(const char* name, std::string url) {
  while (url.ends_with('/')) url.pop_back();
  if (!is_local(url) && !(url.starts_with("https://") && url.size() > 8)) {
    return wrong_setting(name, "must begin with https://");
  }
  if (url.find_first_of("?#@ \r\n\"'<>") != std::string::npos) {
    return wrong_setting(name, "is no address without a query");
  }
  return url;
}

Status take_number(const JsonObject& object, const char* name, int& target) {
  const std::optional<int64_t> value = TRY(object.optional_integer(name));
  if (!value) return Done{};
  if (*value < 1 || *value > 100'000) return wrong_setting(name, "is out of range.");
  target = static_cast<int>(*value);
  return Done{};
}

Status take_milliseconds(const JsonObject& object, const char* name,
                         std::chrono::milliseconds& target) {
  int count = static_cast<int>(target.count());
  TRY(take_number(object, name, count));
  target = std::chrono::milliseconds(count);
  return Done{};
}

Result<std::string> secret_of(const CarrierSecrets& secrets, const char* name) {
  const auto found = secrets.find(name);
  if (found != secrets.end() && !found->second.empty()) return found->second;
  return wrong_setting(name, "is not in the carrier's file.");
}

}  // namespace

Result<RingCentralSettings> read_ringcentral_settings(std::string_view carrier,
                                                      std::string_view text,
                                                      const CarrierSecrets& secrets) {
  const JsonDocument document = TRY(JsonDocument::parse(text));
  const JsonObject object = TRY(JsonObject::of(document));
  RingCentralSettings settings;
  settings.carrier = carrier;
  const std::optional<std::string> server = TRY(object.optional_string("server_url"));
  settings.server_url = TRY(base_url("server_url", server.value_or(settings.server_url)));
  std::string ours = TRY(object.required_string("public_url"));
  settings.public_url = TRY(base_url("public_url", std::move(ours)));
  TRY(take_number(object, "messages_per_minute", settings.messages_per_minute));
  TRY(take_number(object, "connections_max", settings.connections_max));
  TRY(take_number(object, "queue_max", settings.queue_max));
  TRY(take_milliseconds(object, "timeout_ms", settings.timeout));
  TRY(take_milliseconds(object, "call_timeout_ms", settings.call_timeout));
  settings.client_id = TRY(secret_of(secrets, "client_id"));
  settings.client_secret = TRY(secret_of(secrets, "client_secret"));
  return settings;
}

}  // namespace dundun
