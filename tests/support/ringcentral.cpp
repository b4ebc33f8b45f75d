#include "tests/support/ringcentral.h"

#include <algorithm>
#include <functional>
#include <utility>

#include "common/base/time.h"
#include "common/io/crypto.h"
#include "common/io/json.h"
#include "common/web/router.h"

namespace dundun {
namespace {

using Fields = std::vector<std::pair<std::string, std::string>>;

std::string field(const Fields& fields, const std::string& name) {
  for (const auto& [key, value] : fields) {
    if (key == name) return value;
  }
  return "";
}

Fields fields_of(std::string_view text) {
  Fields fields;
  (void)parse_query(text, fields);
  return fields;
}

std::string text_at(const JsonValue& value, std::initializer_list<const char*> path) {
  std::optional<JsonValue> at = value;
  for (const char* name : path) at = at && at->is_object() ? at->find(name) : std::nullopt;
  return at && at->is_string() ? std::string(at->string()) : "";
}

HttpStandIn::Reply error(int status, const std::string& code, const std::string& message) {
  return {status,
          R"({"errorCode":")" + code + R"(","message":")" + message +
              R"(","errors":[{"errorCode":")" + code + R"(","message":")" + message + R"("}]})",
          "Content-Type: application/json\r\n"};
}

std::string after(const std::string& text, const std::string& prefix) {
  return text.starts_with(prefix) ? text.substr(prefix.size()) : "";
}

constexpr const char* kExtension = "/restapi/v1.0/account/~/extension/~";

}  // namespace

RingCentralStandIn::RingCentralStandIn()
    : server_([this](const Seen& seen) { return play(seen); }) {}

void RingCentralStandIn::on_subscribe(Handshake handshake) {
  std::lock_guard lock(mutex_);
  handshake_ = std::move(handshake);
}

std::string RingCentralStandIn::authorize(const std::string& location,
                                          const std::string& extension) {
  std::string uri = way_back(location, extension);
  if (!uri.empty()) uri.erase(0, uri.find('/', uri.find("//") + 2));
  return uri;
}

// "" when the address is not as it has to be.
std::string RingCentralStandIn::way_back(const std::string& location,
                                         const std::string& extension) {
  const Fields fields = fields_of(after(location, url() + "/restapi/oauth/authorize?"));
  const std::string uri = field(fields, "redirect_uri");
  if (field(fields, "response_type") != "code" || field(fields, "client_id") != kClientId ||
      field(fields, "code_challenge_method") != "S256" || field(fields, "state").empty() ||
      uri.empty()) {
    return "";
  }
  std::lock_guard lock(mutex_);
  const std::string code = secret("code");
  codes_[code] = {extension, field(fields, "code_challenge"), uri};
  return uri + "?code=" + code + "&state=" + field(fields, "state") + "&expires_in=60";
}

void RingCentralStandIn::sign_in(const std::string& extension) {
  std::lock_guard lock(mutex_);
  signed_in_ = extension;
}

// The user's page for a browser: they agree, or they do not.
HttpStandIn::Reply RingCentralStandIn::page(const std::string& target) {
  const std::string back = way_back(url() + target, signed_in_);
  if (back.empty()) return {400, "This application is not known.", ""};
  const std::string refused = back.substr(0, back.find('?')) + "?error=access_denied&state=" +
                              field(fields_of(back.substr(back.find('?') + 1)), "state");
  return {200,
          "<!doctype html><html lang=\"en\"><title>RingCentral</title><a href='" + back +
              "'>Authorize</a> <a href='" + refused + "'>Cancel</a>",
          "Content-Type: text/html\r\n"};
}

void RingCentralStandIn::add_jwt(const std::string& jwt, const std::string& extension) {
  std::lock_guard lock(mutex_);
  jwts_[jwt] = extension;
  secrets_.insert(jwt);
}

void RingCentralStandIn::give_number(const std::string& extension, const std::string& number) {
  std::lock_guard lock(mutex_);
  numbers_[extension].push_back(number);
}

void RingCentralStandIn::revoke(const std::string& extension) {
  std::lock_guard lock(mutex_);
  for (auto* tokens : {&access_, &refresh_, &jwts_}) {
    std::erase_if(*tokens, [&](const auto& one) { return one.second == extension; });
  }
}

void RingCentralStandIn::forget_access_tokens() {
  std::lock_guard lock(mutex_);
  access_.clear();
}

void RingCentralStandIn::change_client_secret(const std::string& secret) {
  std::lock_guard lock(mutex_);
  client_secret_ = secret;
}

void RingCentralStandIn::set_subscriptions(const std::string& status) {
  std::lock_guard lock(mutex_);
  for (auto& [id, subscription] : subscriptions_) subscription.status = status;
}

void RingCentralStandIn::lose_next_tokens() {
  std::lock_guard lock(mutex_);
  loses_tokens_ = true;
}

void RingCentralStandIn::answer_sms(HttpStandIn::Play play) {
  std::lock_guard lock(mutex_);
  sms_play_ = std::move(play);
}

void RingCentralStandIn::set_status(const std::string& id, const std::string& status,
                                    const std::string& error_code) {
  std::lock_guard lock(mutex_);
  statuses_[id] = {status, error_code};
}

std::map<std::string, RingCentralStandIn::Subscription> RingCentralStandIn::subscriptions() {
  std::lock_guard lock(mutex_);
  return subscriptions_;
}

std::vector<HttpStandIn::Seen> RingCentralStandIn::submits() {
  std::lock_guard lock(mutex_);
  return submits_;
}

int RingCentralStandIn::calls(const std::string& part) {
  int count = 0;
  for (const Seen& seen : server_.seen()) {
    count += (seen.method + " " + seen.target + " " + seen.body).find(part) != std::string::npos;
  }
  return count;
}

std::set<std::string> RingCentralStandIn::secrets() {
  std::lock_guard lock(mutex_);
  return secrets_;
}

std::string RingCentralStandIn::secret(const char* kind) {
  const std::string text = std::string(kind) + "-" + to_hex(random_bytes(12));
  secrets_.insert(text);
  return text;
}

HttpStandIn::Reply RingCentralStandIn::play(const Seen& seen) {
  if (seen.target == "/restapi/oauth/token") return token(seen);
  if (seen.target == "/restapi/oauth/revoke") return {200, "", ""};
  if (seen.target.starts_with("/restapi/oauth/authorize?")) return page(seen.target);
  std::string extension;
  {
    std::lock_guard lock(mutex_);
    const auto known = access_.find(after(
        seen.headers.contains("authorization") ? seen.headers.at("authorization") : "", "Bearer "));
    if (known == access_.end()) return error(401, "TokenInvalid", "Access token is invalid");
    extension = known->second;
  }
  if (seen.target == kExtension) {
    return {200, R"({"id":)" + extension + R"(,"account":{"id":")" + kAccount + R"("}})", ""};
  }
  if (seen.target.starts_with(std::string(kExtension) + "/phone-number")) return numbers(extension);
  if (seen.target == std::string(kExtension) + "/sms") return sms(seen, extension);
  if (seen.target == "/restapi/v1.0/subscription") return subscribe(seen, extension);
  const std::string id = after(seen.target, "/restapi/v1.0/subscription/");
  if (!id.empty()) return subscription(seen, id);
  if (seen.target.starts_with(std::string(kExtension) + "/message-store?")) {
    return store(seen, extension);
  }
  const std::string stored = after(seen.target, std::string(kExtension) + "/message-store/");
  return stored.empty() ? error(404, "CMN-102", "Resource not found") : message(stored);
}

HttpStandIn::Reply RingCentralStandIn::token(const Seen& seen) {
  std::lock_guard lock(mutex_);
  const std::string client = std::string(kClientId) + ":" + client_secret_;
  if (seen.headers.at("authorization") != "Basic " + to_base64(client)) {
    return {401,
            R"({"error":"invalid_client","error_description":"Invalid client","errors":[)"
            R"({"errorCode":"OAU-123","message":"Invalid client"}]})",
            ""};
  }
  const Fields fields = fields_of(seen.body);
  const std::string grant = field(fields, "grant_type");
  if (grant == "authorization_code") {
    const auto found = codes_.find(field(fields, "code"));
    if (found == codes_.end()) return {400, R"({"error":"invalid_grant"})", ""};
    const Code code = found->second;
    codes_.erase(found);
    std::string challenge = to_base64(sha256(field(fields, "code_verifier")));
    for (char& c : challenge) c = c == '+' ? '-' : c == '/' ? '_' : c;
    if (challenge != code.challenge + "=" || field(fields, "redirect_uri") != code.redirect_uri) {
      return {400, R"({"error":"invalid_grant","error_description":"PKCE"})", ""};
    }
    return new_tokens(code.extension);
  }
  const bool refresh = grant == "refresh_token";
  auto& known = refresh ? refresh_ : jwts_;
  const auto found = known.find(field(fields, refresh ? "refresh_token" : "assertion"));
  if (found == known.end()) {
    return {400, R"({"error":"invalid_grant","error_description":"Token is invalid"})", ""};
  }
  const std::string extension = found->second;
  if (refresh) refresh_.erase(found);  // good once
  return new_tokens(extension);
}

HttpStandIn::Reply RingCentralStandIn::new_tokens(const std::string& extension) {
  const std::string access = secret("access"), refresh = secret("refresh");
  access_[access] = extension;
  refresh_[refresh] = extension;
  if (std::exchange(loses_tokens_, false)) return {502, "", ""};
  return {200,
          R"({"access_token":")" + access +
              R"(","token_type":"bearer","expires_in":3600,"refresh_token":")" + refresh +
              R"(","refresh_token_expires_in":604800,"scope":"ReadAccounts ReadMessages SMS",)"
              R"("owner_id":")" +
              extension + R"("})",
          ""};
}

HttpStandIn::Reply RingCentralStandIn::numbers(const std::string& extension) {
  std::lock_guard lock(mutex_);
  std::string records =
      R"({"id":1,"phoneNumber":"254700999999","usageType":"CompanyNumber","features":["CallerId"]})";
  for (const std::string& number : numbers_[extension]) {
    records += R"(,{"id":2,"phoneNumber":")" + number +
               R"(","usageType":"DirectNumber","features":["CallerId","SmsSender"]})";
  }
  return {200, R"({"records":[)" + records + R"(],"paging":{"page":1,"totalPages":1}})", ""};
}

HttpStandIn::Reply RingCentralStandIn::sms(const Seen& seen, const std::string& extension) {
  HttpStandIn::Play play;
  {
    std::lock_guard lock(mutex_);
    submits_.push_back(seen);
    play = sms_play_;
  }
  if (play) return play(seen);
  const auto document = JsonDocument::parse(seen.body);
  if (!document) return error(400, "CMN-101", "Body is invalid");
  const std::string from = text_at(document->root(), {"from", "phoneNumber"});
  std::lock_guard lock(mutex_);
  bool theirs = false;
  for (const std::string& number : numbers_[extension]) {
    theirs |= from == number || from == "+" + number;
  }
  if (!theirs) return error(403, "MSG-304", "Phone number doesn't belong to extension");
  const std::string id = std::to_string(3062991514000 + ++made_);
  statuses_[id] = {"Sent", ""};
  return {200,
          R"({"id":)" + id + R"(,"type":"SMS","direction":"Outbound","messageStatus":"Queued"})",
          ""};
}

HttpStandIn::Reply RingCentralStandIn::subscribe(const Seen& seen, const std::string& extension) {
  const auto document = JsonDocument::parse(seen.body);
  if (!document) return error(400, "CMN-101", "Body is invalid");
  Subscription made;
  made.extension = extension;
  made.address = text_at(document->root(), {"deliveryMode", "address"});
  made.verification = text_at(document->root(), {"deliveryMode", "verificationToken"});
  Handshake handshake;
  std::string id, word;
  {
    std::lock_guard lock(mutex_);
    id = "sub-" + std::to_string(++made_);
    word = secret("validation");
    secrets_.insert(made.verification);
    handshake = handshake_;
  }
  if (made.verification.size() > 40) return error(400, "CMN-101", "Parameter value is invalid");
  if (!handshake || handshake(word) != word) {
    return error(400, "SUB-525", "WebHook server response is invalid");
  }
  std::lock_guard lock(mutex_);
  subscriptions_[id] = made;
  return {200,
          R"({"id":")" + id + R"(","status":"Active","expirationTime":")" +
              format_z_ms(now() + std::chrono::days(7)) + R"("})",
          ""};
}

HttpStandIn::Reply RingCentralStandIn::subscription(const Seen& seen, const std::string& target) {
  std::lock_guard lock(mutex_);
  const std::string id = target.substr(0, target.find('/'));
  const auto found = subscriptions_.find(id);
  if (found == subscriptions_.end()) return error(404, "CMN-102", "Resource not found");
  if (seen.method == "DELETE") {
    subscriptions_.erase(found);
    return {204, "", ""};
  }
  if (seen.method == "POST") ++found->second.renewals;
  return {200,
          R"({"id":")" + id + R"(","status":")" + found->second.status + R"(","expirationTime":")" +
              format_z_ms(now() + std::chrono::days(7)) + R"("})",
          ""};
}

void RingCentralStandIn::keep_text(const std::string& extension, Text text) {
  std::lock_guard lock(mutex_);
  std::vector<Text>& texts = texts_[extension];
  texts.push_back(std::move(text));
  std::ranges::stable_sort(texts, std::ranges::greater{}, &Text::written_at);
}

void RingCentralStandIn::throttle_store(int retry_after_s) {
  std::lock_guard lock(mutex_);
  throttled_s_ = retry_after_s;
}

HttpStandIn::Reply RingCentralStandIn::store(const Seen& seen, const std::string& extension) {
  std::lock_guard lock(mutex_);
  if (const int seconds = std::exchange(throttled_s_, 0); seconds > 0) {
    Reply reply = error(429, "CMN-301", "Request rate exceeded");
    reply.headers += "Retry-After: " + std::to_string(seconds) + "\r\n";
    return reply;
  }
  const Fields fields = fields_of(seen.target.substr(seen.target.find('?') + 1));
  const auto since = parse_rfc3339(field(fields, "dateFrom"));
  const auto until = parse_rfc3339(field(fields, "dateTo"));
  if (!since || !until || field(fields, "messageType") != "SMS" ||
      field(fields, "direction") != "Inbound") {
    return error(400, "CMN-101", "Parameter value is invalid");
  }
  const size_t of_page = std::stoul(field(fields, "perPage"));
  const size_t first = (std::stoul(field(fields, "page")) - 1) * of_page;
  std::string records;
  size_t place = 0;
  for (const Text& text : texts_[extension]) {
    if (text.written_at < *since || text.written_at > *until) continue;
    if (place >= first && place < first + of_page) {
      JsonWriter json;
      json.value(std::string_view(text.subject));
      records += std::string(records.empty() ? "" : ",") + R"({"id":)" + text.id +
                 R"(,"to":[{"phoneNumber":")" + text.to + R"("}],"from":{"phoneNumber":")" +
                 text.from + R"("},"type":"SMS","creationTime":")" + format_z_ms(text.written_at) +
                 R"(","direction":"Inbound","availability":"Alive","messageStatus":"Received",)" +
                 R"("subject":)" + json.take() + "}";
    }
    ++place;
  }
  const char* const next =
      place > first + of_page ? R"({"nextPage":{"uri":"https://next"}})" : "{}";
  return {200,
          R"({"records":[)" + records + R"(],"paging":{"page":1,"perPage":100},"navigation":)" +
              next + "}",
          ""};
}

HttpStandIn::Reply RingCentralStandIn::message(const std::string& id) {
  std::lock_guard lock(mutex_);
  const auto found = statuses_.find(id);
  if (found == statuses_.end()) return error(404, "CMN-102", "Resource not found");
  const auto& [status, error_code] = found->second;
  const std::string more =
      error_code.empty() ? "" : R"(,"deliveryErrorCode":")" + error_code + "\"";
  return {200, R"({"id":)" + id + R"(,"type":"SMS","messageStatus":")" + status + "\"" + more + "}",
          ""};
}

}  // namespace dundun
