// Texts that come in: taken once, and given to their account.
#include <atomic>
#include <thread>

#include "common/sms/opt_out.h"
#include "tests/integration/inbound_fixture.h"
#include "tests/support/text.h"
#include "tests/support/ws_client.h"

namespace dundun {
namespace inbound_test {

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
