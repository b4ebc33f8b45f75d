// The questions to handlers/session.
#include "tests/contract/openapi_test.h"
#include "tests/support/authenticator.h"
#include "tests/support/passkey.h"

namespace dundun {
namespace openapi_test {

void OpenApiTest::ask_sessions() {
  const std::string email = to_hex(random_bytes(6)) + "@example.com";
  seed_user(pg(), account_, email);
  ask("GET /auth/me");
  Browser person(service().client());
  Browser other(service().client());
  EXPECT_EQ(other.login(email, kTestPassword).status, 200);
  EXPECT_EQ(person.login(email, kTestPassword).status, 200);
  const std::string credentials =
      R"({"email":")" + email + R"(","password":")" + kTestPassword + "\"}";
  Browser third(service().client());
  EXPECT_EQ(ask_as(third, "POST /auth/login", "", credentials).status, 200);
  ask_as(third, "POST /auth/login", "", R"({"email":"x@example.com","password":"wrong one"})");
  ask_as(person, "GET /auth/me");
  const HttpAnswer list = ask_as(person, "GET /auth/sessions");
  const auto document = JsonDocument::parse(list.body);
  const int64_t session = document->root().find("sessions")->items().back().find("id")->integer();
  ask_as(person, "DELETE /auth/sessions/{id}", "/auth/sessions/" + std::to_string(session));
  ask_as(person, "DELETE /auth/sessions");
  ask_as(person, "POST /auth/password", "",
         R"({"current_password":")" + std::string(kTestPassword) +
             R"(","new_password":"a new battery for horses"})");
  ask_links();
  ask_second_factor(person);
  ask_passkeys(person);
  ask_provider();
  ask_as(person, "POST /auth/logout");
}

// What links of mails open.
void OpenApiTest::ask_links() {
  const int64_t user = seed_user(pg(), account_, to_hex(random_bytes(6)) + "@example.com");
  Browser visitor(service().client());
  const std::string password = R"(","new_password":"a new battery for horses"})";
  ask_as(visitor, "POST /auth/password/forgot", "", R"({"email":"x@example.com"})");
  for (const auto& [operation, kind] :
       {std::pair("POST /auth/invitation", "1"), std::pair("POST /auth/password/reset", "2")}) {
    sql_of_test(pg(), "insert into user_links values (sha256('" + std::string(kind) + "'), " +
                          std::to_string(account_) + ", " + std::to_string(user) + ", " + kind +
                          ", now() + interval '1 hour')");
    ask_as(visitor, operation, "", R"({"token":")" + std::string(kind) + password);
    ask_as(visitor, operation, "", R"({"token":")" + std::string(kind) + password);
  }
}

// Enrolled, shown, replaced on paper, removed; and the two steps of a login.
void OpenApiTest::ask_second_factor(Browser& person) {
  const std::string password = "a new battery for horses";
  const auto code = [](const std::string& text) { return R"({"code":")" + text + "\"}"; };
  ask_as(person, "GET /auth/second-factor");
  const std::string secret = member(ask_as(person, "POST /auth/second-factor/enrol", "",
                                           R"({"current_password":")" + password + "\"}"),
                                    "secret");
  ask_as(person, "POST /auth/second-factor/confirm", "", code(authenticator_code(secret)));
  ask_as(person, "POST /auth/second-factor", "", code("000000"));
  ask_as(person, "POST /auth/second-factor", "", code(authenticator_code(secret, 30)));
  sql_of_test(pg(), "update second_factors set last_step = 0");
  const HttpAnswer paper = ask_as(person, "POST /auth/second-factor/recovery-codes", "",
                                  code(authenticator_code(secret)));
  const auto codes = JsonDocument::parse(paper.body);
  const std::string first(codes->root().find("recovery_codes")->items().front().string());
  ask_as(person, "POST /auth/second-factor/remove", "", code(first));

  const std::string email = to_hex(random_bytes(6)) + "@example.com";
  seed_user(pg(), account_, email);
  sql_of_test(pg(), "update accounts set second_factor_required = true where account_id = " +
                        std::to_string(account_));
  Browser visitor(service().client());
  const HttpAnswer half =
      ask_as(visitor, "POST /auth/login", "",
             R"({"email":")" + email + R"(","password":")" + kTestPassword + "\"}");
  EXPECT_EQ(half.status, 401) << half.body;
  const auto due = JsonDocument::parse(half.body);
  const std::string token(due->root().find("detail")->find("login_token")->string());
  const std::string enrolled =
      member(ask_as(visitor, "POST /auth/login/enrol", "", R"({"login_token":")" + token + "\"}"),
             "secret");
  ask_as(visitor, "POST /auth/login/second-factor", "",
         R"({"login_token":")" + token + R"(","code":")" + authenticator_code(enrolled) + "\"}");
  sql_of_test(pg(), "update accounts set second_factor_required = false where account_id = " +
                        std::to_string(account_));
}

// Made during a login and within a session, shown alone and again, renamed, removed.
void OpenApiTest::ask_passkeys(Browser& person) {
  const std::string password = R"({"current_password":"a new battery for horses"})";
  const SoftPasskey passkey("https://portal.example");
  const auto with = [](const std::string& credential, const std::string& before) {
    return "{" + before + R"("credential":)" + credential + "}";
  };
  const HttpAnswer options = ask_as(person, "POST /auth/passkeys/options", "", password);
  const std::string made = with(passkey.credential(options.body), R"("name":"Phone",)");
  const std::string id = member(ask_as(person, "POST /auth/passkeys", "", made), "id");
  ask_as(person, "POST /auth/passkeys", "", made);
  ask_as(person, "GET /auth/passkeys");
  ask_as(person, "PUT /auth/passkeys/{id}", "/auth/passkeys/" + id, R"({"name":"Old phone"})");
  const HttpAnswer again = ask_as(person, "POST /auth/second-factor/passkey/options");
  ask_as(person, "POST /auth/second-factor/passkey", "", with(passkey.credential(again.body), ""));
  Browser visitor(service().client());
  const HttpAnswer alone = ask_as(visitor, "POST /auth/login/passkey/options", "", "{}");
  const std::string shown = with(passkey.credential(alone.body), "");
  EXPECT_EQ(ask_as(visitor, "POST /auth/login/passkey", "", shown).status, 200);
  ask_as(visitor, "POST /auth/login/passkey", "", shown);
  ask_as(person, "DELETE /auth/passkeys/{id}", "/auth/passkeys/" + id);
  ask_as(person, "DELETE /auth/passkeys/{id}", "/auth/passkeys/" + id);

  const std::string email = to_hex(random_bytes(6)) + "@example.com";
  seed_user(pg(), account_, email);
  sql_of_test(pg(), "update accounts set second_factor_required = true where account_id = " +
                        std::to_string(account_));
  const HttpAnswer half = visitor.login(email, kTestPassword);
  const auto due = JsonDocument::parse(half.body);
  const std::string token = R"("login_token":")" +
                            std::string(due->root().find("detail")->find("login_token")->string()) +
                            "\"";
  const HttpAnswer begun =
      ask_as(visitor, "POST /auth/login/enrol/passkey/options", "", "{" + token + "}");
  ask_as(visitor, "POST /auth/login/enrol/passkey", "",
         with(passkey.credential(begun.body), token + R"(,"name":"Phone",)"));
  sql_of_test(pg(), "update accounts set second_factor_required = false where account_id = " +
                        std::to_string(account_));
}

// There to the identity provider and back; once.
void OpenApiTest::ask_provider() {
  ask("GET /auth/login/oidc");
  const HttpAnswer begun = ask("POST /auth/login/oidc/start", "", "{}");
  const std::string back = provider().visited(member(begun, "url"));
  const auto part = [&](const std::string& name) {
    const size_t begin = back.find(name + "=") + name.size() + 1;
    return back.substr(begin, back.find('&', begin) - begin);
  };
  const std::string& cookie = begun.headers.at("set-cookie");
  const std::string body = R"({"state":")" + part("state") + R"(","code":")" + part("code") + "\"}";
  for (const int status : {200, 401}) {
    const HttpAnswer answer =
        ask("POST /auth/login/oidc", "", body, {{"Cookie", cookie.substr(0, cookie.find(';'))}});
    EXPECT_EQ(answer.status, status) << answer.body;
  }
}

}  // namespace openapi_test
}  // namespace dundun
