// What clients rely on beyond single endpoints: an answer is never ahead of what is written,
// repeats wait for it, and what a body has is either understood or named.
#include <gtest/gtest.h>

#include <atomic>
#include <thread>

#include "tests/support/seed.h"
#include "tests/support/stack.h"
#include "tests/support/suite_service.h"
#include "tests/support/text.h"

namespace dundun {
namespace contract_test {

class ContractTest : public testing::Test {
 protected:
  ContractTest()
      : account_(seed_account(pg(), {.live_micros = 100'000'000'000})),
        key_(seed_key(pg(), account_, KeyKind::kLive, "{send,query,webhooks,admin}")) {}
  static Service& service() {
    static SuiteService shared;
    return shared.get();
  }
  static Pg& pg() { return service().pg(); }
  std::string own() const { return " account_id = " + std::to_string(account_) + " "; }
  HttpAnswer post(const std::string& target, const std::string& body) {
    return client_.post(key_, "/api" + target, body);
  }
  HttpAnswer get(const std::string& target) { return client_.get(key_, "/api" + target); }

  HttpClient client_ = service().client();
  int64_t account_;
  std::string key_;
};

constexpr const char* kHello = R"({"to":"+254712345678","text":"Hello"})";

TEST_F(ContractTest, ARepeatRightBehindItsAnswerGetsTheSame) {
  for (const char* path : {"/api/messages/send", "/api/messages/send-bulk"}) {
    const std::string body = std::string(path).ends_with("bulk")
                                 ? R"({"text":"x","recipients":[{"to":"+254712345678"}]})"
                                 : kHello;
    for (int i = 0; i < 150; ++i) {
      const HttpClient::Headers key{{"Idempotency-Key", "again-" + std::to_string(i)}};
      const HttpAnswer first = client_.post(key_, path, body, key);
      ASSERT_EQ(first.status, 200) << first.body;
      const HttpAnswer again = client_.post(key_, path, body, key);
      ASSERT_EQ(again.status, 200) << i << again.body;
      ASSERT_EQ(again.body, first.body) << i;
    }
  }
}

TEST_F(ContractTest, ManyRepeatsAndReadsAtOnceSayWhatTheAnswerSaid) {
  const HttpClient::Headers key{{"Idempotency-Key", "many-at-once"}};
  const HttpAnswer first = client_.post(key_, "/api/messages/send", kHello, key);
  ASSERT_EQ(member(first.body, "status"), "submitted") << first.body;
  std::atomic<int> repeats = 0, reads = 0;
  const auto ask = [&] {
    HttpClient client = service().client();  // its connection is kept
    for (int i = 0; i < 15; ++i) {
      repeats += client.post(key_, "/api/messages/send", kHello, key).body == first.body;
    }
    for (int i = 0; i < 50; ++i) {
      const HttpAnswer read = client.get(key_, "/api/messages/" + member(first.body, "id"));
      reads += read.status == 200 && member(read.body, "status") != "queued";
    }
  };
  {
    std::vector<std::jthread> connections;
    for (int i = 0; i < 20; ++i) connections.emplace_back(ask);
  }
  EXPECT_EQ(repeats, 300);
  EXPECT_EQ(reads, 1000);
}

// +…0009: the carrier answers after two seconds, so the first is still waiting for it.
TEST_F(ContractTest, ARepeatWaitsForTheAnswerThatIsOnItsWay) {
  const std::string slow = R"({"to":"+254712340009","text":"Hello"})";
  const HttpClient::Headers key{{"Idempotency-Key", "slow"}};
  HttpAnswer first;
  std::thread asking([&] {
    HttpClient client = service().client();
    first = client.post(key_, "/api/messages/send", slow, key);
  });
  ASSERT_TRUE(wait_until(
      [&] { return number_of(pg(), "select count(*) from messages where" + own()) == 1; }));
  const HttpAnswer again = client_.post(key_, "/api/messages/send", slow, key);
  asking.join();
  EXPECT_EQ(again.status, 200) << again.body;
  EXPECT_EQ(again.body, first.body);
}

TEST_F(ContractTest, ARepeatWaitsNoLongerThanItMay) {
  Service hasty(Stack::shared().fresh_database(), {.environment = {{"REPEAT_WAIT_MS", "50"}}});
  const int64_t account = seed_account(hasty.pg());
  const std::string key = seed_key(hasty.pg(), account);
  HttpClient client = hasty.client();
  const std::string body = R"({"text":"x","recipients":[{"to":"+254712345678"}]})";
  const HttpClient::Headers once{{"Idempotency-Key", "k"}};
  ASSERT_EQ(client.post(key, "/api/messages/send-bulk", body, once).status, 200);
  sql_of_test(hasty.pg(), "update idempotency_keys set status = null, body = null");
  const HttpAnswer again = client.post(key, "/api/messages/send-bulk", body, once);
  EXPECT_EQ(again.status, 409) << again.body;
  EXPECT_TRUE(contains(again.body, R"("code":"idempotency_in_progress")")) << again.body;
  EXPECT_EQ(again.headers.at("retry-after"), "1");
}

TEST_F(ContractTest, AReadIsNeverBehindTheAnswer) {
  for (int i = 0; i < 250; ++i) {
    const HttpAnswer sent = post("/messages/send", kHello);
    ASSERT_EQ(member(sent.body, "status"), "submitted") << sent.body;
    const std::string id = member(sent.body, "id");
    const std::string one = get("/messages/" + id).body;
    ASSERT_NE(member(one, "status"), "queued") << i;
    const std::string many = get("/messages/status?ids=" + id).body;
    ASSERT_FALSE(contains(many, R"("queued")")) << i << many;
    ASSERT_FALSE(contains(get("/messages?limit=1").body, R"("status":"queued")")) << i;
  }
}

TEST_F(ContractTest, WhatWillBeTriedAgainIsQueuedToWhoSendsIt) {
  const HttpAnswer sent = post("/messages/send", R"({"to":"+254700000012","text":"x"})");
  EXPECT_EQ(sent.status, 200);
  EXPECT_EQ(member(sent.body, "status"), "queued") << sent.body;
  EXPECT_TRUE(contains(sent.body, R"("error_message":)")) << sent.body;
}

TEST_F(ContractTest, ANulInAnyStringNamesItsField) {
  const std::pair<const char*, const char*> cases[] = {
      {R"({"to":"+254712345678","text":"a\u0000b"})", R"("loc":["body","text"])"},
      {R"({"to":"\u0000","text":"b"})", R"("loc":["body","to"])"},
      {R"({"to":"+254712345678","text":"x","window":{"from":"09:00","to":"1\u00000:00"}})",
       R"("loc":["body","window","to"])"},
      {R"({"to":"+254712345678","text":"x","a\u0000":1})", R"("loc":["body")"}};
  for (const auto& [body, loc] : cases) {
    const HttpAnswer answer = post("/messages/send", body);
    EXPECT_EQ(answer.status, 422) << body << answer.body;
    EXPECT_TRUE(contains(answer.body, loc)) << answer.body;
  }
  const HttpAnswer many =
      post("/messages/send-bulk", R"({"text":"x","recipients":[{"to":"+254712345678"},)"
                                  R"({"to":"+254712345679","name":"\u0000"}]})");
  EXPECT_EQ(many.status, 422);
  EXPECT_TRUE(contains(many.body, R"("loc":["body","recipients",1,"name"])")) << many.body;
  const HttpAnswer second = client_.post(key_, "/v1/sms/send", R"({"to":"\u0000"})");
  EXPECT_EQ(second.status, 400) << second.body;
  EXPECT_TRUE(contains(second.body, "to: ")) << second.body;
}

TEST_F(ContractTest, AMisspeltMemberIsRefusedAndNamed) {
  const std::tuple<const char*, const char*, const char*> cases[] = {
      {"/messages/send",
       R"({"to":"+254712345678","text":"x","schedule_at":"2030-01-01T00:00:00Z"})",
       "did you mean scheduled_at?"},
      {"/messages/send", R"({"to":"+254712345678","text":"x","senderId":"Kijani"})",
       "did you mean sender_id?"},
      {"/messages/send", R"({"to":"+254712345678","Text":"x"})", "did you mean text?"},
      {"/messages/send", R"({"to":"+254712345678","text":"x","notAfter":"2030-01-01T00:00:00Z"})",
       "did you mean not_after?"},
      {"/messages/send",
       R"({"to":"+254712345678","text":"x","window":{"form":"09:00","from":"09:00","to":"10:00"}})",
       "did you mean from?"},
      {"/messages/send-bulk", R"({"text":"x","recipients":[{"to":"+254712345678","Name":"A"}]})",
       "did you mean name?"},
      {"/messages/send-bulk", R"({"text":"x","recipient":[{"to":"+254712345678"}]})",
       "did you mean recipients?"},
      {"/verify/start", R"({"to":"+254712345678","codeLength":4})", "did you mean code_length?"},
      {"/workspace", R"({"low_balance_treshold":5})", "did you mean low_balance_threshold?"}};
  for (const auto& [path, body, why] : cases) {
    const bool puts = std::string(path) == "/workspace";
    const HttpAnswer answer =
        puts
            ? client_.send(
                  "PUT", std::string("/api") + path,
                  {{"Authorization", "Bearer " + key_}, {"Content-Type", "application/json"}}, body)
            : post(path, body);
    EXPECT_EQ(answer.status, 422) << body << answer.body;
    EXPECT_TRUE(contains(answer.body, why)) << answer.body;
    EXPECT_TRUE(contains(answer.body, R"("type":"value_error.extra")")) << answer.body;
  }
  EXPECT_EQ(number_of(pg(), "select count(*) from messages where" + own()), 0);
}

TEST_F(ContractTest, OtherUnknownMembersAreListed) {
  const HttpAnswer sent =
      post("/messages/send", R"({"to":"+254712345678","text":"x","campaign":"May","priority":1})");
  EXPECT_EQ(sent.status, 200) << sent.body;
  EXPECT_TRUE(contains(sent.body, R"("warnings":["The field campaign is not known here and was)"
                                  R"( ignored.","The field priority is)"))
      << sent.body;
  EXPECT_FALSE(contains(post("/messages/send", kHello).body, "warnings"));
  const HttpAnswer free =
      post("/messages/send-bulk", R"({"text":"x {{seat}}","recipients":[)"
                                  R"({"to":"+254712345678","vars":{"seat":1,"anything":2}}]})");
  EXPECT_EQ(free.status, 200) << free.body;
  EXPECT_FALSE(contains(free.body, "warnings")) << "variables have any name";
}

TEST_F(ContractTest, FiltersTakeTheReceiptsWords) {
  Process scheduler = service().scheduler(20);
  const auto send = [&](const std::string& to) {
    return member(post("/messages/send", R"({"to":")" + to + R"(","text":"x"})").body, "id");
  };
  const std::string undelivered = send("+254712340001");
  const std::string rejected = send("+254712340002");
  const std::string expired = send("+254712340003");
  send("+254712345678");
  ASSERT_TRUE(wait_until([&] {
    return number_of(pg(), "select count(*) from messages where status in (5, 6) and" + own()) == 4;
  }));
  const std::pair<const char*, std::string> cases[] = {
      {"undelivered", undelivered}, {"rejected", rejected}, {"expired", expired}};
  for (const auto& [word, id] : cases) {
    const std::string list = get(std::string("/messages?status=") + word).body;
    EXPECT_TRUE(contains(list, id)) << word << list;
    EXPECT_TRUE(contains(list, R"("total":1)")) << word << list;
  }
  EXPECT_TRUE(contains(get("/messages?status=unknown").body, R"("total":0)"));
  EXPECT_TRUE(contains(get("/messages?status=failed").body, R"("total":3)"));
  EXPECT_EQ(get("/messages?status=lost").status, 422);
  scheduler.stop();
}

TEST_F(ContractTest, ADeliveryPassesThroughSent) {
  Process scheduler = service().scheduler(20);
  const std::string id = member(post("/messages/send", kHello).body, "id");
  ASSERT_TRUE(
      wait_until([&] { return member(get("/messages/" + id).body, "status") == "delivered"; }));
  const std::string seen = get("/messages/" + id).body;
  EXPECT_LT(seen.find("DLR: ACCEPTD"), seen.find("DLR: DELIVRD")) << seen;
  scheduler.stop();
}

TEST_F(ContractTest, TheSecondDialectCountsCharacters) {
  sql_of_test(pg(),
              "insert into inbound_numbers (number, country, account_id) values"
              " ('+254711082399', '', " +
                  std::to_string(account_) + ")");
  const auto send = [&](const std::string& text) {
    return client_.post(key_, "/v1/sms/send",
                        R"({"from":"+254711082399","to":"+254712345678",)"
                        R"("body":")" +
                            text + "\"}");
  };
  EXPECT_EQ(send(std::string(1600, 'a')).status, 202);
  std::string wide;
  for (int i = 0; i < 1600; ++i) wide += "\u0436";
  EXPECT_EQ(send(wide).status, 202);
  EXPECT_EQ(send(wide + "a").status, 400);
  EXPECT_EQ(number_of(pg(), "select max(segments) from messages where" + own()), 24);
  EXPECT_EQ(number_of(pg(), "select min(segments) from messages where" + own()), 11);
}

TEST_F(ContractTest, AListBelongsToAnEnvironment) {
  const std::string test = seed_key(pg(), account_, KeyKind::kTest);
  const auto list = [&](int environment) {
    const std::string id = std::to_string(
        sql_of_test(
            pg(),
            "insert into contact_lists (account_id, name, columns, count, environment, invalid,"
            " invalid_sample) values (" +
                std::to_string(account_) + ", 'l', '{phone}', 1, " + std::to_string(environment) +
                ", 3, '{0712,none}') returning list_id")
            .i64(0, 0));
    sql_of_test(pg(),
                "insert into contacts (account_id, list_id, contact_id, phone, country,"
                " number_type, name, data) values (" +
                    std::to_string(account_) + ", " + id +
                    ", 1, '+254712345678', 'KE', 1, '', '{}')");
    return id;
  };
  const std::string live = list(0), sandbox = list(1);
  const auto refused = [&](const std::string& key, const std::string& id) {
    EXPECT_EQ(client_.get(key, "/api/contact-lists/" + id).status, 404);
    EXPECT_EQ(client_.get(key, "/api/contact-lists/" + id + "/contacts").status, 404);
    EXPECT_EQ(
        client_.send("DELETE", "/api/contact-lists/" + id, {{"Authorization", "Bearer " + key}})
            .status,
        404);
    EXPECT_EQ(
        client_
            .post(key, "/api/messages/send-bulk", R"({"text":"x","contact_list_ids":[)" + id + "]}")
            .status,
        404);
    EXPECT_TRUE(contains(client_.get(key, "/api/contact-lists").body, R"("total":1)"));
  };
  refused(test, live);
  refused(key_, sandbox);
  const std::string quote =
      post("/messages/bulk-precheck", R"({"text":"x","contact_list_ids":[)" + live + "]}").body;
  EXPECT_TRUE(contains(quote, R"("unroutable_count":3,"unroutable":["0712","none"])")) << quote;
  EXPECT_TRUE(contains(quote, R"("total_contacts":4)")) << quote;
}

TEST_F(ContractTest, ACampaignSaysWhatItWaitsFor) {
  const auto start = [&](const std::string& more) {
    return member(post("/messages/send-bulk",
                       R"({"text":"x","recipients":[{"to":"+254712345671"},{"to":"+254712345672"},)"
                       R"({"to":"+254712345673"}],)" +
                           more + "}")
                      .body,
                  "batch_id");
  };
  const auto seen = [&](const std::string& id) { return get("/messages/batch/" + id).body; };
  const Instant begins = std::chrono::floor<std::chrono::seconds>(now()) + std::chrono::hours(1);
  const std::string later = R"("scheduled_at":")" + format_z(begins) + "\"";
  const std::string drip = start(R"("schedule_mode":"drip","drip_rate":1,)" + later);
  EXPECT_TRUE(contains(seen(drip), R"("eta":")" + format_z(begins + std::chrono::minutes(2)) +
                                       R"(","waiting_for":"start","waiting_until":")" +
                                       format_z(begins) + "\""))
      << seen(drip);
  const std::string plain = start(R"("schedule_mode":"scheduled",)" + later);
  EXPECT_TRUE(contains(seen(plain), R"("eta":null,"waiting_for":"start","waiting_until":")" +
                                        format_z(begins) + "\""))
      << seen(plain);
  const std::string paused = start(R"("schedule_mode":"drip","drip_rate":1)");
  ASSERT_EQ(post("/messages/batch/" + paused + "/pause", "").status, 200);
  EXPECT_TRUE(contains(seen(paused), R"("eta":null,"waiting_for":"resume","waiting_until":null)"))
      << seen(paused);
  const std::string windowed = start(R"("window":{"from":"09:00","to":"10:00","tz":"UTC"})");
  sql_of_test(pg(),
              "update batches set next_due_at = '2031-01-01 09:00Z' where window_opens = 540"
              " and" +
                  own());
  EXPECT_TRUE(contains(seen(windowed), R"("eta":null,"waiting_for":"window",)"
                                       R"("waiting_until":"2031-01-01T09:00:00Z")"))
      << seen(windowed);
  const std::string now_sending = start(R"("schedule_mode":"now")");
  EXPECT_TRUE(
      contains(seen(now_sending), R"("eta":null,"waiting_for":"throughput","waiting_until":null)"))
      << seen(now_sending);
}

TEST_F(ContractTest, RefusalsSayTheValueTheReasonAndTheWayOut) {
  const std::tuple<const char*, const char*, int, const char*> cases[] = {
      {"/messages/send", R"({"to":"+254712345678","text":"  "})", 422, "nothing but blanks"},
      {"/messages/send", R"({"to":"+254712345678","text":"\u00a0\u2003"})", 422,
       "nothing but blanks"},
      {"/messages/send", R"({"to":"+254712345678","text":"x","sender_id":"Wait"})", 403,
       "'Wait' is not approved: the request for it is pending, or was rejected."},
      {"/messages/send",
       R"({"to":"+254712345678","text":"x","window":{"from":"9 am","to":"10:00"}})", 400,
       "window.from is '9 am'"},
      {"/messages/send-bulk", R"({"text":"x"})", 422,
       "field required: name contact lists here, or numbers in recipients"},
      {"/sender-ids", R"({"name":"Kijani","countries":["Kenya"]})", 422,
       "'KENYA' is a country's name: write KE"}};
  sql_of_test(pg(), "insert into sender_ids (account_id, name, countries, status) values (" +
                        std::to_string(account_) + ", 'Wait', '{}', 1)");
  for (const auto& [path, body, status, why] : cases) {
    const HttpAnswer answer = post(path, body);
    EXPECT_EQ(answer.status, status) << body << answer.body;
    EXPECT_TRUE(contains(answer.body, why)) << answer.body;
  }
  for (const char* window :
       {R"({"from":"9:00","to":"24:00"})", R"({"from":"00:00","to":"24:00"})"}) {
    const HttpAnswer taken =
        post("/messages/send",
             R"({"to":"+254712345678","text":"x","window":)" + std::string(window) + "}");
    EXPECT_EQ(taken.status, 200) << taken.body;
  }
  const HttpAnswer wrong = get("/messages/send");
  EXPECT_EQ(wrong.status, 405) << wrong.body;
  EXPECT_EQ(wrong.headers.at("allow"), "POST");
}

TEST_F(ContractTest, ACampaignHasANameAndSaysWhomItSkips) {
  post("/opt-outs", R"({"phone":"+254712345679"})");
  const HttpAnswer sent = post(
      "/messages/send-bulk",
      R"({"name":"May offers","text":"x","recipients":[{"to":"+254712345678"},)"
      R"({"to":"+254712345678"},{"to":"+254712345679"},{"to":"0712"},{"to":"+12025550123"}]})");
  EXPECT_TRUE(contains(sent.body, R"("skipped":{"invalid":1,"unroutable":1,"duplicates":1,)"
                                  R"("opted_out":1,"too_long":0,"invalid_recipients":[)"
                                  R"({"index":3,"to":"0712","reason":"no_country_code",)"))
      << sent.body;
  const std::string quote =
      post("/messages/bulk-precheck", R"({"text":"x","recipients":[{"to":"mama"}]})").body;
  EXPECT_TRUE(contains(quote, R"("unroutable_count":1,"unroutable":["mama"],)")) << quote;
  EXPECT_TRUE(contains(quote, R"("invalid_recipients":[{"index":0,"to":"mama",)"
                              R"("reason":"not_a_number","detail":")"))
      << quote;
  const std::string id = member(sent.body, "batch_id");
  EXPECT_TRUE(contains(get("/messages/batch/" + id).body, R"("name":"May offers")"));
  Process scheduler = service().scheduler(20);
  EXPECT_TRUE(wait_until([&] {
    return contains(get("/notifications").body, "The last message of campaign 'May offers' is on");
  }));
  scheduler.stop();
}

TEST_F(ContractTest, NewKeysAreLowerCase) {
  const HttpAnswer made =
      post("/api-keys", R"({"name":"n","environment":"live","scopes":"query"})");
  const std::string key = member(made.body, "key");
  EXPECT_EQ(key.find_first_not_of("esmliv_abcdefghjknopqrtuwxyz0123456789"), std::string::npos)
      << made.body;
  EXPECT_EQ(client_.get(key, "/api/balance").status, 200);
}

}  // namespace contract_test
}  // namespace dundun
