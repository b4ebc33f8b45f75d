// People log in, work with the cookie by their role, and are thrown out; through nginx.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "common/io/crypto.h"
#include "common/io/json.h"
#include "common/io/redis.h"
#include "tests/support/browser.h"
#include "tests/support/seed.h"
#include "tests/support/stack.h"
#include "tests/support/suite_service.h"
#include "tests/support/text.h"
#include "tests/support/ws_client.h"

namespace dundun {
namespace session_test {

using namespace std::chrono_literals;

constexpr const char* kSend = R"({"to":"+254712345678","text":"Gate 4"})";

class SessionTest : public testing::Test {
 protected:
  SessionTest() : account_(seed_account(pg())), email_(new_email()) {
    owner_ = seed_user(pg(), account_, email_);
    sql_of_test(pg(), "delete from login_failures");
  }

  ~SessionTest() override {
    // The tests that follow come from the same address.
    (void)Redis({.url = Stack::shared().redis_url()}).run({"DEL", "badkeys:unix:"});
  }

  static Service::Options options() {
    return {.environment = {{"LOGIN_FAILURES_MAX", "5"},
                            {"PORTAL_ORIGINS", "https://portal.example"},
                            {"WS_ALLOWED_ORIGINS", "https://portal.example"}}};
  }
  static Service& service() {
    static SuiteService shared(options());
    return shared.get();
  }
  static Pg& pg() { return service().pg(); }
  static std::string new_email() { return to_hex(random_bytes(6)) + "@example.com"; }
  static Redis redis() { return Redis({.url = Stack::shared().redis_url()}); }

  Browser visitor() { return Browser(service().client()); }
  Browser logged_in(const std::string& role = "owner") {
    Browser browser = visitor();
    std::string email = email_;
    if (role != "owner") {
      email = new_email();
      seed_user(pg(), account_, email, role);
    }
    const HttpAnswer answer = browser.login(email, kTestPassword);
    EXPECT_EQ(answer.status, 200) << answer.body;
    return browser;
  }
  void sessions(const std::string& set) {
    sql_of_test(pg(),
                "update sessions set " + set + " where account_id = " + std::to_string(account_));
  }
  // Passwords hashed by all processes, from their metrics files.
  static int64_t hashes(const Service& of) {
    int64_t sum = 0;
    const std::string folder = of.environment().at("METRICS_DIR");
    for (const auto& file : std::filesystem::directory_iterator(folder)) {
      std::ifstream lines(file.path());
      for (std::string line; std::getline(lines, line);) {
        if (line.starts_with("dundun_password_hashes_total")) {
          sum += std::stoll(line.substr(line.find(' ') + 1));
        }
      }
    }
    return sum;
  }

  int64_t account_;
  std::string email_;
  int64_t owner_;
};

TEST_F(SessionTest, LoginGivesACookieThatIsWorthAKey) {
  Browser browser = visitor();
  const HttpAnswer answer = browser.login(email_, kTestPassword);
  ASSERT_EQ(answer.status, 200) << answer.body;
  const std::string& cookie = answer.headers.at("set-cookie");
  EXPECT_TRUE(cookie.starts_with("esms_access_token=" + browser.token() +
                                 "; Path=/; HttpOnly; SameSite=Lax; Max-Age=43200, dundun_device="))
      << cookie;
  EXPECT_EQ(browser.token().size(), 64u);
  EXPECT_TRUE(contains(answer.body, R"("permissions":["query","send","webhooks","admin"])"));

  const HttpAnswer me = browser.get("/api/auth/me");
  EXPECT_EQ(me.status, 200) << me.body;
  EXPECT_TRUE(contains(me.body, R"("email":")" + email_ + R"(","name":"Test","role":"owner")"));
  EXPECT_TRUE(contains(me.body, R"("balance":1000.00,"currency":"KES")")) << me.body;
  EXPECT_TRUE(contains(me.body, browser.csrf()));
  for (const char* key : {"\"user\":", "\"api_key_id\":", "\"csrf_token\":"}) {
    EXPECT_EQ(me.body.find(key), me.body.rfind(key)) << key << " is there twice";
  }
  EXPECT_EQ(me.headers.at("cache-control"), "no-store");

  const HttpAnswer sent = browser.post("/api/messages/send", kSend);
  EXPECT_EQ(sent.status, 200) << sent.body;
  EXPECT_TRUE(contains(browser.get("/v1/messages").body, "Gate 4"));
  EXPECT_EQ(number_of(pg(),
                      "select count(*) from messages where source = 'session' and "
                      "account_id = " +
                          std::to_string(account_)),
            1);
}

TEST_F(SessionTest, TheTokenIsKeptHashedOnly) {
  Browser browser = logged_in();
  EXPECT_EQ(number_of(pg(), "select count(*) from sessions where token_hash = '\\x" +
                                to_hex(sha256(browser.token())) + "'"),
            1);
}

TEST_F(SessionTest, WhoIsUnknownShowsNeitherInTheAnswerNorInTheWork) {
  Service own(Stack::shared().fresh_database());
  seed_user(own.pg(), seed_account(own.pg()), email_);
  Browser browser(own.client());
  const auto told = [&](const std::string& email) {
    const HttpAnswer answer = browser.login(email, "wrong password");
    EXPECT_EQ(answer.status, 401);
    return answer.body.substr(0, answer.body.find("request_id"));
  };
  std::string known, unknown;
  for (int i = 0; i < 3; ++i) known = told(email_);
  EXPECT_TRUE(wait_until([&] { return hashes(own) == 3; })) << hashes(own);
  for (int i = 0; i < 3; ++i) unknown = told(new_email());
  EXPECT_TRUE(wait_until([&] { return hashes(own) == 6; })) << hashes(own);
  told(email_);
  EXPECT_TRUE(wait_until([&] { return hashes(own) == 7; })) << hashes(own);
  EXPECT_TRUE(contains(known, R"("code":"wrong_password")")) << known;
  EXPECT_EQ(known, unknown);
}

TEST_F(SessionTest, ADisabledUserIsAnUnknownOne) {
  sql_of_test(pg(), "update users set is_active = false where user_id = " + std::to_string(owner_));
  const HttpAnswer answer = visitor().login(email_, kTestPassword);
  EXPECT_EQ(answer.status, 401);
  EXPECT_TRUE(contains(answer.body, "Wrong e-mail or password."));
}

TEST_F(SessionTest, ManyFailuresBlockTheAddress) {
  Browser browser = visitor();
  for (int i = 0; i < 5; ++i) EXPECT_EQ(browser.login(new_email(), "wrong").status, 401);
  const HttpAnswer blocked = browser.login(email_, kTestPassword);
  EXPECT_EQ(blocked.status, 429) << blocked.body;
  EXPECT_GT(std::stoi(blocked.headers.at("retry-after")), 800);
  sql_of_test(pg(),
              "update login_failures set blocked_until = now() - interval '1 s', "
              "counted_until = now() - interval '1 s'");
  EXPECT_EQ(browser.login(email_, kTestPassword).status, 200);
}

TEST_F(SessionTest, AnEmailThatFailsOftenHasToWaitKnownOrNot) {
  const auto forget_address = [] {
    sql_of_test(pg(), "delete from login_failures where subject = sha256('address unix:')");
  };
  const auto fail = [&](const std::string& email) {
    EXPECT_EQ(visitor().login(email, "wrong").status, 401);
    forget_address();
  };
  // After another failure the e-mail has to wait for so long.
  const auto fail_and_wait = [&](const std::string& email, int64_t wait_us) {
    const int64_t before = unix_micros(now());
    fail(email);
    const int64_t after = unix_micros(now());
    const int64_t until =
        number_of(pg(), "select extract(epoch from max(blocked_until)) * 1e6 from login_failures");
    EXPECT_TRUE(before + wait_us <= until && until <= after + wait_us) << until - before;
    // A minute longer, so that the next attempt is early on any machine.
    sql_of_test(pg(), "update login_failures set blocked_until = blocked_until + interval '60 s'");
    const HttpAnswer early = visitor().login(email, kTestPassword);
    EXPECT_EQ(early.status, 429) << early.body;
    EXPECT_GT(std::stoi(early.headers.at("retry-after")), 20);
    forget_address();
  };
  for (const std::string& email : {email_, new_email()}) {
    for (int i = 0; i < 4; ++i) fail(email);
    fail_and_wait(email, 1'000'000);
    // The wait is over: one more try, and twice the wait behind it.
    sql_of_test(pg(), "update login_failures set blocked_until = now() - interval '1 ms'");
    fail_and_wait(email, 2'000'000);
    sql_of_test(pg(), "delete from login_failures");
  }
}

// Whoever fails in somebody's name, from however many addresses: a browser that has logged in
// before has a count of its own.
TEST_F(SessionTest, OthersCannotLockAnOwnerOut) {
  const HttpAnswer first = visitor().login(email_, kTestPassword);
  ASSERT_EQ(first.status, 200);
  const std::string& cookies = first.headers.at("set-cookie");
  const size_t begin = cookies.find("dundun_device=");
  ASSERT_NE(begin, std::string::npos) << cookies;
  const std::string mark = cookies.substr(begin, cookies.find(';', begin) - begin);
  EXPECT_TRUE(
      contains(cookies.substr(begin), "; Path=/; HttpOnly; SameSite=Lax; Max-Age=15552000"));
  const auto login = [&](const std::string& cookie, const std::string& email,
                         const std::string& password) {
    return service()
        .client()
        .send("POST", "/api/auth/login",
              {{"Content-Type", "application/json"},
               {"Sec-Fetch-Site", "same-origin"},
               {"Cookie", cookie}},
              R"({"email":")" + email + R"(","password":")" + password + "\"}")
        .status;
  };
  for (int address = 0; address < 50; ++address) {
    (void)visitor().login(email_, "wrong");
    sql_of_test(pg(), "delete from login_failures where subject = sha256('address unix:')");
  }
  EXPECT_EQ(visitor().login(email_, kTestPassword).status, 429) << "a strange browser waits";
  EXPECT_EQ(login(mark, email_, kTestPassword), 200) << "the owner's does not";
  EXPECT_EQ(login("dundun_device=" + std::string(64, 'a'), email_, kTestPassword), 429);
  // The mark helps its own e-mail only, and does not help to guess.
  const std::string other = new_email();
  seed_user(pg(), account_, other);
  for (int i = 0; i < 5; ++i) (void)visitor().login(other, "wrong");
  EXPECT_EQ(login(mark, other, kTestPassword), 429);
  for (int i = 0; i < 5; ++i) EXPECT_EQ(login(mark, email_, "wrong"), 401);
  EXPECT_EQ(login(mark, email_, kTestPassword), 429);
  sql_of_test(pg(), "delete from login_failures");
}

TEST_F(SessionTest, AnEmailHasSoManyBrowsers) {
  for (int i = 0; i < 22; ++i) ASSERT_EQ(visitor().login(email_, kTestPassword).status, 200);
  EXPECT_EQ(number_of(pg(), "select count(*) from login_devices where email_hash = sha256('email " +
                                email_ + "')"),
            20);
}

TEST_F(SessionTest, ASuccessForgivesOnlyItself) {
  Browser browser = visitor();
  for (int i = 0; i < 4; ++i) EXPECT_EQ(browser.login(new_email(), "wrong").status, 401);
  EXPECT_EQ(browser.login(email_, kTestPassword).status, 200);
  EXPECT_EQ(browser.login(email_, kTestPassword).status, 200);
  EXPECT_EQ(browser.login(new_email(), "wrong").status, 401);
  EXPECT_EQ(browser.login(new_email(), "wrong").status, 429);
}

TEST_F(SessionTest, RolesMayWhatTheyMay) {
  struct Case {
    const char *role, *method, *target, *body;
    int status;
  };
  const Case cases[] = {
      {"viewer", "GET", "/api/messages", "", 200},
      {"viewer", "GET", "/api/balance", "", 200},
      {"viewer", "POST", "/api/messages/send", kSend, 403},
      {"viewer", "GET", "/api/api-keys", "", 403},
      {"viewer", "PUT", "/api/workspace", R"({"name":"x"})", 403},
      {"developer", "POST", "/api/messages/send", kSend, 200},
      {"developer", "GET", "/api/api-keys", "", 403},
      {"developer", "POST", "/api/api-keys", "{}", 403},
      {"developer", "GET", "/api/audit-log", "", 403},
      {"owner", "GET", "/api/api-keys", "", 200},
      {"owner", "GET", "/api/audit-log", "", 200},
      {"owner", "GET", "/api/admin/accounts", "", 403},
      {"admin", "GET", "/api/admin/accounts", "", 200},
  };
  for (const Case& each : cases) {
    Browser browser = logged_in(each.role);
    const HttpAnswer answer = browser.send(each.method, each.target, each.body);
    EXPECT_EQ(answer.status, each.status) << each.role << " " << each.target << answer.body;
    if (each.status == 403) {
      EXPECT_TRUE(contains(answer.body, "insufficient_scope")) << answer.body;
    }
  }
}

TEST_F(SessionTest, AChangedRoleCountsAtTheNextRequest) {
  Browser browser = logged_in();
  EXPECT_EQ(browser.get("/api/api-keys").status, 200);
  sql_of_test(pg(), "update users set role = 1 where user_id = " + std::to_string(owner_));
  EXPECT_EQ(browser.get("/api/api-keys").status, 403);
}

TEST_F(SessionTest, AForeignPageCannotActWithTheCookie) {
  Browser browser = logged_in();
  const std::string json = "application/json";
  struct Case {
    HttpClient::Headers headers;
    int status;
    const char* code;
  };
  const std::string& csrf = browser.csrf();
  const std::string another = (csrf.front() == '0' ? "1" : "0") + csrf.substr(1);
  const std::vector<Case> cases{
      {{{"Content-Type", json}}, 403, "cross_site_request"},
      {{{"Content-Type", json}, {"X-CSRF-Token", another}}, 403, "cross_site_request"},
      {{{"Content-Type", "text/plain"},
        {"Sec-Fetch-Site", "cross-site"},
        {"Origin", "https://evil.example"}},
       403,
       "cross_site_request"},
      {{{"Content-Type", json}, {"X-CSRF-Token", csrf}, {"Sec-Fetch-Site", "cross-site"}},
       403,
       "cross_site_request"},
      {{{"Content-Type", json}, {"X-CSRF-Token", csrf}, {"Sec-Fetch-Site", "same-site"}},
       403,
       "cross_site_request"},
      {{{"Content-Type", json}, {"X-CSRF-Token", csrf}, {"Origin", "https://evil.example"}},
       403,
       "cross_site_request"},
      {{{"Content-Type", json}, {"X-CSRF-Token", csrf}, {"Origin", "null"}},
       403,
       "cross_site_request"},
      {{{"Content-Type", "application/x-www-form-urlencoded"}, {"X-CSRF-Token", csrf}},
       415,
       "invalid_request"},
      {{{"Content-Type", json},
        {"X-CSRF-Token", csrf},
        {"Origin", "https://portal.example"},
        {"Sec-Fetch-Site", "same-site"}},
       200,
       ""},
      {{{"Content-Type", json}, {"X-CSRF-Token", csrf}, {"Origin", "http://test"}}, 200, ""},
      {{{"Content-Type", json}, {"X-CSRF-Token", csrf}}, 200, ""},
  };
  int accepted = 0;
  for (const Case& each : cases) {
    const HttpAnswer answer = browser.send_bare("POST", "/api/messages/send", each.headers, kSend);
    EXPECT_EQ(answer.status, each.status) << answer.body << &each - cases.data();
    if (each.status == 403) {
      EXPECT_TRUE(contains(answer.body, each.code)) << answer.body;
    }
    accepted += answer.status == 200;
  }
  EXPECT_EQ(number_of(pg(), "select count(*) from messages where account_id = " +
                                std::to_string(account_)),
            accepted);
  EXPECT_EQ(browser.send_bare("GET", "/api/messages", {}).status, 200);
}

TEST_F(SessionTest, AForeignPageCannotLogSomebodyIn) {
  HttpClient client = service().client();
  const std::string body = R"({"email":")" + email_ + R"(","password":")" + kTestPassword + "\"}";
  EXPECT_EQ(client.send("POST", "/api/auth/login", {{"Content-Type", "text/plain"}}, body).status,
            415);
  EXPECT_EQ(
      client
          .send("POST", "/api/auth/login",
                {{"Content-Type", "application/json"}, {"Sec-Fetch-Site", "cross-site"}}, body)
          .status,
      403);
  EXPECT_EQ(number_of(pg(), "select count(*) from sessions where account_id = " +
                                std::to_string(account_)),
            0);
}

TEST_F(SessionTest, AKeyIsJudgedAlone) {
  Browser browser = logged_in();
  const std::string query = seed_key(pg(), account_, KeyKind::kLive, "{query}");
  const HttpClient::Headers with_key{{"Authorization", "Bearer " + query},
                                     {"X-CSRF-Token", browser.csrf()},
                                     {"Content-Type", "application/json"}};
  EXPECT_EQ(browser.send_bare("POST", "/api/messages/send", with_key, kSend).status, 403);
  const HttpClient::Headers wrong{{"Authorization", "Bearer esms_live_wrong"}};
  const HttpAnswer answer = browser.send_bare("GET", "/api/messages", wrong);
  EXPECT_EQ(answer.status, 401);
  EXPECT_TRUE(contains(answer.body, "invalid_api_key"));
  HttpClient client = service().client();
  EXPECT_EQ(client.post(query, "/api/auth/logout", "").status, 403) << "a key cannot log out";
  const HttpAnswer me = client.get(query, "/api/auth/me");
  EXPECT_TRUE(contains(me.body, R"("user":null)")) << me.body;
  EXPECT_TRUE(contains(me.body, R"("permissions":["query"])")) << me.body;
}

TEST_F(SessionTest, LogoutEndsTheSessionAndItsSockets) {
  static const bool bridge = [] {
    service().start_bridge();
    return true;
  }();
  ASSERT_TRUE(bridge);
  Browser browser = logged_in();
  WsClient socket({.address = "unix:" + service().ws_socket(),
                   .headers = {"Cookie: esms_access_token=" + browser.token(),
                               "Origin: https://portal.example"}});
  ASSERT_EQ(socket.status(), 101);
  ASSERT_TRUE(socket.send_text(R"({"type":"ping"})"));
  ASSERT_TRUE(socket.next_text());
  const HttpAnswer answer = browser.post("/api/auth/logout");
  EXPECT_EQ(answer.status, 200) << answer.body;
  EXPECT_EQ(answer.headers.at("set-cookie"),
            "esms_access_token=; Path=/; HttpOnly; SameSite=Lax; Max-Age=0");
  EXPECT_EQ(socket.close_code(1000ms), 1008);
  const HttpAnswer after = browser.get("/api/auth/me");
  EXPECT_EQ(after.status, 401);
  EXPECT_TRUE(contains(after.body, "expired_token"));
}

TEST_F(SessionTest, PostgresIsTheTruth) {
  Browser browser = logged_in();
  ASSERT_TRUE(redis().run({"FLUSHALL"}));
  EXPECT_EQ(browser.get("/api/auth/me").status, 200);
  // Redis may say what it likes.
  Browser stranger = visitor();
  ASSERT_TRUE(redis().run(
      {"SET", "session:" + to_hex(sha256("made up")),
       R"({"account_id":)" + std::to_string(account_) + R"(,"expires_at":4102444800})"}));
  HttpClient client = service().client();
  EXPECT_EQ(client.send("GET", "/api/auth/me", {{"Cookie", "esms_access_token=made up"}}).status,
            401);
}

TEST_F(SessionTest, ItEndsUnusedAtTheLatestAndWhenItsPeopleGo) {
  for (const char* set : {"expires_at = now()", "revoked_at = now()"}) {
    Browser browser = logged_in();
    EXPECT_EQ(browser.get("/api/balance").status, 200);
    sessions(set);
    const HttpAnswer answer = browser.get("/api/balance");
    EXPECT_EQ(answer.status, 401) << set;
    EXPECT_TRUE(contains(answer.body, "expired_token"));
  }
  Browser browser = logged_in();
  sql_of_test(pg(), "update users set is_active = false where user_id = " + std::to_string(owner_));
  EXPECT_EQ(browser.get("/api/balance").status, 401);
  sql_of_test(pg(), "update users set is_active = true where user_id = " + std::to_string(owner_));
  sql_of_test(pg(),
              "update accounts set status = 2 where account_id = " + std::to_string(account_));
  EXPECT_EQ(browser.get("/api/balance").status, 403);
  EXPECT_TRUE(contains(visitor().login(email_, kTestPassword).body, "account_suspended"));
}

TEST_F(SessionTest, UseMovesItsEndButNotBeyondTheLast) {
  Browser browser = logged_in();
  sessions(
      "last_seen_at = now() - interval '2 minutes', expires_at = now() + interval '5 s', "
      "ends_at = now() + interval '10 minutes'");
  EXPECT_EQ(browser.get("/api/balance").status, 200);
  const std::string mine = " from sessions where account_id = " + std::to_string(account_);
  EXPECT_EQ(number_of(pg(), "select (expires_at = ends_at)::int" + mine), 1);
  EXPECT_EQ(number_of(pg(), "select (last_seen_at > now() - interval '10 s')::int" + mine), 1);
  sessions("last_seen_at = now() - interval '2 minutes', ends_at = now() + interval '10 hours'");
  EXPECT_EQ(browser.get("/api/balance").status, 200);
  EXPECT_EQ(number_of(pg(), "select round(extract(epoch from expires_at - now()) / 60)" + mine),
            30);
}

TEST_F(SessionTest, SessionsAreListedAndRevokedByTheirUserOnly) {
  Browser here = logged_in();
  Browser there = logged_in();
  Browser colleague = logged_in("developer");
  const HttpAnswer list = here.get("/api/auth/sessions");
  EXPECT_TRUE(contains(list.body, R"("current":true)")) << list.body;
  EXPECT_TRUE(contains(list.body, R"("current":false)")) << list.body;
  EXPECT_FALSE(contains(list.body, there.token()));
  const std::string id =
      std::to_string(number_of(pg(), "select session_id from sessions where token_hash = '\\x" +
                                         to_hex(sha256(there.token())) + "'"));
  EXPECT_EQ(colleague.send("DELETE", "/api/auth/sessions/" + id).status, 404);
  EXPECT_EQ(there.get("/api/auth/me").status, 200);
  EXPECT_EQ(here.send("DELETE", "/api/auth/sessions/" + id).status, 204);
  EXPECT_EQ(there.get("/api/auth/me").status, 401);
  EXPECT_EQ(here.send("DELETE", "/api/auth/sessions/" + id).status, 404);
  EXPECT_EQ(here.send("DELETE", "/api/auth/sessions/x").status, 404);
  Browser elsewhere = logged_in();
  EXPECT_EQ(here.send("DELETE", "/api/auth/sessions").body, R"({"revoked":1})");
  EXPECT_EQ(elsewhere.get("/api/auth/me").status, 401);
  EXPECT_EQ(here.get("/api/auth/me").status, 200);
  EXPECT_EQ(colleague.get("/api/auth/me").status, 200);
}

TEST_F(SessionTest, ANewPasswordEndsTheOtherSessions) {
  Browser here = logged_in();
  Browser there = logged_in();
  const auto change = [&](const std::string& current, const std::string& fresh) {
    return here.post("/api/auth/password", R"({"current_password":")" + current +
                                               R"(","new_password":")" + fresh + "\"}");
  };
  EXPECT_EQ(change("wrong", "a much better one").status, 401);
  for (const std::string& weak : {std::string("short"), std::string(20, 'a'), email_}) {
    const HttpAnswer answer = change(kTestPassword, weak);
    EXPECT_EQ(answer.status, 422) << weak;
    EXPECT_TRUE(contains(answer.body, R"("new_password")")) << answer.body;
  }
  EXPECT_EQ(change(kTestPassword, "a much better one").body,
            R"({"status":"changed","revoked_sessions":1})");
  EXPECT_EQ(here.get("/api/auth/me").status, 200);
  EXPECT_EQ(there.get("/api/auth/me").status, 401);
  EXPECT_EQ(visitor().login(email_, kTestPassword).status, 401);
  EXPECT_EQ(visitor().login(email_, "a much better one").status, 200);
  EXPECT_TRUE(contains(here.get("/api/audit-log").body, "user.password_changed"));
}

TEST_F(SessionTest, ASessionActsInTheTestEnvironmentByAHeader) {
  Browser browser = logged_in();
  const HttpClient::Headers test{{"X-Environment", "test"}};
  EXPECT_EQ(browser.send("POST", "/api/messages/send", kSend, test).status, 200);
  EXPECT_TRUE(contains(browser.get("/api/balance").body, "1000.00"));
  EXPECT_FALSE(contains(browser.send("GET", "/api/balance", "", test).body, "1000.00"));
  EXPECT_EQ(browser.send("GET", "/api/balance", "", {{"X-Environment", "moon"}}).status, 400);
}

TEST_F(SessionTest, OddHeadersAndBodiesAreRefusedOrHarmless) {
  HttpClient client = service().client();
  const auto login = [&](const std::string& body, HttpClient::Headers more = {}) {
    more.emplace_back("Content-Type", "application/json");
    return client.send("POST", "/api/auth/login", more, body).status;
  };
  EXPECT_EQ(login("{}"), 422);
  EXPECT_EQ(login("[]"), 422);
  EXPECT_EQ(login("{"), 400);
  EXPECT_EQ(login(R"({"email":1,"password":2})"), 422);
  EXPECT_EQ(login(R"({"email":"a\u0000@b","password":"x"})"), 422);
  EXPECT_EQ(login(R"({"email":"' or 1=1 --","password":"' or 1=1 --"})"), 401);
  sql_of_test(pg(), "delete from login_failures");
  EXPECT_EQ(login(R"({"email":")" + std::string(5000, 'a') + R"(","password":"x"})"), 401);
  const std::string good = R"({"email":")" + email_ + R"(","password":")" + kTestPassword + "\"}";
  EXPECT_EQ(login(good, {{"User-Agent", "\xff\xfe\x01<script>\xc3\x28"}}), 200);
  EXPECT_EQ(number_of(pg(), "select count(*) from sessions where user_agent = '<script>('"), 1);
  for (const char* cookie :
       {"esms_access_token", "esms_access_token=", "=esms_access_token=x", ";;;=;",
        "esms_access_token=\xff\xfe", "xesms_access_token=abc", "esms_access_token=a=b;"}) {
    const int status = client.send("GET", "/api/auth/me", {{"Cookie", cookie}}).status;
    EXPECT_EQ(status, 401) << cookie;
  }
}

}  // namespace session_test
}  // namespace dundun
