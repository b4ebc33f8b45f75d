#include "common/carrier/ringcentral/api.h"

#include <algorithm>
#include <charconv>

#include "common/base/log.h"
#include "common/base/metrics.h"
#include "common/io/crypto.h"
#include "common/sms/msisdn.h"

namespace dundun {
namespace {

constexpr int kSubscriptionSeconds = 7 * 24 * 3600;
constexpr int kNumberPagesMax = 10;
constexpr int kTextsOfPage = 100;
constexpr size_t kErrorBytesMax = 200;
constexpr std::string_view kInstantSms =
    "/restapi/v1.0/account/~/extension/~/message-store/instant?type=SMS";

std::string url_encoded(std::string_view text) {
  constexpr std::string_view kPlain = "-._~";
  std::string out;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (std::isalnum(byte) != 0 || kPlain.find(c) != std::string_view::npos) {
      out += c;
    } else {
      out += "%" + to_hex(std::string_view(&c, 1));
    }
  }
  return out;
}

std::string json_text(const JsonValue& object, std::string_view name) {
  const auto value = object.is_object() ? object.find(name) : std::nullopt;
  return value && value->is_string() ? std::string(value->string()) : std::string();
}

Error refusal_of(const HttpReply& reply) {
  const std::string text = ringcentral_error_text(reply.body);
  const std::string detail = "RingCentral answered " + std::to_string(reply.status);
  if (reply.status == 401) {
    return fail(ErrorCode::kExpiredToken, text, detail);
  }
  if (reply.status == 404) return fail(ErrorCode::kNotFound, text, detail);
  if (reply.status == 429) {
    Error error = fail(ErrorCode::kRateLimited, text, detail);
    error.retry_after_s = static_cast<int>(reply.retry_after_s);
    return error;
  }
  if (reply.status >= 400 && reply.status < 500) {
    return fail(ErrorCode::kInvalidRequest, text, detail);
  }
  return unavailable(detail);
}

bool may_send(const JsonValue& record) {
  const auto features = record.find("features");
  if (!features || !features->is_array()) return false;
  const std::vector<JsonValue> all = features->items();
  return std::ranges::any_of(
      all, [](const JsonValue& one) { return one.is_string() && one.string() == "SmsSender"; });
}

int64_t total_pages(const JsonValue& root) {
  const auto paging = root.find("paging");
  const auto pages = paging && paging->is_object() ? paging->find("totalPages") : std::nullopt;
  return pages && pages->is_integer() ? pages->integer() : 1;
}

void take_numbers(const JsonValue& root, std::vector<RcNumber>& numbers) {
  const auto records = root.find("records");
  if (!records || !records->is_array()) return;
  for (const JsonValue& record : records->items()) {
    if (!record.is_object() || !may_send(record)) continue;
    const auto msisdn = Msisdn::parse(json_text(record, "phoneNumber"));
    if (msisdn) numbers.push_back({msisdn->e164(), msisdn->country()});
  }
}

Result<RcSubscription> subscription_of(const JsonDocument& answer) {
  RcSubscription subscription;
  subscription.id = json_text(answer.root(), "id");
  const auto until = parse_rfc3339(json_text(answer.root(), "expirationTime"));
  if (subscription.id.empty() || !until) return unavailable("RingCentral's subscription has no id");
  subscription.until = *until;
  const std::string status = json_text(answer.root(), "status");
  subscription.active = status.empty() || status == "Active";
  return subscription;
}

std::optional<JsonValue> first_error(const JsonValue& root) {
  const auto errors = root.find("errors");
  const std::vector<JsonValue> all =
      errors && errors->is_array() ? errors->items() : std::vector<JsonValue>();
  return all.empty() ? std::nullopt : std::optional(all.front());
}

}  // namespace

std::string ringcentral_error_code(std::string_view body) {
  const auto document = JsonDocument::parse(body);
  if (!document || !document->root().is_object()) return {};
  const auto first = first_error(document->root());
  std::string code = first ? json_text(*first, "errorCode") : std::string();
  return code.empty() ? json_text(document->root(), "errorCode") : code;
}

namespace {

// OAU-120 to OAU-146: the application, its client id and secret, and their header.
bool is_client_fault(std::string_view code) {
  if (!code.starts_with("OAU-")) return false;
  code.remove_prefix(4);
  int number = 0;
  (void)std::from_chars(code.data(), code.data() + code.size(), number);
  return number >= 120 && number <= 146;
}

}  // namespace

// Only what RFC 6749 section 5.2 calls an invalid grant speaks of the user. A wrong client id or
// secret, a wrong application or header (OAU-120 to OAU-146) is refused with 400 or 401 too, and
// would otherwise end the connections of all tenants.
Error ringcentral_grant_refusal(const HttpReply& reply) {
  const auto document = JsonDocument::parse(reply.body);
  const bool readable = document && document->root().is_object();
  const std::string error = readable ? json_text(document->root(), "error") : std::string();
  const std::string text = ringcentral_error_text(reply.body);
  if (error == "invalid_grant") {
    return fail(ErrorCode::kExpiredToken, text,
                "RingCentral answered " + std::to_string(reply.status));
  }
  const bool of_client = reply.status == 401 || reply.status == 403 || error == "invalid_client" ||
                         error == "unauthorized_client" ||
                         is_client_fault(ringcentral_error_code(reply.body));
  if (!of_client) return refusal_of(reply);
  counter("dundun_ringcentral_client_refused_total").add();
  log(LogLevel::kError, "ringcentral_client_refused",
      {{"status", int64_t{reply.status}}, {"detail", std::string_view(text)}});
  return unavailable("RingCentral refuses this server's client: " + text);
}

std::string ringcentral_error_text(std::string_view body) {
  std::string text;
  if (const auto document = JsonDocument::parse(body); document && document->root().is_object()) {
    const JsonValue root = document->root();
    if (const auto first = first_error(root)) text = json_text(*first, "message");
    for (const char* name : {"message", "error_description", "error"}) {
      if (text.empty()) text = json_text(root, name);
    }
  }
  std::erase_if(text, [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; });
  size_t size = std::min(text.size(), kErrorBytesMax);
  while (size < text.size() && size > 0 && (text[size] & 0xc0) == 0x80) --size;
  text.resize(size);
  return text.empty() ? "RingCentral refused it." : text;
}

std::string ringcentral_id(const std::optional<JsonValue>& value) {
  if (value && value->is_integer()) return std::to_string(value->integer());
  return value && value->is_string() ? std::string(value->string()) : std::string();
}

std::string RingCentralApi::authorize_url(std::string_view state,
                                          std::string_view challenge) const {
  return settings_.server_url + "/restapi/oauth/authorize?response_type=code&client_id=" +
         url_encoded(settings_.client_id) +
         "&redirect_uri=" + url_encoded(settings_.callback_url()) + "&state=" + url_encoded(state) +
         "&code_challenge=" + url_encoded(challenge) + "&code_challenge_method=S256";
}

Result<JsonDocument> RingCentralApi::call(const char* method, std::string_view path,
                                          std::string_view access_token, std::string body) const {
  HttpCall http;
  http.method = method;
  http.url = settings_.server_url + std::string(path);
  http.headers = {{"Authorization", "Bearer " + std::string(access_token)},
                  {"Accept", "application/json"},
                  {"Content-Type", "application/json"}};
  http.body = std::move(body);
  http.connect_timeout = http.timeout = settings_.call_timeout;
  const HttpReply reply = TRY(http_call(http));
  if (reply.status < 200 || reply.status > 299) return refusal_of(reply);
  auto answer = JsonDocument::parse(reply.body.empty() ? "{}" : reply.body);
  if (!answer || !answer->root().is_object()) return unavailable("RingCentral's answer is no JSON");
  return answer;
}

Result<RcTokens> RingCentralApi::grant(std::string form) const {
  HttpCall http;
  http.method = "POST";
  http.url = settings_.server_url + "/restapi/oauth/token";
  http.headers = {
      {"Authorization", "Basic " + to_base64(settings_.client_id + ":" + settings_.client_secret)},
      {"Accept", "application/json"},
      {"Content-Type", "application/x-www-form-urlencoded"}};
  http.body = std::move(form);
  http.connect_timeout = http.timeout = settings_.call_timeout;
  const Instant asked_at = now();
  const HttpReply reply = TRY(http_call(http));
  if (reply.status != 200) return ringcentral_grant_refusal(reply);
  const JsonDocument answer = TRY(JsonDocument::parse(reply.body));
  const JsonValue root = answer.root();
  RcTokens tokens;
  tokens.access_token = json_text(root, "access_token");
  tokens.refresh_token = json_text(root, "refresh_token");
  tokens.extension_id = root.is_object() ? ringcentral_id(root.find("owner_id")) : std::string();
  const auto lives = root.is_object() ? root.find("expires_in") : std::nullopt;
  if (tokens.access_token.empty() || tokens.extension_id.empty() || !lives ||
      !lives->is_integer()) {
    return unavailable("RingCentral's tokens are incomplete");
  }
  tokens.expires_at = asked_at + std::chrono::seconds(lives->integer());
  return tokens;
}

Result<RcTokens> RingCentralApi::tokens_of_code(std::string_view code,
                                                std::string_view verifier) const {
  return grant("grant_type=authorization_code&code=" + url_encoded(code) + "&redirect_uri=" +
               url_encoded(settings_.callback_url()) + "&code_verifier=" + url_encoded(verifier));
}

Result<RcTokens> RingCentralApi::tokens_of_refresh(std::string_view refresh_token) const {
  return grant("grant_type=refresh_token&refresh_token=" + url_encoded(refresh_token));
}

Result<RcTokens> RingCentralApi::tokens_of_jwt(std::string_view jwt) const {
  return grant("grant_type=" + url_encoded("urn:ietf:params:oauth:grant-type:jwt-bearer") +
               "&assertion=" + url_encoded(jwt));
}

Status RingCentralApi::revoke(std::string_view token) const {
  HttpCall http;
  http.method = "POST";
  http.url = settings_.server_url + "/restapi/oauth/revoke";
  http.headers = {
      {"Authorization", "Basic " + to_base64(settings_.client_id + ":" + settings_.client_secret)},
      {"Content-Type", "application/x-www-form-urlencoded"}};
  http.body = "token=" + url_encoded(token);
  http.connect_timeout = http.timeout = settings_.call_timeout;
  const HttpReply reply = TRY(http_call(http));
  if (reply.status != 200) return refusal_of(reply);
  return Done{};
}

Result<std::string> RingCentralApi::account_id(std::string_view access_token) const {
  const JsonDocument answer = TRY(call("GET", "/restapi/v1.0/account/~/extension/~", access_token));
  const auto account = answer.root().find("account");
  std::string id =
      account && account->is_object() ? ringcentral_id(account->find("id")) : std::string();
  if (id.empty()) return unavailable("RingCentral's user has no account");
  return id;
}

Result<std::vector<RcNumber>> RingCentralApi::sms_numbers(std::string_view access_token) const {
  std::vector<RcNumber> numbers;
  for (int page = 1; page <= kNumberPagesMax; ++page) {
    const JsonDocument answer = TRY(call("GET",
                                         "/restapi/v1.0/account/~/extension/~/phone-number?"
                                         "perPage=100&page=" +
                                             std::to_string(page),
                                         access_token));
    take_numbers(answer.root(), numbers);
    if (page >= total_pages(answer.root())) break;
  }
  return numbers;
}

Result<RcSubscription> RingCentralApi::subscribe(std::string_view access_token,
                                                 std::string_view verification) const {
  JsonWriter json;
  json.begin_object().key("eventFilters").begin_array().value(kInstantSms).end_array();
  json.key("deliveryMode")
      .begin_object()
      .member("transportType", "WebHook")
      .member("address", settings_.webhook_url())
      .member("verificationToken", verification)
      .end_object()
      .member("expiresIn", kSubscriptionSeconds)
      .end_object();
  const JsonDocument answer =
      TRY(call("POST", "/restapi/v1.0/subscription", access_token, json.take()));
  return subscription_of(answer);
}

Result<RcSubscription> RingCentralApi::renew_subscription(std::string_view access_token,
                                                          std::string_view id) const {
  const JsonDocument answer =
      TRY(call("POST", "/restapi/v1.0/subscription/" + url_encoded(id) + "/renew", access_token));
  return subscription_of(answer);
}

Result<RcSubscription> RingCentralApi::subscription(std::string_view access_token,
                                                    std::string_view id) const {
  const JsonDocument answer =
      TRY(call("GET", "/restapi/v1.0/subscription/" + url_encoded(id), access_token));
  return subscription_of(answer);
}

Status RingCentralApi::unsubscribe(std::string_view access_token, std::string_view id) const {
  (void)TRY(call("DELETE", "/restapi/v1.0/subscription/" + url_encoded(id), access_token));
  return Done{};
}

Result<RcMessage> RingCentralApi::message(std::string_view access_token,
                                          std::string_view id) const {
  const JsonDocument answer = TRY(call(
      "GET", "/restapi/v1.0/account/~/extension/~/message-store/" + url_encoded(id), access_token));
  return RcMessage{json_text(answer.root(), "messageStatus"),
                   json_text(answer.root(), "deliveryErrorCode")};
}

// Where there is a next page, RingCentral links it; the number of pages is not always told.
Result<RcTexts> RingCentralApi::inbound_texts(std::string_view access_token,
                                              const TextsWanted& wanted) const {
  const std::string path =
      "/restapi/v1.0/account/~/extension/~/message-store?messageType=SMS&direction=Inbound"
      "&availability=Alive&availability=Deleted&dateFrom=" +
      url_encoded(format_z_ms(wanted.since)) + "&dateTo=" + url_encoded(format_z_ms(wanted.until)) +
      "&perPage=" + std::to_string(kTextsOfPage) + "&page=" + std::to_string(wanted.page);
  const JsonDocument answer = TRY(call("GET", path, access_token));
  const auto records = answer.root().find("records");
  if (!records || !records->is_array()) return unavailable("RingCentral's list has no records");
  RcTexts texts;
  for (const JsonValue& record : records->items()) {
    texts.records.push_back(TRY(JsonDocument::parse(to_json(record))));
  }
  const auto navigation = answer.root().find("navigation");
  const auto next =
      navigation && navigation->is_object() ? navigation->find("nextPage") : std::nullopt;
  texts.has_more = (next && next->is_object()) || wanted.page < total_pages(answer.root());
  return texts;
}

}  // namespace dundun
