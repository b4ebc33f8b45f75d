// Wishes in texts that come in: STOP, START and HELP are heeded by every send, and answered.
#include "common/sms/opt_out.h"
#include "tests/integration/inbound_fixture.h"
#include "tests/support/text.h"

namespace dundun {
namespace inbound_test {

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

}  // namespace inbound_test
}  // namespace dundun
