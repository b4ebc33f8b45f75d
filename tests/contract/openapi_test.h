// The questions to all endpoints, and what they share. Each group's stand in a file of its own
// here, named as its folder of handlers.
#pragma once

#include <gtest/gtest.h>

#include <string>

#include "common/io/crypto.h"
#include "tests/support/api_contract.h"
#include "tests/support/browser.h"
#include "tests/support/oidc_provider.h"
#include "tests/support/seed.h"
#include "tests/support/stack.h"

namespace dundun {
namespace openapi_test {

inline constexpr const char* kSecret = "a secret for tests only";

std::string in_two_days();
// The text of a member of the answer's object; empty: it has none of that name.
std::string member(const HttpAnswer& answer, const std::string& name);

class OpenApiTest : public testing::Test {
 protected:
  static Service& service();
  static OidcProvider& provider();  // of account 1

  static Pg& pg() { return service().pg(); }

  // Asks and judges. `operation` as in the document; `target` without /api, with values for {…}.
  HttpAnswer ask(const std::string& operation, std::string target = "", std::string body = "",
                 HttpClient::Headers more = {});
  // The same as somebody who is logged in.
  HttpAnswer ask_as(Browser& person, const std::string& operation, std::string target = "",
                    const std::string& body = "", HttpClient::Headers more = {});
  // This status, and `detail` as the answer's.
  void refused(const HttpAnswer& answer, int status, const std::string& detail);
  std::string send(const std::string& to, const std::string& more = "");
  std::string scheduled();
  std::string campaign(const std::string& more);
  std::string drip();

  void ask_messages();
  void ask_campaigns();
  void ask_contacts();
  void ask_money();
  void ask_routes();
  void ask_keys_and_senders();
  void ask_workspace_users(Browser& admin);
  void ask_webhooks();
  void ask_carriers();
  void ask_carrier_settings(Browser& admin);
  void ask_inbound();
  void ask_verify();
  void ask_sessions();
  void ask_links();
  void ask_people(Browser& admin, const std::string& one, const std::string& email);
  void ask_second_factor(Browser& person);
  void ask_passkeys(Browser& person);
  void ask_provider();
  // As if the user had one.
  void give_second_factor(const std::string& user);
  void ask_second_dialect();
  void ask_ringcentral();
  void ask_admin();
  void ask_upkeep(Browser& admin, const std::string& own);

  HttpClient client_ = service().client();
  int64_t account_ = seed_account(pg());
  std::string key_ = seed_key(pg(), account_, KeyKind::kLive, "{send,query,webhooks,admin}");
  ApiContract contract_{client_.send("GET", "/openapi.json").body};
};

}  // namespace openapi_test
}  // namespace dundun
