// What an operator watches: the scheduler's gauges, carriers' counters, traces in the log.
#include <gtest/gtest.h>

#include <filesystem>

#include "tests/support/seed.h"
#include "tests/support/stack.h"
#include "tests/support/text.h"

namespace dundun {
namespace watch_test {

class WatchTest : public testing::Test {
 protected:
  // All metrics files of this host, as GET /metrics joins them.
  std::string metrics() const {
    std::string all;
    for (const auto& entry :
         std::filesystem::directory_iterator(service_.folder() + "/run/metrics")) {
      all += read_file(entry.path());
    }
    return all;
  }
  bool shown(const std::string& line) {
    return wait_until([&] { return contains(metrics(), line); });
  }

  Service service_{Stack::shared().fresh_database()};
};

TEST_F(WatchTest, TheSchedulerTellsWhatWaitsAndHowHoursEnded) {
  sql_of_test(service_.pg(),
              "insert into mail_outbox (kind, recipient, language, due_at) "
              "values (2, 'a@example.com', 'en', now() - interval '1 hour')");
  for (const int days : {0, 1, 7, 8}) {  // the last is no part of the week
    sql_of_test(service_.pg(),
                "insert into route_hourly (route, carrier, hour, shard, delivered, failed) select "
                "'ESMS_KE', 'acme', date_trunc('hour', now()) - interval '1 hour' - "
                "make_interval(days => " +
                    std::to_string(days) + "), 0, 90, 10");
  }
  Process scheduler = service_.scheduler(60);
  const std::string place = R"({route="ESMS_KE",carrier="acme",)";
  EXPECT_TRUE(shown("dundun_queue_age_seconds{queue=\"mail\",program=\"scheduler\""));
  const std::string all = metrics();
  const auto value = [&](const std::string& series) {
    const size_t at = all.find(series);
    if (at == std::string::npos) return std::string("no " + series);
    const size_t from = all.find("} ", at) + 2;
    return all.substr(from, all.find('\n', from) - from);
  };
  EXPECT_GE(std::stoi(value("dundun_queue_age_seconds{queue=\"mail\"")), 3600);
  EXPECT_EQ(value("dundun_queue_age_seconds{queue=\"messages\""), "0");
  EXPECT_EQ(value("dundun_hour_messages" + place + "status=\"delivered"), "90");
  EXPECT_EQ(value("dundun_hour_messages" + place + "status=\"failed"), "10");
  EXPECT_EQ(value("dundun_week_messages" + place + "status=\"delivered"), "180");
  EXPECT_EQ(value("dundun_week_messages" + place + "status=\"failed"), "20");
}

TEST_F(WatchTest, CarriersAreCountedByWhatTheyAnswer) {
  const int64_t account = seed_account(service_.pg());
  const std::string key = seed_key(service_.pg(), account);
  HttpClient client = service_.client();
  const std::string body = R"({"to":"+254712345678","text":"hi"})";
  EXPECT_EQ(client.post(key, "/api/messages/send", body).status, 200);
  EXPECT_TRUE(shown(R"(dundun_submits_total{carrier="loopback",outcome="accepted",program=)"));
  EXPECT_TRUE(contains(metrics(), R"(dundun_submit_seconds_count{carrier="loopback")"));
  EXPECT_TRUE(shown(R"(dundun_charged_micros_total{currency="KES",program="messages")"));
  Process scheduler = service_.scheduler(60);
  EXPECT_TRUE(shown(R"(dundun_receipt_seconds_count{carrier="loopback")"));
  std::string version = read_file(Stack::shared().root() + "/VERSION");
  version.pop_back();
  EXPECT_TRUE(contains(metrics(), "dundun_build_info{version=\"" + version + "\","));
}

TEST_F(WatchTest, ALogLineNamesTheTrace) {
  const std::string id = "4bf92f3577b34da6a3ce929d0e0e4736";
  HttpClient client = service_.client();
  client.send("GET", "/healthz", {{"traceparent", "00-" + id + "-00f067aa0ba902b7-01"}}, "");
  const std::string log = service_.folder() + "/messages.log";
  EXPECT_TRUE(wait_until([&] { return contains(read_file(log), "\"trace_id\":\"" + id + "\""); }));
}

}  // namespace watch_test
}  // namespace dundun
