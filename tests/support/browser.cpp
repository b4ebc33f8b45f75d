#include "tests/support/browser.h"

#include "common/io/json.h"

namespace dundun {

HttpAnswer Browser::login(const std::string& email, const std::string& password) {
  JsonWriter body;
  body.begin_object().member("email", email).member("password", password).end_object();
  HttpAnswer answer = client_.send(
      "POST", "/api/auth/login",
      {{"Content-Type", "application/json"}, {"Sec-Fetch-Site", "same-origin"}}, body.text());
  if (answer.status == 200) take(answer);
  return answer;
}

void Browser::take(const HttpAnswer& answer) {
  const std::string& cookie = answer.headers.at("set-cookie");
  const size_t begin = cookie.find('=') + 1;
  token_ = cookie.substr(begin, cookie.find(';') - begin);
  auto document = JsonDocument::parse(answer.body);
  csrf_ = document->root().find("csrf_token")->string();
}

HttpAnswer Browser::send(const std::string& method, const std::string& target,
                         const std::string& body, HttpClient::Headers more) {
  more.emplace_back("Sec-Fetch-Site", "same-origin");
  more.emplace_back("X-CSRF-Token", csrf_);
  if (!body.empty()) more.emplace_back("Content-Type", "application/json");
  return send_bare(method, target, std::move(more), body);
}

HttpAnswer Browser::send_bare(const std::string& method, const std::string& target,
                              HttpClient::Headers headers, const std::string& body) {
  headers.emplace_back("Cookie", "theme=dark; esms_access_token=" + token_ + "; lang=sw");
  return client_.send(method, target, headers, body);
}

}  // namespace dundun
