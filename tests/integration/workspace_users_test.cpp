// Owners keep the people of their account.
#include <gtest/gtest.h>

#include <thread>

#include "common/io/crypto.h"
#include "common/io/json.h"
#include "tests/support/browser.h"
#include "tests/support/seed.h"
#include "tests/support/stack.h"
#include "tests/support/suite_service.h"
#include "tests/support/text.h"

namespace dundun {
namespace workspace_users_test {

class WorkspaceUsersTest : public testing::Test {
 protected:
  WorkspaceUsersTest() : owner_(person("owner", owner_id_)) {}

  static Service& service() {
    static SuiteService shared(
        {.environment = {{"USERS_MAX", "5"}, {"LOGIN_FAILURES_MAX", "1000"}}});
    return shared.get();
  }
  static Pg& pg() { return service().pg(); }
  static std::string new_email() { return to_hex(random_bytes(6)) + "@example.com"; }

  // Somebody of the account, logged in.
  Browser person(const std::string& role, int64_t& id) {
    const std::string email = new_email();
    id = seed_user(pg(), account_, email, role);
    Browser browser(service().client());
    EXPECT_EQ(browser.login(email, kTestPassword).status, 200);
    return browser;
  }
  static std::string path(int64_t user) { return "/api/workspace/users/" + std::to_string(user); }
  static std::string json(const std::string& email, const std::string& role) {
    return R"({"email":")" + email + R"(","name":"Asha","role":")" + role +
           R"(","password":"a long password"})";
  }
  int64_t lines(const std::string& action) {
    return number_of(pg(), "select count(*) from audit_log where action = '" + action +
                               "' and account_id = " + std::to_string(account_));
  }

  int64_t account_ = seed_account(pg());
  int64_t owner_id_ = 0;
  Browser owner_;
};

TEST_F(WorkspaceUsersTest, PeopleAreInvitedChangedAndShutOut) {
  const std::string email = new_email();
  const HttpAnswer made = owner_.post("/api/workspace/users", json(email, "viewer"));
  ASSERT_EQ(made.status, 201) << made.body;
  Browser asha(service().client());
  ASSERT_EQ(asha.login(email, "a long password").status, 200);
  EXPECT_EQ(asha.get("/api/balance").status, 200);
  const char* text = R"({"to":"+254712345678","text":"hi"})";
  EXPECT_EQ(asha.post("/api/messages/send", text).status, 403);
  const int64_t id = number_of(pg(), "select user_id from users where email = '" + email + "'");
  // More rights mean a new session.
  EXPECT_EQ(owner_.send("PUT", path(id), R"({"role":"developer"})").status, 200);
  EXPECT_EQ(asha.get("/api/balance").status, 401);
  ASSERT_EQ(asha.login(email, "a long password").status, 200);
  EXPECT_EQ(asha.post("/api/messages/send", text).status, 200);
  EXPECT_TRUE(contains(owner_.get("/api/workspace/users").body,
                       R"(","name":"Asha","role":"developer","is_active":true)"));
  EXPECT_EQ(owner_.send("PUT", path(id), R"({"is_active":false})").status, 200);
  EXPECT_EQ(asha.get("/api/balance").status, 401);
  EXPECT_EQ(asha.login(email, "a long password").status, 401);
  EXPECT_EQ(lines("user.created"), 1);
  EXPECT_EQ(lines("user.changed"), 2);
  EXPECT_EQ(owner_.post("/api/workspace/users", json(email, "viewer")).status, 409) << "is taken";
}

TEST_F(WorkspaceUsersTest, OnlyAnOwnerWhoIsLoggedInMay) {
  int64_t id = 0;
  for (const char* role : {"viewer", "developer"}) {
    Browser other = person(role, id);
    EXPECT_EQ(other.get("/api/workspace/users").status, 403) << role;
    EXPECT_EQ(other.post("/api/workspace/users", json(new_email(), "owner")).status, 403) << role;
    EXPECT_EQ(other.send("PUT", path(id), R"({"role":"owner"})").status, 403) << role;
  }
  const std::string key = seed_key(pg(), account_, KeyKind::kLive, "{send,query,webhooks,admin}");
  HttpClient client = service().client();
  EXPECT_EQ(client.get(key, "/api/workspace/users").status, 403);
  EXPECT_EQ(client.post(key, "/api/workspace/users", json(new_email(), "owner")).status, 403);
  // A page of somebody else's has the cookie only.
  EXPECT_EQ(owner_
                .send_bare("POST", "/api/workspace/users", {{"Content-Type", "application/json"}},
                           json(new_email(), "owner"))
                .status,
            403);
  EXPECT_EQ(lines("user.created") + lines("user.changed"), 0);
}

TEST_F(WorkspaceUsersTest, OwnersAreNoAdministratorsAndMakeNone) {
  int64_t admin = 0, stranger = 0;
  (void)person("admin", admin);
  stranger = seed_user(pg(), seed_account(pg()), new_email(), "viewer");
  const HttpAnswer made = owner_.post("/api/workspace/users", json(new_email(), "admin"));
  EXPECT_EQ(made.status, 422);
  EXPECT_TRUE(contains(made.body, R"("loc":["body","role"])")) << made.body;
  EXPECT_EQ(owner_.send("PUT", path(owner_id_), R"({"role":"admin"})").status, 422);
  EXPECT_EQ(owner_.send("PUT", path(admin), R"({"password":"another password"})").status, 403);
  EXPECT_EQ(owner_.send("PUT", path(admin), R"({"is_active":false})").status, 403);
  EXPECT_EQ(owner_.send("PUT", path(stranger), R"({"is_active":false})").status, 404);
  EXPECT_EQ(lines("user.changed"), 0);
}

TEST_F(WorkspaceUsersTest, TheLastOwnerStaysWhoeverGoesFirst) {
  EXPECT_EQ(owner_.send("PUT", path(owner_id_), R"({"role":"viewer"})").status, 409);
  EXPECT_EQ(owner_.send("PUT", path(owner_id_), R"({"is_active":false})").status, 409);
  EXPECT_EQ(owner_.send("PUT", path(owner_id_), R"({"name":"Juma"})").status, 200);
  // Two owners who shut each other out at once: one of them stays.
  int64_t second_id = 0;
  Browser second = person("owner", second_id);
  std::thread one([&] { owner_.send("PUT", path(second_id), R"({"is_active":false})"); });
  second.send("PUT", path(owner_id_), R"({"is_active":false})");
  one.join();
  EXPECT_EQ(number_of(pg(),
                      "select count(*) from users where role = 3 and is_active and "
                      "account_id = " +
                          std::to_string(account_)),
            1);
}

TEST_F(WorkspaceUsersTest, WithoutARoleANewPersonOnlyReads) {
  const HttpAnswer made = owner_.post(
      "/api/workspace/users", R"({"email":")" + new_email() + R"(","password":"a long password"})");
  EXPECT_EQ(made.status, 201) << made.body;
  EXPECT_TRUE(contains(made.body, R"("role":"viewer")")) << made.body;
}

TEST_F(WorkspaceUsersTest, WrongInputIsNamedAndThereIsABound) {
  for (const char* body :
       {"{}", R"({"email":"x"})", R"({"email":"a@example.com","password":"short"})",
        R"({"email":"a@example.com","password":"a long password","role":"king"})"}) {
    EXPECT_EQ(owner_.post("/api/workspace/users", body).status, 422) << body;
  }
  // RFC 6531; the error says what to do instead.
  const HttpAnswer unicode =
      owner_.post("/api/workspace/users", json("aïda@büro.example", "viewer"));
  EXPECT_EQ(unicode.status, 422);
  EXPECT_NE(unicode.body.find(R"("loc":["body","email"])"), std::string::npos) << unicode.body;
  EXPECT_NE(unicode.body.find("xn--"), std::string::npos) << unicode.body;
  for (int i = 0; i < 4; ++i) {
    EXPECT_EQ(owner_.post("/api/workspace/users", json(new_email(), "viewer")).status, 201);
  }
  EXPECT_EQ(owner_.post("/api/workspace/users", json(new_email(), "viewer")).status, 409);
}

}  // namespace workspace_users_test
}  // namespace dundun
