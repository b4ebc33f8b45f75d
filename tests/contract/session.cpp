// The questions to handlers/session.
#include "tests/contract/openapi_test.h"

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
  ask_as(person, "POST /auth/logout");
}

}  // namespace openapi_test
}  // namespace dundun
