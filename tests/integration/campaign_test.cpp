// Campaigns through nginx: quoted, accepted, made by the scheduler, steered.
#include <gtest/gtest.h>

#include "common/io/json.h"
#include "tests/support/seed.h"
#include "tests/support/stack.h"
#include "tests/support/suite_service.h"
#include "tests/support/text.h"

namespace dundun {
namespace campaign_test {

using std::chrono::hours;
using std::chrono::minutes;

class CampaignTest : public testing::Test {
 protected:
  CampaignTest() : account_(seed_account(pg())), key_(seed_key(pg(), account_)) {}
  static Service& service() {
    static SuiteService shared;
    return shared.get();
  }
  static Pg& pg() { return service().pg(); }
  HttpAnswer post(const std::string& target, const std::string& body,
                  HttpClient::Headers more = {}) {
    return client_.post(key_, "/api/messages/" + target, body, std::move(more));
  }
  std::string batch(const std::string& id) {
    return client_.get(key_, "/api/messages/batch/" + id).body;
  }
  std::string balance() { return client_.get(key_, "/api/balance").body; }
  std::string own() const { return std::to_string(account_); }

  // A list of `count` Kenyans, +254712001000 on, with a name and a town.
  int64_t list(int count, int first = 0) {
    const std::string id = std::to_string(
        sql_of_test(pg(), "insert into contact_lists (account_id, name, columns, count) values (" +
                              own() + ", 'l', '{phone,name,town}', " + std::to_string(count) +
                              ") returning list_id")
            .i64(0, 0));
    sql_of_test(pg(),
                "insert into contacts (account_id, list_id, contact_id, phone, country,"
                " number_type, name, data) select " +
                    own() + ", " + id + ", i, '+2547' || lpad((12001000 + i - 1 + " +
                    std::to_string(first) +
                    ")::text, 8, '0'), 'KE', 1, 'N' || i, array['Town' || i] from"
                    " generate_series(1, " +
                    std::to_string(count) + ") as i");
    return std::stoll(id);
  }
  std::string body_for(int64_t list_id, const std::string& more = "") {
    return R"({"contact_list_ids":[)" + std::to_string(list_id) +
           R"(],"text":"Hi {{name}} of {{town}}")" + more + "}";
  }
  bool reaches(const std::string& id, const std::string& counts) {
    return wait_until([&] { return contains(batch(id), counts); });
  }

  HttpClient client_ = service().client();
  int64_t account_;
  std::string key_;
};

TEST_F(CampaignTest, IsQuotedAcceptedMadeAndDelivered) {
  const int64_t first = list(100);
  const int64_t second = list(100, 50);  // half of them again
  const std::string both = R"("contact_list_ids":[)" + std::to_string(first) + "," +
                           std::to_string(second) + R"(],"text":"Hi {{name}} of {{ town }}")";
  const HttpAnswer quote = post("bulk-precheck", "{" + both + "}");
  ASSERT_EQ(quote.status, 200) << quote.body;
  EXPECT_EQ(member(quote.body, "total_contacts"), "150");
  EXPECT_EQ(member(quote.body, "total_segments"), "150");
  EXPECT_EQ(member(quote.body, "duplicates"), "50");
  EXPECT_TRUE(contains(quote.body, R"("total_cost":180.00,"wallet_currency":"KES")"));
  EXPECT_TRUE(contains(quote.body, R"("balance_after":820.00,"sufficient_balance":true)"));
  EXPECT_TRUE(contains(quote.body, R"("route_code":"ESMS_KE","contacts":150,"segments":150,)"
                                   R"("route_cost":180.00,"wallet_cost":180.00)"))
      << quote.body;
  const HttpAnswer sent =
      post("send-bulk", "{" + both + R"(,"quote_id":")" + member(quote.body, "quote_id") + R"("})");
  ASSERT_EQ(sent.status, 200) << sent.body;
  const std::string id = member(sent.body, "batch_id");
  EXPECT_TRUE(id.starts_with("batch-"));
  EXPECT_EQ(member(sent.body, "status"), "sending");
  EXPECT_EQ(member(sent.body, "total_recipients"), "150");
  EXPECT_TRUE(contains(sent.body, R"("estimated_cost":180.00)")) << sent.body;
  EXPECT_TRUE(contains(balance(), "820.00"));
  Process scheduler = service().scheduler(20);
  ASSERT_TRUE(reaches(id, R"("delivered":150)")) << batch(id);
  EXPECT_EQ(member(batch(id), "status"), "completed");
  EXPECT_EQ(
      number_of(pg(), "select count(distinct body) from messages where account_id = " + own()), 100)
      << "as many names as the lists have";
  EXPECT_EQ(number_of(pg(),
                      "select count(*) from messages where body = 'Hi N1 of Town1' and"
                      " phone = '+254712001000' and account_id = " +
                          own()),
            1);
  EXPECT_TRUE(contains(client_.get(key_, "/api/messages?batch_id=" + id).body, R"("total":150)"));
  const std::string entries = client_.get(key_, "/api/balance/transactions").body;
  EXPECT_TRUE(contains(entries, R"("batch_id":")" + id)) << entries;
  EXPECT_TRUE(contains(client_.get(key_, "/api/messages/batches").body, id));
  scheduler.stop();
  EXPECT_EQ(service().reconcile(), 0);
}

TEST_F(CampaignTest, TakesItsRecipientsWithTheRequest) {
  const std::string body = R"({"text":"Hi {{name}}, seat {{seat}}","recipients":[)"
                           R"({"to":"+254712345678","name":"Asha","vars":{"seat":7}},)"
                           R"({"to":"+254712345678","name":"Again"},{"to":"0712","name":"Bad"},)"
                           R"({"to":"+256712345678","vars":[]},{"to":"+12025550123"}]})";
  const HttpAnswer quote = post("bulk-precheck", body);
  ASSERT_EQ(quote.status, 200) << quote.body;
  EXPECT_EQ(member(quote.body, "unroutable_count"), "2") << quote.body;
  EXPECT_TRUE(contains(quote.body, R"("unroutable":["+12025550123","0712"])")) << quote.body;
  EXPECT_EQ(member(quote.body, "countries"), "2");
  EXPECT_EQ(number_of(pg(), "select count(*) from contact_lists where account_id = " + own()), 0);
  const HttpAnswer sent = post("send-bulk", body);
  ASSERT_EQ(sent.status, 200) << sent.body;
  EXPECT_EQ(member(sent.body, "total_recipients"), "2");
  Process scheduler = service().scheduler(20);
  const std::string id = member(sent.body, "batch_id");
  ASSERT_TRUE(reaches(id, R"("delivered":2)"));
  const auto first_of = [&](const std::string& query) {
    const std::string page = batch(id + query);
    EXPECT_TRUE(contains(page, R"("total":2)")) << page;
    return page.substr(page.find(R"("id":"msg-)") + 6, 40);
  };
  const std::string older = first_of("?limit=1&page=1");
  EXPECT_EQ(first_of("?limit=1&page=5&after=" + first_of("?limit=1")), older);
  EXPECT_TRUE(contains(batch(id + "?after=x"), R"("loc":["query","after"])"));
  EXPECT_EQ(number_of(pg(),
                      "select count(*) from messages where body = 'Hi Asha, seat 7'"
                      " and account_id = " +
                          own()),
            1);
  scheduler.stop();
  EXPECT_EQ(service().reconcile(), 0);
}

TEST_F(CampaignTest, AChangedPriceBreaksTheQuoteAndCostsNothing) {
  const int64_t id = list(10);
  const std::string quote = member(post("bulk-precheck", body_for(id)).body, "quote_id");
  sql_of_test(pg(),
              "insert into opt_outs (account_id, phone) values (" + own() + ", '+254712001003')");
  const HttpAnswer refused = post("send-bulk", body_for(id, R"(,"quote_id":")" + quote + "\""));
  EXPECT_EQ(refused.status, 409);
  EXPECT_TRUE(contains(refused.body, R"("code":"quote_changed")")) << refused.body;
  EXPECT_TRUE(contains(balance(), "1000.00"));
  const HttpAnswer now_quote = post("bulk-precheck", body_for(id));
  EXPECT_EQ(member(now_quote.body, "opted_out"), "1") << now_quote.body;
  EXPECT_EQ(member(now_quote.body, "messages"), "9");
  // Another price for the same messages.
  sql_of_test(pg(),
              "insert into route_prices (route_id, price_micros)"
              " select route_id, 1300000 from routes where code = 'ESMS_KE'");
  configuration_changed(pg(), Stack::shared().redis_url());
  const std::string quoted =
      body_for(id, R"(,"quote_id":")" + member(now_quote.body, "quote_id") + "\"");
  const HttpAnswer dearer = post("send-bulk", quoted);
  EXPECT_EQ(dearer.status, 409) << dearer.body;
  EXPECT_TRUE(contains(dearer.body, R"("code":"quote_changed")")) << dearer.body;
  sql_of_test(pg(), "delete from route_prices where price_micros = 1300000");
  configuration_changed(pg(), Stack::shared().redis_url());
  EXPECT_EQ(post("send-bulk", quoted).status, 200) << "the quote's price is the price again";
  EXPECT_TRUE(contains(balance(), "989.20"));
}

TEST_F(CampaignTest, WhatTheWalletCannotPayChargesNothing) {
  const int64_t id = list(900);
  const HttpAnswer refused = post("send-bulk", body_for(id));
  EXPECT_EQ(refused.status, 422);
  EXPECT_TRUE(contains(refused.body, R"("balance":1000.00,"cost":1080.00)")) << refused.body;
  EXPECT_TRUE(contains(balance(), "1000.00"));
  EXPECT_EQ(number_of(pg(), "select count(*) from batches where account_id = " + own()), 0);
}

TEST_F(CampaignTest, CancelGivesBackWhatWasNotMade) {
  const int64_t id = list(100);
  const HttpAnswer sent =
      post("send-bulk", body_for(id, R"(,"schedule_mode":"scheduled","scheduled_at":")" +
                                         format_z(now() + hours(2)) + "\""));
  ASSERT_EQ(sent.status, 200) << sent.body;
  EXPECT_EQ(member(sent.body, "status"), "scheduled");
  EXPECT_TRUE(contains(balance(), "880.00"));
  const std::string target = "batch/" + member(sent.body, "batch_id");
  const Instant other = std::chrono::floor<std::chrono::seconds>(now() + hours(24 * 80));
  const HttpAnswer moved =
      post(target + "/reschedule", R"({"scheduled_at":")" + format_z(other) + "\"}");
  EXPECT_EQ(member(moved.body, "scheduled_at"), format_offset(other)) << moved.body;
  EXPECT_EQ(post(target + "/pause", "").status, 409) << "it does not run yet";
  const HttpAnswer cancelled = post(target + "/cancel", "");
  ASSERT_EQ(cancelled.status, 200) << cancelled.body;
  EXPECT_TRUE(contains(cancelled.body, R"("status":"cancelled","made":0)")) << cancelled.body;
  EXPECT_TRUE(contains(cancelled.body, R"("refunded":120.00,"balance_after":1000.00)"));
  const HttpAnswer again = post(target + "/cancel", "");
  EXPECT_EQ(again.status, 409);
  EXPECT_TRUE(contains(again.body, R"("code":"invalid_state")")) << again.body;
  EXPECT_EQ(service().reconcile(), 0);
}

TEST_F(CampaignTest, ADripKeepsItsRateAndObeys) {
  const int64_t id = list(100);
  const Instant start = now();
  const HttpAnswer sent =
      post("send-bulk", body_for(id, R"(,"schedule_mode":"drip","drip_rate":600)"));
  ASSERT_EQ(sent.status, 200) << sent.body;
  EXPECT_EQ(member(sent.body, "status"), "dripping");
  const std::string campaign_id = member(sent.body, "batch_id");
  Process scheduler = service().scheduler(30);
  ASSERT_TRUE(wait_until([&] { return std::stoi(member(batch(campaign_id), "made")) >= 20; }));
  EXPECT_EQ(post("batch/" + campaign_id + "/pause", "").status, 200);
  const std::string made = member(batch(campaign_id), "made");
  std::this_thread::sleep_for(std::chrono::milliseconds(600));
  EXPECT_EQ(member(batch(campaign_id), "made"), made) << "paused";
  // At ten a second each has its moment, a tenth of a second after the one before: it may be late
  // and is never early.
  EXPECT_LE(number_of(pg(),
                      "select max(due_us - extract(epoch from submitted_at) * 1e6) from (select"
                      " submitted_at, (row_number() over (order by submitted_at) - 1) * 100000 + " +
                          std::to_string(unix_micros(start)) +
                          " as due_us from messages where account_id = " + own() + ") as s"),
            0);
  EXPECT_EQ(post("batch/" + campaign_id + "/rate", R"({"drip_rate":300})").status, 200);
  EXPECT_EQ(post("batch/" + campaign_id + "/resume", "").status, 200);
  const HttpAnswer cancelled = post("batch/" + campaign_id + "/cancel", "");
  ASSERT_EQ(cancelled.status, 200) << cancelled.body;
  scheduler.stop();
  EXPECT_EQ(service().reconcile(), 0);
}

// "HH:00", `ahead` hours from now by the clocks of UTC.
std::string hour_text(int ahead) {
  const auto hour =
      std::chrono::duration_cast<hours>(now() - std::chrono::floor<std::chrono::days>(now()))
          .count();
  const int64_t h = (hour + ahead + 24) % 24;
  return (h < 10 ? "0" : "") + std::to_string(h) + ":00";
}

std::string window_of(int from, int to, const std::string& zone = "recipient") {
  return R"(,"window":{"from":")" + hour_text(from) + R"(","to":")" + hour_text(to) +
         R"(","tz":")" + zone + R"("})";
}

TEST_F(CampaignTest, WaitsForTheWindowOfEachCountry) {
  // Kenyans (UTC+3) and Ghanaians (UTC) in turn; the window is open in Ghana alone.
  std::string body = R"({"text":"Hi","recipients":[)";
  for (int i = 0; i < 20; ++i) {
    body += R"({"to":"+2547120010)" + std::to_string(10 + i) + R"("},{"to":"+2332441234)" +
            std::to_string(10 + i) + "\"}" + (i < 19 ? "," : "]");
  }
  const HttpAnswer sent = post("send-bulk", body + window_of(-1, 2) + "}");
  ASSERT_EQ(sent.status, 200) << sent.body;
  const std::string id = member(sent.body, "batch_id");
  const std::string kenyans =
      "select count(*) from messages where country = 'KE' and account_id = " + own();
  {
    Process scheduler = service().scheduler(20);
    ASSERT_TRUE(reaches(id, R"("delivered":20)")) << batch(id);
    EXPECT_EQ(member(batch(id), "status"), "sending");
    EXPECT_EQ(number_of(pg(), kenyans), 0) << "it is night there";
    EXPECT_EQ(number_of(pg(),
                        "select count(*) from batches where next_due_at > now() + interval"
                        " '15 hours' and account_id = " +
                            own()),
              1);
    EXPECT_TRUE(contains(batch(id), R"("tz":"recipient")")) << batch(id);
    scheduler.stop();
  }
  // The morning comes: for the test, by other hours.
  sql_of_test(pg(),
              "update batches set window_opens = 0, window_closes = 1440, next_due_at = now()"
              " where account_id = " +
                  own());
  Process scheduler = service().scheduler(20);
  ASSERT_TRUE(reaches(id, R"("delivered":40)")) << batch(id);
  EXPECT_EQ(member(batch(id), "status"), "completed");
  EXPECT_EQ(number_of(pg(), kenyans), 20);
  scheduler.stop();
  EXPECT_EQ(service().reconcile(), 0);
}

TEST_F(CampaignTest, WhatIsNotMadeByNotAfterIsRefunded) {
  const HttpAnswer sent =
      post("send-bulk", body_for(list(100), R"(,"schedule_mode":"drip","drip_rate":600,)"
                                            R"("not_after":")" +
                                                format_z(now() + hours(1)) + "\""));
  ASSERT_EQ(sent.status, 200) << sent.body;
  const std::string id = member(sent.body, "batch_id");
  {
    Process scheduler = service().scheduler(20);
    ASSERT_TRUE(wait_until([&] { return std::stoi(member(batch(id), "made")) >= 5; }));
    scheduler.stop();
  }
  // No scheduler runs until its last moment has passed.
  sql_of_test(
      pg(),
      "update batches set not_after = now() - interval '1 second' where account_id = " + own());
  Process scheduler = service().scheduler(20);
  ASSERT_TRUE(wait_until([&] { return member(batch(id), "status") == "expired"; })) << batch(id);
  const int made = std::stoi(member(batch(id), "made"));
  EXPECT_LT(made, 100);
  EXPECT_EQ(number_of(pg(),
                      "select balance_micros from wallets where environment = 0 and"
                      " account_id = " +
                          own()),
            1'000'000'000 - made * 1'200'000);
  EXPECT_TRUE(contains(client_.get(key_, "/api/messages/batches?status=expired").body, id));
  EXPECT_EQ(post("batch/" + id + "/resume", "").status, 409);
  scheduler.stop();
  EXPECT_EQ(service().reconcile(), 0);
}

TEST_F(CampaignTest, ADeletedListStillServesItsCampaign) {
  const int64_t id = list(50);
  const std::string campaign_id = member(post("send-bulk", body_for(id)).body, "batch_id");
  sql_of_test(pg(), "update contact_lists set deleted_at = now() where account_id = " + own());
  EXPECT_EQ(post("send-bulk", body_for(id)).status, 404);
  Process scheduler = service().scheduler(20);
  EXPECT_TRUE(reaches(campaign_id, R"("delivered":50)")) << batch(campaign_id);
  scheduler.stop();
}

TEST_F(CampaignTest, AKeyRepeatsTheAnswerNotTheCampaign) {
  const int64_t id = list(5);
  const HttpClient::Headers key{{"Idempotency-Key", "campaign-1"}};
  const HttpAnswer first = post("send-bulk", body_for(id), key);
  ASSERT_EQ(first.status, 200) << first.body;
  HttpAnswer again;
  ASSERT_TRUE(wait_until([&] {
    again = post("send-bulk", body_for(id), key);
    return again.headers.contains("idempotency-replayed");
  }));
  EXPECT_EQ(again.body, first.body);
  sql_of_test(pg(), "update contact_lists set deleted_at = now() where account_id = " + own());
  EXPECT_EQ(post("send-bulk", body_for(id), key).body, first.body) << "whatever became of the list";
  sql_of_test(pg(), "update contact_lists set deleted_at = null where account_id = " + own());
  EXPECT_EQ(post("send-bulk", body_for(id, R"(,"route":"ESMS_KE")"), key).status, 422);
  EXPECT_EQ(number_of(pg(), "select count(*) from batches where account_id = " + own()), 1);
}

TEST_F(CampaignTest, BadRequestsNameTheirFieldAndCostNothing) {
  const int64_t id = list(5);
  const std::string lists = R"({"contact_list_ids":[)" + std::to_string(id) + "]";
  const std::tuple<std::string, int, const char*> cases[] = {
      {R"({"text":"x"})", 422, "contact_list_ids"},
      {R"({"text":"x","contact_list_ids":[]})", 422, "contact_list_ids"},
      {R"({"text":"x","contact_list_ids":"7"})", 422, "contact_list_ids"},
      {R"({"text":"x","contact_list_ids":["7"]})", 422, "contact_list_ids"},
      {R"({"text":"x","contact_list_ids":[999999]})", 404, "Contact list 999999 not found"},
      {R"({"text":"x","recipients":[{"name":"a"}]})", 422, "recipients"},
      {R"({"text":"x","recipients":[7]})", 422, "recipients"},
      {R"({"text":"x","recipients":[{"to":"0712"}]})", 400, "empty_list"},
      {lists + "}", 422, R"("loc":["body","text"])"},
      {lists + R"(,"text":""})", 422, R"("loc":["body","text"])"},
      {lists + R"(,"text":")" + std::string(1531, 'a') + R"("})", 400, "text_too_long"},
      {lists + R"(,"text":"x","sender_id":"Nobody"})", 403, "sender_id_not_approved"},
      {lists + R"(,"text":"x","route":"ESMS_XX"})", 400, "no_route"},
      {lists + R"(,"text":"x","route":"ESMS_UG"})", 400, "empty_list"},
      {lists + R"(,"text":"x","schedule_mode":"soon"})", 422, "schedule_mode"},
      {lists + R"(,"text":"x","schedule_mode":"drip"})", 422, "drip_rate"},
      {lists + R"(,"text":"x","schedule_mode":"drip","drip_rate":601})", 422, "drip_rate"},
      {lists + R"(,"text":"x","drip_rate":5})", 400, "drip_rate"},
      {lists + R"(,"text":"x","schedule_mode":"scheduled"})", 400, "scheduled_at is required"},
      {lists + R"(,"text":"x","scheduled_at":"2099-01-01T00:00:00Z"})", 400, "scheduled_at"},
      {lists + R"(,"text":"x","schedule_mode":"scheduled","scheduled_at":"2099-01-01T00:00:00Z"})",
       400, "at most 90 days"},
      {lists + R"(,"text":"x","window":"day"})", 422, "window"},
      {lists + R"(,"text":"x","international":"no"})", 422, "international"},
      {lists + R"(,"text":"x","window":{"from":"09:00","to":"9:00"}})", 400, "window.from"},
      {lists + R"(,"text":"x","window":{"from":"09:00","to":"18:00","tz":"Mars/X"}})", 422,
       "window.tz"},
      {lists + R"(,"text":"x","not_after":"2020-01-01T00:00:00Z"})", 400, "not_after"},
      {lists + R"(,"text":"x","not_after":")" + format_z(now() + hours(1)) + "\"" +
           window_of(11, 13, "UTC") + "}",
       400, "after not_after"},
      {"[]", 422, "body"},
  };
  for (const auto& [body, status, part] : cases) {
    const HttpAnswer answer = post("send-bulk", body);
    EXPECT_EQ(answer.status, status) << body << answer.body;
    EXPECT_TRUE(contains(answer.body, part)) << body << answer.body;
  }
  EXPECT_TRUE(contains(balance(), "1000.00"));
  const std::string other = seed_key(pg(), seed_account(pg()));
  EXPECT_EQ(client_.post(other, "/api/messages/send-bulk", lists + R"(,"text":"x"})").status, 404);
  EXPECT_EQ(post("batch/nonsense/cancel", "").status, 404);
  EXPECT_EQ(
      client_.get(key_, "/api/messages/batch/batch-0190a000-0000-7000-8000-000000000000").status,
      404);
  EXPECT_EQ(client_.get(key_, "/api/messages/batches?status=odd").status, 422);
}

}  // namespace campaign_test
}  // namespace dundun
