// Somebody in front of the portal: keeps the session's cookie and its CSRF token.
#pragma once

#include <string>

#include "tests/support/http_client.h"

namespace dundun {

class Browser {
 public:
  explicit Browser(HttpClient client) : client_(std::move(client)) {}

  HttpAnswer login(const std::string& email, const std::string& password);
  // Goes on with the session that an answer opened.
  void take(const HttpAnswer& answer);
  HttpAnswer get(const std::string& target) { return send("GET", target); }
  HttpAnswer post(const std::string& target, const std::string& body = "") {
    return send("POST", target, body);
  }
  // With cookie and token, from our own page.
  HttpAnswer send(const std::string& method, const std::string& target,
                  const std::string& body = "", HttpClient::Headers more = {});
  // With the cookie and these headers, nothing more.
  HttpAnswer send_bare(const std::string& method, const std::string& target,
                       HttpClient::Headers headers, const std::string& body = "");
  const std::string& token() const { return token_; }
  const std::string& csrf() const { return csrf_; }

 private:
  HttpClient client_;
  std::string token_, csrf_;
};

}  // namespace dundun
