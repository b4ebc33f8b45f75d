#include "handlers/gravity/rc_page.h"

#include "common/identity/control.h"

namespace dundun {
namespace {

constexpr std::string_view kHead =
    "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\">"
    "<meta name=\"viewport\" content=\"width=device-width\"><title>RingCentral</title>"
    "<style>body{font:16px/1.5 system-ui,sans-serif;max-width:28rem;margin:12vh auto;padding:0 "
    "1rem}"
    "button{font:inherit;padding:.6rem 1.2rem}</style>";

std::string escaped(std::string_view text) {
  std::string out;
  for (const char c : text) {
    switch (c) {
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      case '&':
        out += "&amp;";
        break;
      case '"':
        out += "&quot;";
        break;
      case '\'':
        out += "&#39;";
        break;
      default:
        out += c;
    }
  }
  return out;
}

// `leads_to`: where the form's answer leads, which browsers count as the form's target too.
Response page(int status, std::string_view title, std::string_view html,
              std::string_view leads_to) {
  Response response;
  response.status = status;
  response.body = kHead;
  response.body += "<h1>" + escaped(title) + "</h1>";
  response.body += html;
  response.content_type = "text/html; charset=utf-8";
  response.headers = {{"Cache-Control", "no-store"},
                      {"Referrer-Policy", "no-referrer"},
                      {"X-Content-Type-Options", "nosniff"},
                      {"Content-Security-Policy",
                       "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; "
                       "base-uri 'none'; form-action 'self' https: " +
                           std::string(leads_to)}};
  return response;
}

}  // namespace

Response rc_page(int status, std::string_view title, std::string_view html) {
  return page(status, title, html, "");
}

Response rc_consent_page(std::string_view tenant, std::string_view token, std::string_view server) {
  return page(200, "Connect RingCentral",
              "<p>" + escaped(tenant) +
                  " will send and receive texts by your RingCentral numbers.</p>"
                  "<form method=\"post\" action=\"/v1/rc/connect\">"
                  "<input type=\"hidden\" name=\"token\" value=\"" +
                  escaped(token) + "\"><button>Connect RingCentral</button></form>",
              server);
}

Result<Response> rc_refusal(const Request& request, Error error) {
  if (request.query_value("format") == "json" || http_status(error.code) >= 500) return error;
  return rc_page(http_status(error.code), "RingCentral is not connected",
                 "<p>" + escaped(error.message) + "</p>");
}

}  // namespace dundun
