// Those who run the platform, through nginx as persons.
#include <gtest/gtest.h>

#include "common/io/crypto.h"
#include "common/io/json.h"
#include "common/io/redis.h"
#include "tests/support/browser.h"
#include "tests/support/seed.h"
#include "tests/support/stack.h"
#include "tests/support/suite_service.h"
#include "tests/support/text.h"

namespace dundun {
namespace admin_test {

class AdminTest : public testing::Test {
 protected:
  AdminTest() : account_(seed_account(pg())), admin_(service().client()) {
    sql_of_test(pg(), "delete from login_failures");
    const std::string email = to_hex(random_bytes(6)) + "@example.com";
    seed_user(pg(), account_, email, "admin");
    EXPECT_EQ(admin_.login(email, kTestPassword).status, 200);
    key_ = seed_key(pg(), account_, KeyKind::kLive, "{admin,query,send}");
  }
  ~AdminTest() override {
    // The tests that follow come from the same address.
    (void)Redis({.url = Stack::shared().redis_url()}).run({"DEL", "badkeys:unix:"});
    EXPECT_EQ(service().reconcile(), 0);
  }

  static Service& service() {
    static SuiteService shared({.environment = {{"PRICING_MAX_AGE_S", "0"}}});
    return shared.get();
  }
  static Pg& pg() { return service().pg(); }
  std::string path(const std::string& rest = "") const {
    return "/api/admin/accounts/" + std::to_string(account_) + rest;
  }
  HttpAnswer put(const std::string& target, const std::string& body) {
    return admin_.send("PUT", target, body);
  }
  int64_t lines(const std::string& action, int64_t account) {
    return number_of(pg(), "select count(*) from audit_log where action = '" + action +
                               "' and account_id = " + std::to_string(account));
  }
  static std::string new_email() { return to_hex(random_bytes(6)) + "@example.com"; }

  int64_t account_;
  Browser admin_;
  std::string key_;
  HttpClient client_ = service().client();
};

TEST_F(AdminTest, AccountsAreMadeFoundAndRenamed) {
  const HttpAnswer made =
      admin_.post("/api/admin/accounts", R"({"name":"Pwani","currency":"KES"})");
  ASSERT_EQ(made.status, 201) << made.body;
  const std::string id = member(made.body, "id");
  EXPECT_TRUE(contains(made.body, R"("balance":0.00,"test_balance":0.00)")) << made.body;
  EXPECT_EQ(number_of(pg(), "select count(*) from wallets where account_id = " + id), 2);
  EXPECT_TRUE(contains(admin_.get("/api/admin/accounts?q=PWAN").body, R"("name":"Pwani")"));
  EXPECT_FALSE(contains(admin_.get("/api/admin/accounts?q=pwanixx").body, "Pwani"));
  EXPECT_TRUE(
      contains(put("/api/admin/accounts/" + id, R"({"name":"Pwani Ltd"})").body, "Pwani Ltd"));
  EXPECT_EQ(lines("account.created", std::stoll(id)), 1);
  EXPECT_EQ(lines("account.changed", std::stoll(id)), 1);
  EXPECT_EQ(admin_.post("/api/admin/accounts", R"({"name":"X","currency":"QQQ"})").status, 422);
  EXPECT_EQ(admin_.post("/api/admin/accounts", R"({"currency":"KES"})").status, 422);
  EXPECT_EQ(admin_.get("/api/admin/accounts/999999").status, 404);
  EXPECT_EQ(admin_.get("/api/admin/accounts/me").status, 404);
  EXPECT_EQ(put("/api/admin/accounts/999999", R"({"name":"X"})").status, 404);
  EXPECT_EQ(put("/api/admin/accounts/" + id, R"({"status":"gone"})").status, 422);
}

TEST_F(AdminTest, ASuspendedAccountStopsAtItsNextRequest) {
  const int64_t other = seed_account(pg());
  const std::string key = seed_key(pg(), other);
  const std::string target = "/api/admin/accounts/" + std::to_string(other);
  EXPECT_EQ(client_.get(key, "/api/balance").status, 200);
  EXPECT_EQ(put(target, R"({"status":"suspended"})").status, 200);
  const HttpAnswer refused = client_.get(key, "/api/balance");
  EXPECT_EQ(refused.status, 403);
  EXPECT_TRUE(contains(refused.body, "account_suspended"));
  EXPECT_EQ(put(target, R"({"status":"active"})").status, 200);
  EXPECT_EQ(client_.get(key, "/api/balance").status, 200);
}

TEST_F(AdminTest, MoneyByHandIsPostedOnce) {
  const std::string credit = R"({"amount":"250.50","description":"Bank transfer 77"})";
  const HttpClient::Headers once{{"Idempotency-Key", "k-" + std::to_string(account_)}};
  const HttpAnswer first = admin_.send("POST", path("/credit"), credit, once);
  ASSERT_EQ(first.status, 200) << first.body;
  EXPECT_TRUE(contains(first.body, R"("amount":250.50,"currency":"KES","balance":1250.50)"));
  const HttpAnswer again = admin_.send("POST", path("/credit"), credit, once);
  EXPECT_EQ(again.body, first.body);
  EXPECT_EQ(again.headers.at("idempotency-replayed"), "true");
  EXPECT_EQ(admin_.send("POST", path("/credit"), R"({"amount":1,"description":"x"})", once).status,
            422);
  const HttpAnswer debit =
      admin_.post(path("/debit"), R"({"amount":50.5,"description":"Correction","currency":"KES"})");
  EXPECT_TRUE(contains(debit.body, R"("amount":-50.50,"currency":"KES","balance":1200.00)"));
  const std::string ledger = client_.get(key_, "/api/balance/transactions").body;
  EXPECT_TRUE(contains(ledger, R"("type":"manual_debit","amount":-50.50)")) << ledger;
  EXPECT_TRUE(contains(ledger, R"("type":"manual_credit","amount":250.50)")) << ledger;
  EXPECT_EQ(lines("wallet.credited", account_), 1);
  EXPECT_EQ(lines("wallet.debited", account_), 1);
}

// The instruction is committed, and whoever was to post it is gone: the next one posts it, once.
TEST_F(AdminTest, MoneyByHandGoesOnWhereAProcessDied) {
  const auto credit = [&] {
    return admin_.send("POST", path("/credit"), R"({"amount":7,"description":"Bank 9"})",
                       {{"Idempotency-Key", "bank-9"}});
  };
  ASSERT_EQ(credit().status, 200);
  const std::string unfinished =
      "update idempotency_keys set status = null, body = null, created_at = now() - interval ";
  sql_of_test(pg(), unfinished + "'1 second'");
  EXPECT_EQ(credit().status, 409) << "it may still run";
  sql_of_test(pg(), unfinished + "'1 minute'");
  EXPECT_EQ(credit().status, 200);
  EXPECT_EQ(number_of(pg(), "select count(*) from ledger_entries where description = 'Bank 9'"), 1);
  EXPECT_EQ(number_of(pg(),
                      "select count(*) from payments where provider = 'manual' and "
                      "account_id = " +
                          std::to_string(account_)),
            1);
}

TEST_F(AdminTest, WrongMoneyChangesNothing) {
  struct Case {
    const char *body, *field;
  };
  const Case cases[] = {{R"({"description":"x"})", "amount"},
                        {R"({"amount":0,"description":"x"})", "amount"},
                        {R"({"amount":-1,"description":"x"})", "amount"},
                        {R"({"amount":1.0000001,"description":"x"})", "amount"},
                        {R"({"amount":1e30,"description":"x"})", "amount"},
                        {R"({"amount":1})", "description"},
                        {R"({"amount":1,"description":"x","currency":"USD"})", "currency"},
                        {R"({"amount":1,"description":"x","environment":"prod"})", "environment"}};
  for (const Case& each : cases) {
    const HttpAnswer answer = admin_.post(path("/credit"), each.body);
    EXPECT_EQ(answer.status, 422) << each.body << answer.body;
    EXPECT_TRUE(contains(answer.body, std::string(R"("loc":["body",")") + each.field))
        << answer.body;
  }
  const HttpAnswer poor = admin_.post(path("/debit"), R"({"amount":1000.01,"description":"x"})");
  EXPECT_EQ(poor.status, 422) << poor.body;
  EXPECT_TRUE(contains(poor.body, "insufficient_balance"));
  EXPECT_EQ(
      admin_.post("/api/admin/accounts/99999/credit", R"({"amount":1,"description":"x"})").status,
      404);
  EXPECT_TRUE(contains(client_.get(key_, "/api/balance").body, "1000.00"));
}

TEST_F(AdminTest, PeopleGetAndLoseTheirAccess) {
  const std::string email = new_email();
  const HttpAnswer made = admin_.post(
      path("/users"), R"({"email":")" + email +
                          R"(","name":"Ann","role":"developer","password":"a long password"})");
  ASSERT_EQ(made.status, 201) << made.body;
  EXPECT_FALSE(contains(made.body, "password"));
  const std::string user = path("/users/") + member(made.body, "id");
  Browser ann(service().client());
  EXPECT_EQ(ann.login(email, "a long password").status, 200);
  EXPECT_EQ(ann.get("/api/api-keys").status, 403);
  // More rights, and a new login to use them.
  EXPECT_TRUE(contains(put(user, R"({"role":"owner"})").body, R"("role":"owner")"));
  EXPECT_EQ(ann.get("/api/balance").status, 401) << "a session does not outlive its role";
  EXPECT_EQ(ann.login(email, "a long password").status, 200);
  EXPECT_EQ(ann.get("/api/api-keys").status, 200);
  EXPECT_EQ(put(user, R"({"is_active":false})").status, 200);
  EXPECT_EQ(ann.get("/api/balance").status, 401);
  EXPECT_EQ(ann.login(email, "a long password").status, 401);
  EXPECT_EQ(put(user, R"({"is_active":true,"password":"another password"})").status, 200);
  EXPECT_EQ(ann.login(email, "another password").status, 200);
  EXPECT_TRUE(contains(admin_.get(path("/users")).body, email));
  EXPECT_EQ(lines("user.changed", account_), 3);
  EXPECT_EQ(number_of(pg(), "select count(*) from audit_log where detail like '%password\":\"a%'"),
            0);
}

TEST_F(AdminTest, WrongPeopleAreNotMade) {
  const std::string email = new_email();
  const auto make = [&](const std::string& target, const std::string& mail, const std::string& role,
                        const std::string& password) {
    return admin_.post(target, R"({"email":")" + mail + R"(","role":")" + role +
                                   R"(","password":")" + password + "\"}");
  };
  EXPECT_EQ(make(path("/users"), "nobody", "owner", "a long password").status, 422);
  EXPECT_EQ(make(path("/users"), email, "king", "a long password").status, 422);
  EXPECT_EQ(make(path("/users"), email, "owner", "short").status, 422);
  EXPECT_EQ(make("/api/admin/accounts/99999/users", email, "owner", "a long password").status, 404);
  EXPECT_EQ(make(path("/users"), email, "owner", "a long password").status, 201)
      << "what was refused did not take the e-mail";
  const HttpAnswer twice = make(path("/users"), email, "owner", "a long password");
  EXPECT_EQ(twice.status, 409);
  EXPECT_TRUE(contains(twice.body, "already_exists"));
}

TEST_F(AdminTest, SenderNamesAreDecidedPerCountry) {
  const std::string asked =
      client_.post(key_, "/api/sender-ids", R"({"name":"Kijani","countries":["KE","UG","TZ"]})")
          .body;
  const std::string sender = path("/sender-ids/") + member(asked, "id");
  EXPECT_TRUE(contains(admin_.get("/api/admin/sender-ids").body, "Kijani"));
  const auto try_send = [&](const char* to) {
    return client_
        .post(key_, "/api/messages/send",
              std::string(R"({"text":"hi","sender_id":"Kijani","to":")") + to + "\"}")
        .status;
  };
  const HttpAnswer some = admin_.post(sender + "/approve", R"({"countries":["KE"]})");
  EXPECT_TRUE(contains(some.body, R"("status":"approved")")) << some.body;
  EXPECT_EQ(try_send("+254712345678"), 200);
  EXPECT_EQ(try_send("+256712345678"), 403);
  EXPECT_TRUE(wait_until([&] {
    return contains(client_.get(key_, "/api/notifications").body, "Kijani is approved for KE.");
  }));
  EXPECT_EQ(admin_.post(sender + "/reject", R"({"countries":["UG"]})").status, 422) << "no reason";
  const HttpAnswer rest = admin_.post(sender + "/reject", R"({"reason":"No papers"})");
  EXPECT_TRUE(contains(rest.body, R"("rejection_reason":"No papers")")) << rest.body;
  EXPECT_TRUE(contains(rest.body, R"("approved_countries":["KE"],"pending_countries":[],)"
                                  R"("rejected_countries":["TZ","UG"])"))
      << rest.body;
  EXPECT_EQ(admin_.post(sender + "/approve").status, 409) << "nothing waits";
  EXPECT_EQ(admin_.post(sender + "/approve", R"({"countries":["NG"]})").status, 422);
  // Approval can be taken back, and is felt by the next send.
  EXPECT_EQ(admin_.post(sender + "/reject", R"({"countries":["KE"],"reason":"Abuse"})").status,
            200);
  EXPECT_EQ(try_send("+254712345678"), 403);
  EXPECT_EQ(admin_.post(path("/sender-ids/99999/approve")).status, 404);
  EXPECT_EQ(lines("sender_id.approved", account_), 1);
  EXPECT_EQ(lines("sender_id.rejected", account_), 2);
}

TEST_F(AdminTest, FeesOfSenderNamesAreShownToEverybody) {
  EXPECT_EQ(client_.send("GET", "/api/sender-ids/fees").body,
            R"({"currency":"USD","countries":[]})");
  EXPECT_EQ(put("/api/admin/sender-fees/UG",
                R"({"fee_usd":50.5,"fee_type":"per_network","fee_table":[["MTN","50","0"]]})")
                .status,
            200);
  EXPECT_EQ(put("/api/admin/sender-fees/NG", R"({"fee_type":"on_request","note":"Ask us"})").status,
            200);
  const char* all =
      R"({"currency":"USD","countries":[{"country_code":"NG","country_name":"Nigeria",)"
      R"("fee_usd":null,"fee_type":"on_request","covers":null,"fee_table":[],"note":"Ask us"},)"
      R"({"country_code":"UG","country_name":"Uganda","fee_usd":50.50,"fee_type":"per_network",)"
      R"("covers":null,"fee_table":[["MTN","50","0"]],"note":null}]})";
  EXPECT_EQ(client_.send("GET", "/v1/sender-ids/fees").body, all);
  for (const char* body :
       {R"({"fee_type":"yearly"})", R"({"fee_usd":-1})", "{}",
        R"({"fee_usd":1,"fee_type":"on_request"})", R"({"fee_usd":1,"fee_table":[["a"]]})",
        R"({"fee_usd":1,"covers":"me"})"}) {
    EXPECT_EQ(put("/api/admin/sender-fees/KE", body).status, 422) << body;
  }
  EXPECT_EQ(put("/api/admin/sender-fees/ke", R"({"fee_usd":1})").status, 404);
  for (const char* country : {"UG", "NG"}) {
    EXPECT_EQ(admin_.send("DELETE", std::string("/api/admin/sender-fees/") + country).status, 204);
  }
  EXPECT_EQ(admin_.send("DELETE", "/api/admin/sender-fees/UG").status, 404);
  EXPECT_EQ(lines("sender_fee.set", 0), 2);
}

TEST_F(AdminTest, PricesAndRatesAreVersioned) {
  const HttpAnswer set =
      admin_.post("/api/admin/prices", R"({"prices":[{"route":"ESMS_GH","price_per_segment":0.11},)"
                                       R"({"route":"ESMS_MW","price_per_segment":"71.5"}]})");
  EXPECT_TRUE(contains(set.body, R"({"given":2,"changed":2,)")) << set.body;
  EXPECT_TRUE(
      contains(client_.get(key_, "/api/routes/ESMS_MW").body, R"("price_per_segment":71.50)"));
  EXPECT_TRUE(contains(admin_.get("/api/admin/routes/ESMS_MW/prices").body,
                       R"("price_per_segment":70.00)"));
  // One wrong row: none of them.
  const HttpAnswer wrong =
      admin_.post("/api/admin/prices", R"({"prices":[{"route":"ESMS_GH","price_per_segment":0.12},)"
                                       R"({"route":"ESMS_XX","price_per_segment":1}]})");
  EXPECT_EQ(wrong.status, 422);
  EXPECT_TRUE(contains(wrong.body, R"("loc":["body","prices",1,"route"])")) << wrong.body;
  EXPECT_TRUE(contains(client_.get(key_, "/api/routes/ESMS_GH").body, "0.11"));
  const char* leap = R"({"prices":[{"route":"ESMS_GH","price_per_segment":9}]})";
  EXPECT_TRUE(contains(admin_.post("/api/admin/prices", leap).body, "more than 50 %"));
  EXPECT_EQ(admin_.post("/api/admin/prices?any_change=yes", leap).status, 422);
  EXPECT_EQ(admin_.post("/api/admin/prices?any_change=true&dry_run=true", leap).status, 200);
  EXPECT_TRUE(contains(client_.get(key_, "/api/routes/ESMS_GH").body, "0.11")) << "it was dry";
  for (const char* body :
       {"{}", R"({"prices":[]})", R"({"prices":[1]})", R"({"prices":"x"})",
        R"({"prices":[{"route":"ESMS_GH","price_per_segment":0}]})",
        R"({"prices":[{"route":"ESMS_GH","price_per_segment":1,"valid_from":"x"}]})"}) {
    EXPECT_EQ(admin_.post("/api/admin/prices", body).status, 422) << body;
  }
  EXPECT_EQ(
      admin_.post("/api/admin/fx", R"({"rates":[{"currency":"MWK","per_usd":1735.2}]})").status,
      200);
  EXPECT_TRUE(contains(admin_.get("/api/admin/fx").body, R"("currency":"MWK","per_usd":1735.20)"));
  EXPECT_EQ(admin_.post("/api/admin/fx", R"({"rates":[{"currency":"mwk","per_usd":1}]})").status,
            422);
  EXPECT_GE(lines("prices.set", 0), 1);
  EXPECT_TRUE(contains(admin_.get("/api/admin/audit-log").body, "rates.set"));
}

TEST_F(AdminTest, APriceForLaterBeginsByItself) {
  const HttpAnswer set = admin_.post(
      "/api/admin/prices",
      R"({"prices":[{"route":"ESMS_LY","price_per_segment":5,"valid_from":"2100-01-01T00:00:00Z"}]})");
  ASSERT_EQ(set.status, 200);
  EXPECT_TRUE(
      contains(client_.get(key_, "/api/routes/ESMS_LY").body, R"("price_per_segment":4.00)"));
  sql_of_test(pg(), "update route_prices set valid_from = now() where valid_from > '2099-01-01'");
  sql_of_test(pg(), "update config_version set prices_until = now() - interval '1 minute'");
  Process scheduler = service().scheduler(20);
  EXPECT_TRUE(wait_until([&] {
    return contains(client_.get(key_, "/api/routes/ESMS_LY").body, R"("price_per_segment":5.00)");
  }));
}

TEST_F(AdminTest, RoutesAreMadeSwitchedOffAndOn) {
  EXPECT_EQ(
      admin_
          .post("/api/admin/routes", R"({"code":"ESMS_BW","country_code":"BW","currency":"USD",)"
                                     R"("price_per_segment":0.03,"connector":"loopback"})")
          .status,
      201);
  EXPECT_TRUE(
      contains(client_.get(key_, "/api/routes/ESMS_BW").body, R"("country_name":"Botswana")"));
  const char* text = R"({"to":"+26771234567","text":"hi"})";
  EXPECT_EQ(client_.post(key_, "/api/messages/send", text).status, 200);
  EXPECT_EQ(put("/api/admin/routes/ESMS_BW", R"({"is_active":false})").status, 200);
  EXPECT_EQ(client_.post(key_, "/api/messages/send", text).status, 400);
  EXPECT_EQ(put("/api/admin/routes/ESMS_BW", R"({"is_active":true,"inline_wait_ms":500})").status,
            200);
  EXPECT_EQ(client_.post(key_, "/api/messages/send", text).status, 200);
  EXPECT_EQ(put("/api/admin/routes/ESMS_QQ", R"({"is_active":true})").status, 404);
  for (const char* body : {R"({"inline_wait_ms":-1})", R"({"connector":"../x"})",
                           R"({"sender_id_default":""})", R"({"is_active":"yes"})"}) {
    EXPECT_EQ(put("/api/admin/routes/ESMS_BW", body).status, 422) << body;
  }
  EXPECT_EQ(admin_
                .post("/api/admin/routes", R"({"code":"ESMS_BW","country_code":"BW",)"
                                           R"("currency":"USD","price_per_segment":1})")
                .status,
            409);
  EXPECT_TRUE(contains(admin_.get("/api/admin/routes").body, R"("code":"ESMS_BW")"));
}

TEST_F(AdminTest, KeysOfAnAccountAreRevokedByTheirPlatform) {
  const int64_t id =
      number_of(pg(), "select key_id from api_keys where account_id = " + std::to_string(account_));
  EXPECT_TRUE(contains(admin_.get(path("/api-keys")).body, "\"id\":" + std::to_string(id)));
  EXPECT_EQ(client_.get(key_, "/api/balance").status, 200);
  EXPECT_EQ(admin_.send("DELETE", path("/api-keys/" + std::to_string(id))).status, 204);
  EXPECT_EQ(client_.get(key_, "/api/balance").status, 401);
  EXPECT_EQ(admin_.send("DELETE", path("/api-keys/" + std::to_string(id))).status, 404);
}

TEST_F(AdminTest, CarriersGetSecretsThatAreKeptHashed) {
  const HttpAnswer made = admin_.post("/api/admin/carriers/kannel/secrets");
  ASSERT_EQ(made.status, 200) << made.body;
  const std::string first = member(made.body, "secret");
  const std::string second =
      member(admin_.post("/api/admin/carriers/kannel/secrets").body, "secret");
  EXPECT_EQ(number_of(pg(),
                      "select count(*) from carriers where secret_hashes = "
                      "array[sha256('" +
                          second + "'), sha256('" + first + "')]"),
            1);
  EXPECT_EQ(admin_.send("DELETE", "/api/admin/carriers/kannel/secrets").status, 204);
  EXPECT_EQ(number_of(pg(), "select count(*) from carriers where secret_hashes = array[sha256('" +
                                second + "')]"),
            1);
  EXPECT_EQ(put("/api/admin/carriers/kannel", R"({"is_active":false})").status, 200);
  EXPECT_TRUE(contains(admin_.get("/api/admin/carriers").body,
                       R"({"carrier":"kannel","is_active":false,"secrets":1,"kind":null,)"));
  EXPECT_EQ(put("/api/admin/carriers/nobody", R"({"is_active":true})").status, 404);
  EXPECT_EQ(put("/api/admin/carriers/kannel", "{}").status, 422);
  EXPECT_EQ(admin_.post("/api/admin/carriers/Kan%20nel/secrets").status, 404);
}

TEST_F(AdminTest, NumbersArePagedAndFound) {
  const std::string account = std::to_string(account_);
  const std::string number = "+25499" + account;
  for (const char* keyword : {"", "help", "win"}) {
    sql_of_test(pg(),
                "insert into inbound_numbers (number, country, keyword, account_id) values ('" +
                    number + "', 'KE', '" + keyword + "', " + account + ")");
  }
  const auto list = [&](const std::string& query) {
    return admin_.get("/api/admin/inbound-numbers?number=99" + account + query).body;
  };
  EXPECT_TRUE(contains(list(""), R"("keyword":"win")")) << list("");
  EXPECT_TRUE(contains(list(""), R"("next":null)")) << list("");
  const std::string first = list("&limit=2");
  EXPECT_TRUE(contains(first, R"("keyword":"help")")) << first;
  EXPECT_FALSE(contains(first, R"("keyword":"win")")) << first;
  EXPECT_EQ(member(first, "next"), number + ",KE,help");
  const std::string next = number.substr(1) + ",KE,help";
  for (const char* plus : {"%2B", "+"}) {
    const std::string rest = list(std::string("&limit=2&after=") + plus + next);
    EXPECT_FALSE(contains(rest, R"("keyword":"help")")) << rest;
    EXPECT_TRUE(contains(rest, R"("keyword":"win")")) << rest;
  }
  EXPECT_TRUE(contains(admin_.get("/api/admin/inbound-numbers?number=%2B254%2099-" + account).body,
                       number));
  for (const char* bad : {"after=x", "after=,", "number=abc", "limit=0", "limit=1001"}) {
    EXPECT_EQ(admin_.get(std::string("/api/admin/inbound-numbers?") + bad).status, 422) << bad;
  }
  sql_of_test(pg(), "delete from inbound_numbers where account_id = " + account);
}

TEST_F(AdminTest, NumbersAreGivenAndTaken) {
  const std::string number = R"({"number":"208)" + std::to_string(account_ % 100 + 100) +
                             R"(","country_code":"KE","keyword":"win")";
  const HttpAnswer set = put(path("/inbound-numbers"), number + R"(,"auto_reply":"Karibu"})");
  EXPECT_EQ(set.status, 200) << set.body;
  EXPECT_TRUE(contains(admin_.get("/api/admin/inbound-numbers").body, R"("auto_reply":"Karibu")"));
  const std::string other = "/api/admin/accounts/" + std::to_string(seed_account(pg()));
  EXPECT_EQ(put(other + "/inbound-numbers", number + "}").status, 409) << "somebody has it";
  EXPECT_EQ(admin_.send("DELETE", other + "/inbound-numbers", number + "}").status, 404);
  EXPECT_EQ(put(path("/inbound-numbers"), number + R"(,"carrier":"nobody"})").status, 422);
  for (const char* body :
       {R"({"country_code":"KE"})", R"({"number":"20880"})",
        R"({"number":"12","country_code":"KE"})", R"({"number":"20880","country_code":"ke"})",
        R"({"number":"+027821234567","country_code":"ZA"})",
        R"({"number":"+256700000111","country_code":"KE"})",
        R"({"number":"0712 abc","country_code":"KE"})", R"({"number":"0071","country_code":"KE"})",
        R"({"number":"071234","country_code":"KE"})", R"({"number":"+20880","country_code":"KE"})",
        R"({"number":"2088012345678","country_code":"KE"})",
        R"({"number":"20880","country_code":"KE","keyword":"stop"})",
        R"({"number":"20880","country_code":"KE","keyword":"start"})",
        R"({"number":"20880","country_code":"KE","keyword":"acha"})",
        R"({"number":"20880","country_code":"KE","keyword":"opt"})",
        R"({"number":"20880","country_code":"KE","keyword":"help"})",
        R"({"number":"20880","country_code":"KE","keyword":"W"})"}) {
    EXPECT_EQ(put(path("/inbound-numbers"), body).status, 422) << body;
  }
  EXPECT_EQ(admin_.send("DELETE", path("/inbound-numbers"), number + "}").status, 204);
  const std::string home = R"({"number":"0711 000 2)" + std::to_string(account_ % 90 + 10) +
                           R"(","country_code":"KE","keyword":"home"})";
  EXPECT_EQ(member(put(path("/inbound-numbers"), home).body, "number"),
            "+2547110002" + std::to_string(account_ % 90 + 10));
  EXPECT_EQ(lines("inbound_number.set", account_), 2);
  EXPECT_EQ(lines("inbound_number.dropped", account_), 1);
}

}  // namespace admin_test
}  // namespace dundun
