// Every operation, asked by every kind of caller: the verdicts that tests/data/rights.txt expects.
#include <gtest/gtest.h>

#include <fstream>
#include <functional>
#include <iostream>
#include <map>

#include "common/io/crypto.h"
#include "common/io/redis.h"
#include "common/web/csrf.h"
#include "common/web/router.h"
#include "tests/integration/guarded.h"
#include "tests/support/seed.h"
#include "tests/support/stack.h"
#include "tests/support/suite_service.h"

namespace dundun {
namespace rights_matrix_test {

constexpr const char* kTable = "tests/data/rights.txt";
constexpr const char* kEverything = "{send,query,webhooks,admin}";
// No body of an operation, and no id of a thing: who passes is refused for that, and changes
// nothing.
constexpr const char* kNoBody = "[1";
constexpr const char* kNoId = "00000000-0000-0000-0000-000000000000";

// The letter of a column of the table, and what the caller shows.
struct Kind {
  char letter;
  std::function<HttpClient::Headers()> headers;
};

std::string where_key(const std::string& key) {
  return " where key_hash = '\\x" + to_hex(sha256(key)) + "'";
}

class RightsMatrixTest : public testing::Test {
 protected:
  // The tests that follow come from the same address.
  ~RightsMatrixTest() override {
    (void)Redis({.url = Stack::shared().redis_url()}).run({"DEL", "badkeys:unix:"});
  }

  static Service& service() {
    static SuiteService shared({.environment = {{"BAD_KEYS_MAX", "1000000"},
                                                {"PAYMENT_PROVIDER", "sandbox"},
                                                {"PAYMENT_SECRET", "a secret for tests only"},
                                                {"PUBLIC_URL", "http://pay.test"}}});
    return shared.get();
  }
  static Pg& pg() { return service().pg(); }

  std::function<HttpClient::Headers()> key(const std::string& scopes,
                                           KeyKind kind = KeyKind::kLive) const {
    return bearer(seed_key(pg(), account_, kind, scopes));
  }
  static std::function<HttpClient::Headers()> bearer(const std::string& key) {
    return [key] { return HttpClient::Headers{{"Authorization", "Bearer " + key}}; };
  }
  // A key with all scopes whose row is changed.
  std::function<HttpClient::Headers()> changed(const std::string& change) const {
    const std::string key = seed_key(pg(), account_, KeyKind::kLive, kEverything);
    sql_of_test(pg(), "update api_keys set " + change + where_key(key));
    return bearer(key);
  }
  std::function<HttpClient::Headers()> app(const std::string& app_id, int role) const {
    sql_of_test(pg(), "insert into apps (account_id, app_id, name, role) values (" +
                          std::to_string(account_) + ", '" + app_id + "', 'till', " +
                          std::to_string(role) + ")");
    const std::string scopes = role == 2 ? kEverything : "{send,query,webhooks}";
    const std::string key = seed_key(pg(), account_, KeyKind::kLive, scopes);
    sql_of_test(pg(), "update api_keys set app_id = '" + app_id + "'" + where_key(key));
    return bearer(key);
  }
  // A session of its own for every call, because some calls end it.
  static std::function<HttpClient::Headers()> session(int64_t account, const std::string& role) {
    const int64_t user = seed_user(pg(), account, to_hex(random_bytes(6)) + "@example.com", role);
    return [account, user] {
      const std::string token = to_hex(random_bytes(32));
      sql_of_test(pg(),
                  "insert into sessions (token_hash, account_id, user_id, expires_at, ends_at)"
                  " values ('\\x" +
                      to_hex(sha256(token)) + "', " + std::to_string(account) + ", " +
                      std::to_string(user) +
                      ", now() + interval '1 hour', now() + interval '1 hour')");
      return HttpClient::Headers{{"Cookie", "esms_access_token=" + token},
                                 {"Sec-Fetch-Site", "same-origin"},
                                 {"X-CSRF-Token", csrf_token(token)}};
    };
  }

  std::vector<Kind> kinds() {
    const int64_t suspended = seed_account(pg());
    const std::string theirs = seed_key(pg(), suspended, KeyKind::kLive, kEverything);
    std::vector<Kind> all;
    all.push_back({'n', [] { return HttpClient::Headers{}; }});
    all.push_back({'b', bearer("esms_live_0000")});
    all.push_back({'x', changed("expires_at = now() - interval '1 second'")});
    all.push_back({'f', changed("allowed_addresses = '{203.0.113.9}'")});
    all.push_back({'p', bearer(theirs)});
    all.push_back({'t', key(kEverything, KeyKind::kTest)});
    all.push_back({'q', key("{query}")});
    all.push_back({'s', key("{send}")});
    all.push_back({'w', key("{webhooks}")});
    all.push_back({'a', key("{admin}")});
    all.push_back({'L', key(kEverything)});
    all.push_back({'g', app("app_00000000000000aa", 1)});
    all.push_back({'G', app("app_00000000000000bb", 2)});
    all.push_back({'P', session(suspended, "owner")});
    all.push_back({'V', session(account_, "viewer")});
    all.push_back({'D', session(account_, "developer")});
    all.push_back({'O', session(account_, "owner")});
    all.push_back({'A', session(account_, "admin")});
    sql_of_test(pg(),
                "update accounts set status = 2 where account_id = " + std::to_string(suspended));
    return all;
  }

  // 1: who is that (401), 3: not you (403), +: anything else.
  char verdict(const Endpoint& endpoint, const Kind& kind) {
    HttpClient::Headers headers = kind.headers();
    const bool reads = endpoint.method == Method::kGet;
    if (!reads) headers.emplace_back("Content-Type", "application/json");
    HttpAnswer answer;
    constexpr int kTries = 10;  // a busy machine may be late with a connection
    for (int i = 0; i < kTries && (i == 0 || answer.status == 503); ++i) {
      answer = client_.send(method_name(endpoint.method), target(endpoint, kNoId), headers,
                            reads ? "" : kNoBody);
    }
    EXPECT_LT(answer.status, 500) << named(endpoint) << " " << kind.letter << answer.body;
    EXPECT_NE(answer.status, 429) << named(endpoint) << " " << kind.letter << answer.body;
    return answer.status == 401 ? '1' : answer.status == 403 ? '3' : '+';
  }

  int64_t account_ = seed_account(pg());
  HttpClient client_ = service().client();
};

// Operation -> verdicts, and under "" the letters of the columns.
std::map<std::string, std::string> read_table() {
  std::map<std::string, std::string> rows;
  std::ifstream file(kTable);
  for (std::string line; std::getline(file, line);) {
    if (line.empty() || line.starts_with("#")) continue;
    const size_t end = line.find_last_of(' ');
    const size_t name_end = line.find_last_not_of(' ', end);
    rows[name_end == std::string::npos ? "" : line.substr(0, name_end + 1)] = line.substr(end + 1);
  }
  return rows;
}

TEST_F(RightsMatrixTest, EveryCallerGetsTheVerdictOfTheTable) {
  const std::map<std::string, std::string> expected = read_table();
  const std::vector<Kind> callers = kinds();
  std::string letters;
  for (const Kind& kind : callers) letters += kind.letter;
  ASSERT_TRUE(expected.contains("")) << kTable << " needs a line of letters";
  ASSERT_EQ(expected.at(""), letters) << "the columns of " << kTable;
  size_t operations = 0;
  for (const Endpoint* endpoint : guarded_in_both()) {
    std::string row;
    for (const Kind& kind : callers) row += verdict(*endpoint, kind);
    ++operations;
    const auto wanted = expected.find(named(*endpoint));
    if (wanted == expected.end()) {
      ADD_FAILURE() << kTable << " lacks " << named(*endpoint) << " " << row;
    } else {
      EXPECT_EQ(row, wanted->second) << named(*endpoint) << "\n" << letters;
    }
  }
  EXPECT_EQ(operations + 1, expected.size()) << kTable << " has rows that no endpoint has";
  std::cout << operations << " operations x " << callers.size() << " callers\n";
}

TEST_F(RightsMatrixTest, AnAppsKeyOpensNothingUnderTheFirstDialectsBase) {
  const HttpClient::Headers headers = app("app_00000000000000cc", 1)();
  for (const char* path :
       {"/api/messages", "/api/auth/me", "/v1/messages", "/v1/balance", "/v1/webhooks"}) {
    EXPECT_EQ(client_.send("GET", path, headers).status, 403) << path;
  }
  EXPECT_EQ(client_.send("GET", "/v1/sms/messages", headers).status, 200);
}

}  // namespace rights_matrix_test
}  // namespace dundun
