// Texts that come in: taken once, given to their account, and heeded.
#include <gtest/gtest.h>

#include <atomic>
#include <thread>

#include "common/io/crypto.h"
#include "common/io/json.h"
#include "common/sms/opt_out.h"
#include "tests/support/seed.h"
#include "tests/support/stack.h"
#include "tests/support/text.h"
#include "tests/support/ws_client.h"

namespace dundun {
namespace inbound_test {

constexpr const char* kSecret = "loopback secret for tests";
constexpr const char* kPhone = "+254712345678";

std::string json_text(const std::string& text) {
  JsonWriter json;
  json.value(std::string_view(text));
  return json.take();
}

class InboundTest : public testing::Test {
 protected:
  InboundTest()
      : account_(seed_account(pg())), key_(seed_key(pg(), account_)), number_(next_number()) {
    give(number_, account_);
  }

  static Service& service() {
    static Service shared(Stack::shared().fresh_database());
    static const bool prepared = [] {
      const std::string secret = "'\\x" + to_hex(sha256(kSecret)) + "'";
      const std::string other = "'\\x" + to_hex(sha256("another secret of tests")) + "'";
      sql_of_test(shared.pg(),
                  "insert into carriers (carrier, secret_hashes) values ('loopback',"
                  " array[" +
                      other + "::bytea, " + secret + "]), ('kannel', array[" + other + "::bytea])");
      configuration_changed(shared.pg(), Stack::shared().redis_url());
      return true;
    }();
    (void)prepared;
    return shared;
  }
  static Pg& pg() { return service().pg(); }
  // Short codes of Kenya, one a test.
  static std::string next_number() {
    static int number = 20000;
    return std::to_string(++number);
  }
  static void give(const std::string& number, int64_t account, const std::string& keyword = "",
                   const std::string& more_names = "", const std::string& more = "") {
    sql_of_test(pg(), "insert into inbound_numbers (number, country, keyword, account_id" +
                          more_names + ") values ('" + number + "', 'KE', '" + keyword + "', " +
                          std::to_string(account) + more + ")");
  }
  static std::string mo(const std::string& id, const std::string& to, const std::string& text,
                        const std::string& from = kPhone, const std::string& more = "") {
    return R"({"id":)" + json_text(id) + R"(,"from":)" + json_text(from) + R"(,"to":)" +
           json_text(to) + R"(,"text":)" + json_text(text) + more + "}";
  }
  HttpAnswer call(const std::string& body, const std::string& secret = kSecret,
                  const std::string& carrier = "loopback") {
    return client_.send(
        "POST", "/carrier/" + carrier + "/mo",
        {{"Authorization", "Bearer " + secret}, {"Content-Type", "application/json"}}, body);
  }
  // Texts this test's number.
  HttpAnswer text_in(const std::string& text, const std::string& from = kPhone) {
    static int ids = 0;
    return call(mo("t" + std::to_string(++ids), number_, text, from));
  }
  HttpAnswer send(const std::string& to = kPhone, const std::string& more = "") {
    return client_.post(key_, "/api/messages/send",
                        R"({"to":")" + to + R"(","text":"Gate 4 opens at 9")" + more + "}");
  }
  HttpAnswer get(const std::string& target) { return client_.get(key_, target); }
  std::string own() const { return std::to_string(account_); }
  int64_t rows() {
    return number_of(pg(), "select count(*) from inbound_messages where account_id = " + own());
  }
  int64_t replies() {
    return number_of(pg(), "select count(*) from messages where account_id = " + own() +
                               " and source in ('auto_reply', 'opt_out_reply')");
  }
  std::string balance() { return get("/api/balance").body; }

  HttpClient client_ = service().client();
  int64_t account_;
  std::string key_;
  std::string number_;
};

TEST_F(InboundTest, ATextReachesItsAccountOnceWhateverTheFormOfTheCall) {
  const HttpAnswer posted = call(mo("form-1" + number_, number_, "Is the bus late?"));
  ASSERT_EQ(posted.status, 200) << posted.body;
  const std::string id = member(posted.body, "id");
  EXPECT_EQ(posted.body, R"({"status":"accepted","id":")" + id + R"("})");
  EXPECT_TRUE(id.starts_with("mo_") && id.size() == 35) << id;
  EXPECT_EQ(call(mo("form-1" + number_, number_, "Is the bus late?")).body,
            R"({"status":"duplicate","id":")" + id + R"("})");
  // As Kannel calls: the secret in the path, no plus, and an answer that no phone would show.
  const HttpAnswer got = client_.send(
      "GET", "/carrier/loopback/" + std::string("loopback%20secret%20for%20tests") +
                 "/mo?id=form-2&from=254712345679&to=" + number_ + "&text=Caf%C3%A9+%26+more");
  EXPECT_EQ(got.status, 200) << got.body;
  EXPECT_EQ(got.body, "");
  const HttpAnswer form = client_.send(
      "POST", "/carrier/loopback/mo",
      {{"Authorization", std::string("Bearer ") + kSecret},
       {"Content-Type", "application/x-www-form-urlencoded"}},
      "from=%2B254712345678&to=" + number_ + "&text_hex=0041064506310020&charset=ucs-2");
  EXPECT_EQ(form.status, 200) << form.body;
  EXPECT_EQ(rows(), 3);
  const std::string list = get("/api/inbound").body;
  EXPECT_TRUE(contains(list, R"({"id":")" + id +
                                 R"(","direction":"inbound","from":"+254712345678",)"
                                 R"("to":")" +
                                 number_ +
                                 R"(","phone":"+254712345678",)"
                                 R"("text":"Is the bus late?","keyword":null,"status":"received",)"
                                 R"("opt_out":null,"auto_reply":false,"environment":"live",)"))
      << list;
  EXPECT_TRUE(contains(list, "\"text\":\"Caf\xc3\xa9 & more\"")) << list;
  EXPECT_TRUE(contains(list, "\"text\":\"A\xd9\x85\xd8\xb1 \"")) << list;
  EXPECT_TRUE(contains(list, R"("total":3,"page":0,"limit":20})")) << list;
  EXPECT_EQ(member(get("/v1/inbound/" + id).body, "text"), "Is the bus late?");
}

TEST_F(InboundTest, OneTextFromEightConnectionsAtOnceIsOneRow) {
  give("30001", account_, "", ", auto_reply", ", 'Hello back'");
  std::atomic<int> accepted{0}, duplicates{0};
  std::vector<std::thread> threads;
  for (int i = 0; i < 8; ++i) {
    threads.emplace_back([&] {
      HttpClient client = service().client();
      for (int n = 0; n < 20; ++n) {
        const HttpAnswer answer = client.send("POST", "/carrier/loopback/mo",
                                              {{"Authorization", std::string("Bearer ") + kSecret},
                                               {"Content-Type", "application/json"}},
                                              mo("eight-" + std::to_string(n), "30001", "Hello",
                                                 "+2547123456" + std::to_string(10 + n)));
        EXPECT_EQ(answer.status, 200) << answer.body;
        ++(member(answer.body, "status") == "accepted" ? accepted : duplicates);
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(accepted, 20);
  EXPECT_EQ(duplicates, 140);
  EXPECT_EQ(rows(), 20);
  EXPECT_EQ(replies(), 20);
}

TEST_F(InboundTest, TheLiveEventHasTheShapeOfTheSecondDialect) {
  service().start_bridge();
  const std::string stranger_key = seed_key(pg(), seed_account(pg()));
  WsClient watch({.address = "unix:" + service().http_address()});
  WsClient stranger({.address = "unix:" + service().http_address()});
  for (auto [socket, key] : {std::pair{&watch, key_}, {&stranger, stranger_key}}) {
    socket->send_text(R"({"type":"auth","apiKey":")" + key + R"("})");
    ASSERT_TRUE(socket->next_text_with(R"("auth_ok")"));
  }
  const std::string id = member(call(mo("event-1", number_, "Yes, I \"confirm\"")).body, "id");
  const auto frame = watch.next_text_with(R"("type":"sms_inbound")");
  ASSERT_TRUE(frame);
  const PgRows tenant =
      sql_of_test(pg(), "select tenant_id from accounts where account_id = " + own());
  EXPECT_TRUE(contains(*frame, R"("messageId":"msg_)" + id.substr(3) +
                                   R"(","from":"+254712345678","to":")" + number_ +
                                   R"(","body":"Yes, I \"confirm\"",)"
                                   R"("rcMessageId":"event-1","tenantId":")" +
                                   std::string(tenant.text(0, 0)) + R"(","timestamp":")"))
      << *frame;
  EXPECT_FALSE(stranger.next_text_with("sms_inbound", std::chrono::milliseconds(300)));
}

TEST_F(InboundTest, ASharedNumberFindsItsAccountByTheFirstWord) {
  const int64_t other = seed_account(pg());
  give("31000", account_, "kijani");
  give("31000", other, "two");
  EXPECT_EQ(member(call(mo("kw-1", "31000", "KIJANI, when?")).body, "status"), "accepted");
  EXPECT_EQ(member(call(mo("kw-2", "31000", " Two tickets")).body, "status"), "accepted");
  EXPECT_EQ(member(call(mo("kw-3", "31000", "hello")).body, "status"), "unrouted");
  EXPECT_TRUE(contains(get("/api/inbound?keyword=Kijani").body, R"("total":1)"));
  EXPECT_EQ(rows(), 1);
  // A word for one of them, and a word for whoever it is.
  EXPECT_EQ(member(call(mo("kw-4", "31000", "Kijani STOP")).body, "status"), "accepted");
  EXPECT_EQ(send().status, 403);
  EXPECT_EQ(member(call(mo("kw-5", "31000", "START kijani")).body, "status"), "accepted");
  EXPECT_EQ(send().status, 200);
  const std::string other_key = seed_key(pg(), other);
  EXPECT_EQ(member(call(mo("kw-6", "31000", "Stop!")).body, "status"), "accepted");
  EXPECT_EQ(send().status, 403);
  EXPECT_TRUE(contains(client_.get(other_key, "/api/opt-outs").body, kPhone));
  EXPECT_EQ(member(call(mo("kw-6", "31000", "Stop!")).body, "status"), "duplicate");
}

TEST_F(InboundTest, ATextToNobodyIsKeptForTheOperator) {
  EXPECT_EQ(call(mo("nobody-1", "39999", "Anyone?")).body, R"({"status":"unrouted"})");
  EXPECT_EQ(call(mo("nobody-1", "39999", "Anyone?")).status, 200);
  EXPECT_EQ(number_of(pg(),
                      "select count(*) from inbound_unrouted where carrier = 'loopback'"
                      " and carrier_message_id = 'nobody-1' and body = 'Anyone?'"),
            1);
  // The same short code means nothing in another country, and another carrier has no say in it.
  EXPECT_EQ(member(call(mo("nobody-2", number_, "x", "+256712345678")).body, "status"), "unrouted");
  sql_of_test(pg(),
              "update inbound_numbers set carrier = 'kannel' where number = '" + number_ + "'");
  EXPECT_EQ(member(call(mo("nobody-3", number_, "x")).body, "status"), "unrouted");
  EXPECT_EQ(rows(), 0);
}

// A carrier that is refused brings the same bytes again until it drops them.
TEST_F(InboundTest, BytesThatTheirCharsetDoesNotHaveLoseNothingElse) {
  const std::pair<const char*, const char*> cases[] = {
      {R"("text_hex":"0048D800","charset":"ucs-2")", "H\uFFFD"},
      {R"("text_hex":"48FF49")", "H\uFFFDI"},
      {R"("text_hex":"4800")", "H\uFFFD"},
      {R"("text_hex":"636166E9","charset":"8-BIT")", "café"},
      {R"("text_hex":"0605FF","charset":"8-BIT")", "0605FF"}};
  int nth = 0;
  for (const auto& [fields, text] : cases) {
    const std::string id = "odd-" + std::to_string(++nth);
    EXPECT_EQ(call(mo(id, number_, "x", kPhone, "," + std::string(fields))).status, 200) << fields;
    EXPECT_EQ(number_of(pg(), "select count(*) from inbound_messages where carrier_message_id = '" +
                                  id + "' and body = '" + text + "'"),
              1)
        << fields;
  }
}

// Octets in a query, as Kannel writes them.
TEST_F(InboundTest, OctetsInAQueryAreTaken) {
  const std::string path = std::string("/carrier/loopback/loopback%20secret%20for%20tests") +
                           "/mo?id=o-1&from=%2B254712345678&to=" + number_ +
                           "&text=%06%05%00%FF&charset=8-BIT";
  EXPECT_EQ(client_.send("GET", path).status, 200);
  EXPECT_EQ(number_of(pg(), "select count(*) from inbound_messages where body = '060500FF'"), 1);
  EXPECT_EQ(client_.send("GET", "/api/balance?x=%00").status, 400) << "only from carriers";
}

TEST_F(InboundTest, HostileCallsAreRefusedByNameAndChangeNothing) {
  EXPECT_EQ(call(mo("h", number_, "x"), "wrong").status, 401);
  EXPECT_EQ(call(mo("h", number_, "x"), "").status, 401);
  EXPECT_EQ(call(mo("h", number_, "x"), kSecret, "kannel").status, 401) << "another carrier's";
  EXPECT_EQ(call(mo("h", number_, "x"), kSecret, "nobody").body.find("Unknown carrier or wrong"),
            call(mo("h", number_, "x"), "wrong").body.find("Unknown carrier or wrong"));
  EXPECT_EQ(client_.send("GET", "/carrier/loopback/mo?secret=" + std::string("x")).status, 401);
  const std::pair<std::string, const char*> cases[] = {
      {mo(std::string(201, 'i'), number_, "x"), "id is too long."},
      {mo("h\x01", number_, "x"), "id is not printable UTF-8."},
      {mo("h", "", "x"), "to is missing."},
      {mo("h", "+++", "x"), "to is neither a number nor a name."},
      {mo("h", number_, "x", "?!"), "from is neither a number nor a name."},
      {mo("h", number_, "x", std::string(41, '1')), "from is too long."},
      {mo("h", number_, std::string(8193, 'x')), "text is too long."},
      {mo("h", number_, "x", kPhone, R"(,"charset":"klingon")"), "charset is none of"},
      {mo("h", number_, "x", kPhone, R"(,"text_hex":"0")"), "text_hex is not pairs"},
      {"[]", "not a JSON object"},
      {"{", "invalid_json"},
      {"{\"id\":\"\xff\"}", "invalid_json"},
  };
  for (const auto& [body, part] : cases) {
    const HttpAnswer answer = call(body);
    EXPECT_EQ(answer.status, 400) << body;
    EXPECT_TRUE(contains(answer.body, part)) << body << "\n" << answer.body;
  }
  EXPECT_EQ(call(mo("h", number_, std::string(70'000, 'x'))).status, 413);
  EXPECT_EQ(
      client_
          .send("POST", "/carrier/loopback/mo",
                {{"Authorization", std::string("Bearer ") + kSecret}, {"Content-Type", "text/xml"}},
                "<x/>")
          .status,
      415);
  EXPECT_EQ(rows(), 0);
  EXPECT_EQ(call(mo("h", number_, "")).status, 200) << "an empty text is one";
}

TEST_F(InboundTest, StopIsHeededByEverySendAndStartEndsIt) {
  EXPECT_EQ(text_in("  stop. ").status, 200);
  const std::string before = balance();
  const HttpAnswer refused = send();
  EXPECT_EQ(refused.status, 403);
  EXPECT_TRUE(contains(refused.body, R"({"detail":{"code":"recipient_opted_out","message":)"
                                     R"("The recipient has opted out of your messages."},)"))
      << refused.body;
  EXPECT_EQ(balance(), before);
  EXPECT_EQ(send("+254712345679").status, 200) << "others get theirs";
  EXPECT_EQ(
      send(kPhone, R"(,"schedule_mode":"scheduled","scheduled_at":"2099-01-01T00:00:00Z")").status,
      400);
  const std::string list = get("/api/opt-outs").body;
  EXPECT_TRUE(contains(list, R"({"opt_outs":[{"phone":"+254712345678","source":"message",)"
                             R"("message_id":"mo_)"))
      << list;
  // A test key's lists are its own.
  const std::string test = seed_key(pg(), account_, KeyKind::kTest);
  EXPECT_EQ(client_.post(test, "/api/messages/send", R"({"to":"+254712345678","text":"x"})").status,
            200);
  EXPECT_EQ(text_in("START").status, 200);
  EXPECT_EQ(send().status, 200);
  EXPECT_EQ(get("/api/opt-outs").body, R"({"opt_outs":[]})");
}

TEST_F(InboundTest, AStopBetweenQuoteAndSendCounts) {
  const std::string rate = R"({"to":"+254712345678","text":"x"})";
  EXPECT_EQ(client_.post(key_, "/api/messages/rate", rate).status, 200);
  text_in("STOP");
  EXPECT_EQ(send().status, 403);
  // A campaign's quote is another one without them.
  const std::string campaign =
      R"({"recipients":[{"to":"+254712345678"},{"to":"+254712345679"}],"text":"Hello")";
  const std::string quoted_before =
      client_.post(key_, "/api/messages/bulk-precheck", campaign + "}").body;
  EXPECT_TRUE(contains(quoted_before, R"("opted_out":1)")) << quoted_before;
  text_in("stop", "+254712345679");
  const HttpAnswer changed =
      client_.post(key_, "/api/messages/send-bulk",
                   campaign + R"(,"quote_id":")" + member(quoted_before, "quote_id") + R"("})");
  EXPECT_GE(changed.status, 400) << changed.body;
}

TEST_F(InboundTest, AStopBetweenScheduleAndDispatchIsHeededAndRefunded) {
  const HttpAnswer kept = send("+254712345679", R"(,"schedule_mode":"scheduled","scheduled_at":")" +
                                                    format_z(now() + std::chrono::hours(1)) + "\"");
  const HttpAnswer stopped = send(kPhone, R"(,"schedule_mode":"scheduled","scheduled_at":")" +
                                              format_z(now() + std::chrono::hours(1)) + "\"");
  ASSERT_EQ(stopped.status, 200) << stopped.body;
  text_in("STOP");
  sql_of_test(pg(), "update dispatch set due_at = now() where account_id = " + own());
  Process scheduler = service().scheduler(30);
  HttpAnswer detail;
  ASSERT_TRUE(wait_until([&] {
    detail = get("/api/messages/" + member(stopped.body, "id"));
    return member(detail.body, "status") == "failed";
  })) << detail.body;
  EXPECT_TRUE(contains(detail.body, R"("error_code":"OPTED_OUT")")) << detail.body;
  ASSERT_TRUE(wait_until([&] {
    return member(get("/api/messages/" + member(kept.body, "id")).body, "status") == "delivered";
  }));
  EXPECT_EQ(number_of(pg(), "select count(*) from ledger_entries where type = 5 and account_id = " +
                                own()),
            1);
  scheduler.stop();
  EXPECT_EQ(service().reconcile(), 0);
}

TEST_F(InboundTest, AStopDuringACampaignIsHeededAndRefunded) {
  const HttpAnswer sent = client_.post(
      key_, "/api/messages/send-bulk",
      R"({"recipients":[{"to":"+254712345678"},{"to":"+254712345679"}],"text":"Hello",)"
      R"("schedule_mode":"scheduled","scheduled_at":")" +
          format_z(now() + std::chrono::hours(1)) + "\"}");
  ASSERT_EQ(sent.status, 200) << sent.body;
  text_in("STOP");
  sql_of_test(pg(), "update batches set next_due_at = now() where account_id = " + own());
  Process scheduler = service().scheduler(30);
  const std::string target = "/api/messages/batch/" + member(sent.body, "batch_id");
  HttpAnswer batch;
  ASSERT_TRUE(wait_until([&] {
    batch = get(target);
    return contains(batch.body, R"("delivered":1)") && contains(batch.body, R"("failed":1)");
  })) << batch.body;
  EXPECT_TRUE(contains(batch.body, R"("messages_refunded":1.20)")) << batch.body;
  scheduler.stop();
  EXPECT_EQ(service().reconcile(), 0);
}

TEST_F(InboundTest, ConfirmationsAreChargedAndEachWishIsConfirmedOnce) {
  text_in("ACHA");
  ASSERT_EQ(replies(), 1) << "in the language of the word";
  const PgRows reply = sql_of_test(
      pg(),
      "select body, sender, phone, cost_micros, source from messages where account_id = " + own());
  EXPECT_EQ(reply.text(0, 0),
            "Hutapokea tena ujumbe kutoka " + number_ + ". Jibu ANZA kuupokea tena.");
  EXPECT_EQ(reply.text(0, 1), number_);
  EXPECT_EQ(reply.text(0, 2), kPhone);
  EXPECT_EQ(reply.i64(0, 3), 1'200'000);
  EXPECT_EQ(reply.text(0, 4), "opt_out_reply");
  text_in("ANZA");
  EXPECT_EQ(replies(), 2) << "within a minute";
  text_in("STOP");
  EXPECT_EQ(replies(), 3);
  text_in("STOP");
  text_in("stop please");
  EXPECT_EQ(replies(), 3) << "the same within a minute";
  EXPECT_EQ(send().status, 403) << "heeded all the same";
  sql_of_test(pg(),
              "update auto_replies set replied_at = replied_at - interval '61 seconds'"
              " where account_id = " +
                  own());
  text_in("START");
  EXPECT_EQ(replies(), 4);
  sql_of_test(pg(),
              "update auto_replies set replied_at = replied_at - interval '61 seconds',"
              " replies = 20 where account_id = " +
                  own());
  text_in("START");
  text_in("STOP");
  EXPECT_EQ(replies(), 4) << "twenty a day";
}

TEST_F(InboundTest, AStopToASharedNumberIsConfirmedByWhoTextedLast) {
  const int64_t other = seed_account(pg());
  const std::string other_key = seed_key(pg(), other);
  give("33000", account_, "kijani");
  give("33000", other, "buluu");
  ASSERT_EQ(
      client_.post(other_key, "/api/messages/send", R"({"to":"+254712345678","text":"Hi"})").status,
      200);
  const auto answers = [&](int64_t account) {
    return number_of(pg(),
                     "select count(*) from messages where source like '%_reply' and account_id = " +
                         std::to_string(account));
  };
  call(mo("s-1" + own(), "33000", "STOP"));
  EXPECT_EQ(answers(other), 1);
  EXPECT_EQ(replies(), 0) << "people get one answer";
  EXPECT_EQ(send().status, 403) << "it counts for all";
  call(mo("s-2" + own(), "33000", "START"));
  EXPECT_EQ(answers(other), 2);
  EXPECT_EQ(send().status, 200);
  call(mo("s-3" + own(), "33000", "KIJANI STOP"));
  EXPECT_EQ(replies(), 1);
  EXPECT_EQ(answers(other), 2);
}

TEST_F(InboundTest, HelpIsAnsweredInTheLanguageOfItsWord) {
  for (const auto& [text, from, answer] :
       {std::tuple("Help!", "+254712345621", "You get messages from "),
        std::tuple("MSAADA", "+254712345622", "Unapokea ujumbe kutoka "),
        std::tuple("مساعدة", "+254712345624", "تصلك رسائل من ")}) {
    text_in(text, from);
    const PgRows reply = sql_of_test(pg(), "select body from messages where account_id = " + own() +
                                               " and phone = '" + from + "'");
    ASSERT_EQ(reply.size(), 1) << text;
    EXPECT_EQ(std::string(reply.text(0, 0)).find(answer), 0u) << reply.text(0, 0);
  }
  EXPECT_TRUE(contains(get("/api/inbound").body, R"("opt_out":null)"));
  EXPECT_EQ(get("/api/opt-outs").body, R"({"opt_outs":[]})");
  const std::string asker = "+254712345625";
  text_in("STOP", asker);
  text_in("HELP", asker);
  EXPECT_EQ(number_of(pg(), "select count(*) from messages where phone = '" + asker +
                                "' and account_id = " + own()),
            2)
      << "who has opted out may ask";
}

TEST_F(InboundTest, NoMachineIsAnswered) {
  give("32000", account_, "", ", auto_reply", ", 'We are closed.'");
  call(mo("m-1", "32000", "Hello", kPhone, R"(,"auto_reply":true)"));
  call(mo("m-2", "32000", "we are closed", "+254712345611"));
  call(mo("m-3", "32000", "Hello", "MPESA"));
  call(mo("m-4", "32000", "Hello", "22222"));
  give("+254712345612", seed_account(pg()));
  call(mo("m-5", "32000", "Hello", "+254712345612"));
  EXPECT_EQ(rows(), 3) << "from a name or a code the country of a short code is not known";
  EXPECT_EQ(replies(), 0);
  call(mo("m-6", "32000", "Hello", "+254712345613"));
  EXPECT_EQ(replies(), 1);
  // Without money there is no answer; the text is kept.
  sql_of_test(pg(), "update inbound_numbers set account_id = " +
                        std::to_string(seed_account(pg(), {.live_micros = 0})) +
                        " where number = '32000'");
  EXPECT_EQ(member(call(mo("m-7", "32000", "Hello", "+254712345614")).body, "status"), "accepted");
  EXPECT_EQ(replies(), 1);
}

TEST_F(InboundTest, OptOutsAreKeptThroughTheApi) {
  const HttpAnswer one = client_.post(key_, "/api/opt-outs", R"({"phone":"+254712345678"})");
  EXPECT_EQ(one.status, 200);
  EXPECT_TRUE(one.body.starts_with(
      R"({"phone":"+254712345678","source":"api","message_id":null,"created_at":")"))
      << one.body;
  EXPECT_EQ(client_.post(key_, "/api/opt-outs", R"({"phone":"+254712345678"})").body, one.body);
  EXPECT_EQ(client_
                .post(key_, "/v1/opt-outs",
                      R"({"phone":["+254712345678","+254712345679","+254712345679"]})")
                .body,
            R"({"added":1,"total":3})");
  EXPECT_EQ(send("+254712345679").status, 403);
  const std::string first = get("/api/opt-outs?limit=1").body;
  EXPECT_TRUE(contains(first, "+254712345679") && !contains(first, "+254712345678")) << first;
  const std::string next = get("/api/opt-outs?limit=1&after=%2B254712345679").body;
  EXPECT_TRUE(contains(next, "+254712345678")) << next;
  // Another's are another's.
  const std::string stranger = seed_key(pg(), seed_account(pg()));
  EXPECT_EQ(client_.get(stranger, "/api/opt-outs").body, R"({"opt_outs":[]})");
  const std::string target = "/api/opt-outs/%2B254712345679";
  const HttpClient::Headers theirs{{"Authorization", "Bearer " + stranger}};
  EXPECT_EQ(client_.send("DELETE", target, theirs).status, 404);
  const HttpClient::Headers mine{{"Authorization", "Bearer " + key_}};
  const HttpAnswer removed = client_.send("DELETE", target, mine);
  EXPECT_EQ(removed.status, 200);
  EXPECT_TRUE(contains(removed.body, R"("removed":true)")) << removed.body;
  EXPECT_EQ(client_.send("DELETE", target, mine).status, 404);
  EXPECT_EQ(send("+254712345679").status, 200);
  EXPECT_EQ(client_.post(key_, "/api/opt-outs", R"({"phone":"0712"})").status, 400);
  EXPECT_EQ(client_.post(key_, "/api/opt-outs", R"({})").status, 422);
  EXPECT_EQ(get("/api/opt-outs?limit=1001").status, 422);
  const std::string query = seed_key(pg(), account_, KeyKind::kLive, "{query}");
  EXPECT_EQ(client_.post(query, "/api/opt-outs", R"({"phone":"+254712345678"})").status, 403);
}

TEST_F(InboundTest, TheListFiltersPagesAndKeepsAccountsApart) {
  text_in("one");
  text_in("two", "+254712345679");
  const std::string last = member(text_in("three").body, "id");
  const auto texts = [&](const std::string& query) {
    const std::string body = get("/api/inbound?" + query).body;
    std::string found;
    for (const char* text : {"three", "two", "one"}) {
      if (contains(body, R"("text":")" + std::string(text))) found += std::string(text) + " ";
    }
    return found;
  };
  EXPECT_EQ(texts("from=%2B254712345678"), "three one ");
  EXPECT_EQ(texts("from=+254712345679"), "two ");
  EXPECT_EQ(texts("to=" + number_ + "&limit=1"), "three ");
  EXPECT_EQ(texts("to=1"), "");
  EXPECT_EQ(texts("limit=1&page=1"), "two ");
  EXPECT_EQ(texts("after=" + last), "two one ");
  EXPECT_EQ(texts("date_to=2020-01-01"), "");
  EXPECT_EQ(texts("environment=test"), "");
  for (const char* query : {"environment=x", "after=x", "limit=0", "date_from=x"}) {
    EXPECT_EQ(get("/api/inbound?" + std::string(query)).status, 422) << query;
  }
  const std::string stranger = seed_key(pg(), seed_account(pg()));
  EXPECT_EQ(client_.get(stranger, "/api/inbound/" + last).status, 404);
  EXPECT_TRUE(contains(client_.get(stranger, "/api/inbound?environment=all").body, R"("total":0)"));
  EXPECT_EQ(get("/api/inbound/mo_x").status, 404);
}

TEST_F(InboundTest, ReceiptsReachOnlyMessagesOfTheirCarrier) {
  const std::string id = member(send("+254712340009").body, "id");  // answers after 2 s
  const auto uuid = parse_message_id(id);
  const auto receipt = [&](const std::string& ref, const std::string& status,
                           const std::string& more = "", const std::string& carrier = "loopback",
                           const std::string& secret = kSecret) {
    return client_.send("GET",
                        "/carrier/" + carrier + "/dlr?ref=" + ref + "&status=" + status + more,
                        {{"Authorization", "Bearer " + secret}});
  };
  const std::string ref = own() + "-" + to_hex(*uuid);
  EXPECT_EQ(receipt(ref, "1", "", "kannel", "another secret of tests").status, 404);
  EXPECT_EQ(receipt(ref, "1", "", "kannel").status, 401);
  EXPECT_EQ(receipt("999999-" + to_hex(*uuid), "1").status, 404);
  for (const char* bad : {"x", "1-2", "-1-00", "99999999999999999999-00"}) {
    EXPECT_EQ(receipt(bad, "1").status, 400) << bad;
  }
  EXPECT_EQ(receipt(ref, "8").status, 200);
  EXPECT_EQ(receipt(ref, "2", "&text=id:1+stat:EXPIRED+err:1").status, 200);
  EXPECT_EQ(receipt(ref, "2", "&text=id:1+stat:EXPIRED+err:1").status, 200);
  const std::string detail = get("/api/messages/" + id).body;
  EXPECT_EQ(member(detail, "status"), "failed") << detail;
  EXPECT_TRUE(contains(detail, R"("error_code":"EXPIRED")")) << detail;
  EXPECT_EQ(receipt(ref, "1").status, 200);
  EXPECT_EQ(member(get("/api/messages/" + id).body, "status"), "delivered");
}

// Every word of the table is in the form in which texts are compared.
TEST_F(InboundTest, EveryWordIsFoundInAnyShape) {
  const PgRows words =
      sql_of_test(pg(), "select word, wish, coalesce(countries[1], 'KE') from opt_out_words");
  ASSERT_GT(words.size(), 50);
  std::vector<OptOutWord> all;
  const PgRows whole =
      sql_of_test(pg(), "select word, wish, language, countries, leads from opt_out_words");
  for (int row = 0; row < whole.size(); ++row) {
    all.push_back({std::string(whole.text(row, 0)), OptOutWish(whole.i16(row, 1)),
                   std::string(whole.text(row, 2)), whole.text_array(row, 3),
                   whole.boolean(row, 4)});
  }
  for (int row = 0; row < words.size(); ++row) {
    const std::string word(words.text(row, 0));
    EXPECT_EQ(fold_words(word), word);
    const OptOutWord* found = find_wish(all, fold_words("  " + word + " !\n"), words.text(row, 2));
    ASSERT_NE(found, nullptr) << word;
    EXPECT_EQ(found->word, word);
    EXPECT_EQ(found->wish, OptOutWish(words.i16(row, 1))) << word;
  }
  EXPECT_EQ(number_of(pg(),
                      "select count(*) from opt_out_words w where not exists (select from"
                      " opt_out_answers a where a.language = w.language and a.wish = w.wish)"),
            0);
}

}  // namespace inbound_test
}  // namespace dundun
