#include "handlers/gravity/rc_page.h"

#include <algorithm>

#include "common/base/language.h"
#include "common/identity/control.h"

namespace dundun {
namespace {

struct Words {
  std::string_view language;
  std::string_view connect;
  std::string_view what_for;  // behind the tenant's name
  std::string_view connected;
  std::string_view close;
  std::string_view not_connected;
  std::string_view try_again;
};

constexpr Words kWords[] = {
    {"en", "Connect RingCentral", " will send and receive texts by your RingCentral numbers.",
     "RingCentral is connected", "You may close this window.", "RingCentral is not connected",
     "Nothing was changed. Ask for a new link and open it in this browser."},
    {"fr", "Connecter RingCentral", " enverra et recevra des SMS par vos numéros RingCentral.",
     "RingCentral est connecté", "Vous pouvez fermer cette fenêtre.",
     "RingCentral n’est pas connecté",
     "Rien n’a été changé. Demandez un nouveau lien et ouvrez-le dans ce navigateur."},
    {"pt", "Ligar o RingCentral", " vai enviar e receber SMS pelos seus números RingCentral.",
     "O RingCentral está ligado", "Pode fechar esta janela.", "O RingCentral não está ligado",
     "Nada foi alterado. Peça uma nova ligação e abra-a neste navegador."},
    {"sw", "Unganisha RingCentral", " itatuma na kupokea SMS kwa namba zako za RingCentral.",
     "RingCentral imeunganishwa", "Unaweza kufunga dirisha hili.", "RingCentral haijaunganishwa",
     "Hakuna kilichobadilishwa. Omba kiungo kipya na ukifungue katika kivinjari hiki."},
};

const Words& words_of(const Request& request) {
  const std::string_view language = preferred_language(request.accept_language);
  return *std::ranges::find(kWords, language, &Words::language);
}

constexpr std::string_view kHead =
    "<meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\">"
    "<title>RingCentral</title>"
    "<style>:root{color-scheme:light dark}"
    "body{font:16px/1.5 system-ui,sans-serif;max-width:28rem;margin:12vh auto;padding:0 1rem}"
    "h1{font-size:1.5rem}button{font:inherit;padding:.6rem 1.2rem}</style>";

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

std::string paragraph(std::string_view text) { return "<p>" + escaped(text) + "</p>"; }

// `leads_to`: where the form's answer leads, which browsers count as the form's target too.
Response page(int status, const Words& words, std::string_view title, std::string_view html,
              std::string_view leads_to = "") {
  Response response;
  response.status = status;
  response.body = "<!doctype html><html lang=\"" + std::string(words.language) + "\">";
  response.body += kHead;
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

Response rc_consent_page(const Request& request, std::string_view tenant, std::string_view token,
                         std::string_view server) {
  const Words& words = words_of(request);
  return page(200, words, words.connect,
              "<p><bdi>" + escaped(tenant) + "</bdi>" + std::string(words.what_for) +
                  "</p><form method=\"post\" action=\"/v1/rc/connect\">"
                  "<input type=\"hidden\" name=\"token\" value=\"" +
                  escaped(token) + "\"><button>" + std::string(words.connect) + "</button></form>",
              server);
}

Response rc_redirect(const Request& request, std::string address) {
  Response response = page(303, words_of(request), "RingCentral", "");
  response.headers.emplace_back("Location", std::move(address));
  return response;
}

Response rc_connected_page(const Request& request) {
  const Words& words = words_of(request);
  return page(200, words, words.connected, paragraph(words.close));
}

Result<Response> rc_refusal(const Request& request, Error error) {
  const int status = http_status(error.code);
  if (request.query_value("format") == "json" || status >= 500) return error;
  const Words& words = words_of(request);
  // The API's own word is English; it is what those who help ask for.
  return page(status, words, words.not_connected,
              "<p lang=\"en\">" + escaped(error.message) + "</p>" + paragraph(words.try_again));
}

}  // namespace dundun
