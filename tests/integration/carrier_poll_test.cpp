// Reports and texts of a carrier that cannot call us: fetched, each once, and none is lost with an
// answer or a process. The stand-in does as Infobip's reference says: a report is given once, its
// log is read as often as one likes.
#include <algorithm>
#include <mutex>
#include <thread>

#include "common/base/time.h"
#include "common/web/router.h"
#include "tests/support/http_carrier_test.h"

namespace dundun {
namespace carrier_poll_test {

using namespace std::chrono_literals;

struct Entry {
  std::string json;
  Instant at;
};

class InfobipStandIn {
 public:
  Reply play(const Seen& seen) {
    std::unique_lock lock(mutex_);
    if (seen.headers.at("authorization") != "App key-of-the-carrier") return {401, "{}", ""};
    const std::string path = seen.target.substr(0, seen.target.find('?'));
    std::vector<std::pair<std::string, std::string>> query;
    if (path != seen.target) (void)parse_query(seen.target.substr(path.size() + 1), query);
    const auto field = [&query](const std::string& name) {
      for (const auto& [key, value] : query) {
        if (key == name) return value;
      }
      return std::string();
    };
    const size_t limit = field("limit").empty() ? 50 : std::stoul(field("limit"));
    if (path == "/sms/3/messages") return infobip_takes(++taken_);
    if (path == "/sms/3/reports") return give(reports_, report_log_, limit, lock);
    if (path == "/sms/1/inbox/reports") return give(texts_, text_log_, limit, lock);
    const bool of_texts = path == "/sms/1/inbox/logs";
    if (!of_texts && path != "/sms/3/logs") return {404, "{}", ""};
    ++logs_;
    if (log_refused_) return {403, "{}", ""};
    const auto since = parse_rfc3339(field(of_texts ? "receivedSince" : "sentSince"));
    const auto until = parse_rfc3339(field(of_texts ? "receivedUntil" : "sentUntil"));
    if (!since || !until) return {400, "{}", ""};
    std::vector<Entry> found;
    for (const Entry& one : of_texts ? text_log_ : report_log_) {
      if (one.at >= *since && one.at <= *until && found.size() < limit) found.push_back(one);
    }
    return {200, R"({"results":[)" + joined(found) + "]}", ""};
  }
  void report(const std::string& id, const std::string& status, Instant sent_at = now()) {
    std::lock_guard lock(mutex_);
    reports_.push_back({R"({"messageId":")" + id + R"(","to":"254712345678","mccMnc":"63902",)" +
                            R"("doneAt":"2026-07-01T09:00:00.000+0000","status":{"name":")" +
                            status + R"("},"error":{"name":"NO_ERROR"}})",
                        sent_at});
  }
  void raw_report(const std::string& json) {
    std::lock_guard lock(mutex_);
    reports_.push_back({json, now()});
  }
  void text(const std::string& id, const std::string& words) {
    std::lock_guard lock(mutex_);
    texts_.push_back({R"({"messageId":")" + id +
                          R"(","from":"254712345678","to":"20880","text":")" + words +
                          R"(","receivedAt":"2026-07-01T09:00:00.000+0000"})",
                      now()});
  }
  // Answers that give something take so long from now on.
  void slow(std::chrono::milliseconds by) {
    std::lock_guard lock(mutex_);
    slow_ = by;
  }
  void refuse_log(bool refused) {
    std::lock_guard lock(mutex_);
    log_refused_ = refused;
  }
  bool all_given() {
    std::lock_guard lock(mutex_);
    return reports_.empty() && texts_.empty();
  }
  int logs() {
    std::lock_guard lock(mutex_);
    return logs_;
  }

 private:
  static std::string joined(const std::vector<Entry>& entries) {
    std::string text;
    for (const Entry& one : entries) text += (text.empty() ? "" : ",") + one.json;
    return text;
  }
  Reply give(std::vector<Entry>& waiting, std::vector<Entry>& log, size_t limit,
             std::unique_lock<std::mutex>& lock) {
    const auto end = waiting.begin() + static_cast<long>(std::min(limit, waiting.size()));
    const std::vector<Entry> given(waiting.begin(), end);
    waiting.erase(waiting.begin(), end);
    log.insert(log.end(), given.begin(), given.end());
    const auto pause = given.empty() ? 0ms : slow_;
    lock.unlock();
    std::this_thread::sleep_for(pause);
    return {200, R"({"results":[)" + joined(given) + "]}", ""};
  }

  std::mutex mutex_;
  std::vector<Entry> reports_, texts_, report_log_, text_log_;
  std::chrono::milliseconds slow_{0};
  int taken_ = 0, logs_ = 0;
  bool log_refused_ = false;
};

class CarrierPollTest : public HttpCarrierTest {
 protected:
  void begin(const std::string& limit = "1000") {
    std::string description = shipped_description("infobip-polled", R"("timeout_ms": 600,)");
    for (size_t at = 0; (at = description.find(R"("every_s": 30)", at)) != description.npos;) {
      description.replace(at, 13, R"("every_s": 1, "limit": )" + limit);
    }
    start_described("infobip-polled", description,
                    [this](const Seen& seen) { return infobip_.play(seen); });
    sql_of_test(pg(),
                "insert into inbound_numbers (number, country, account_id) values "
                "('20880', 'KE', " +
                    std::to_string(account_) + ")");
  }
  void submit(int messages) {
    for (int i = 0; i < messages; ++i) ASSERT_EQ(send("Gate 4").status, 200);
    ASSERT_TRUE(wait_until([&] { return count("carrier_ids") == messages; }));
  }
  bool delivered(int64_t messages) {
    return wait_until([&] { return count("messages where status = 5") == messages; });
  }
  bool polled_again() {
    const size_t before = gateway_->seen().size();
    return wait_until([&] { return gateway_->seen().size() >= before + 5; });
  }

  InfobipStandIn infobip_;
};

TEST_F(CarrierPollTest, ReportsAndTextsAreFetchedEachOnce) {
  begin();
  submit(2);
  infobip_.report("IB-1", "DELIVERED_TO_OPERATOR");
  infobip_.report("IB-1", "DELIVERED_TO_HANDSET");
  infobip_.report("IB-2", "REJECTED_NETWORK");
  infobip_.text("mo-1", "Price?");
  infobip_.text("mo-1", "Price?");
  infobip_.text("mo-2", "STOP");
  EXPECT_TRUE(delivered(1));
  EXPECT_TRUE(wait_until([&] { return count("messages where status = 6") == 1; }));
  EXPECT_TRUE(wait_until([&] { return count("inbound_messages") == 2; }));
  EXPECT_EQ(count("opt_outs where phone = '+254712345678'"), 1);
  EXPECT_TRUE(polled_again());
  EXPECT_EQ(infobip_.logs(), 0) << "nothing was lost";
  EXPECT_EQ(count("carrier_receipts"), 0);
  EXPECT_EQ(service_->reconcile(), 0);
}

TEST_F(CarrierPollTest, WhatWasGivenInALostAnswerIsReadFromTheLog) {
  begin();
  submit(1);
  infobip_.slow(900ms);  // we wait for 600 ms
  infobip_.report("IB-1", "DELIVERED_TO_HANDSET");
  infobip_.text("mo-1", "Price?");
  ASSERT_TRUE(wait_until([&] { return infobip_.all_given(); }));
  infobip_.slow(0ms);
  EXPECT_TRUE(delivered(1));
  EXPECT_TRUE(wait_until([&] { return count("inbound_messages") == 1; }));
  EXPECT_TRUE(wait_until([&] {
    return count("carrier_polls where asking_since is null and again_from is null") == 2;
  }));
}

TEST_F(CarrierPollTest, ALogThatIsRefusedKeepsNothingNewBack) {
  begin();
  submit(2);
  infobip_.slow(900ms);
  infobip_.refuse_log(true);
  infobip_.report("IB-1", "DELIVERED_TO_HANDSET");
  ASSERT_TRUE(wait_until([&] { return infobip_.all_given(); }));
  infobip_.slow(0ms);
  ASSERT_TRUE(wait_until([&] { return infobip_.logs() > 0; }));
  infobip_.report("IB-2", "DELIVERED_TO_HANDSET");
  EXPECT_TRUE(delivered(1));
  infobip_.refuse_log(false);
  EXPECT_TRUE(delivered(2)) << "what was lost is not forgotten meanwhile";
}

TEST_F(CarrierPollTest, AProcessThatDiesBeforeTheCommitLosesNothing) {
  begin();
  submit(1);
  Pg other({.url = service_->database()});
  sql_of_test(other, "begin");
  sql_of_test(other, "lock table carrier_receipts in share row exclusive mode");
  infobip_.report("IB-1", "DELIVERED_TO_HANDSET");
  ASSERT_TRUE(wait_until([&] { return infobip_.all_given(); }));
  ASSERT_TRUE(wait_until([&] { return count("pg_locks where not granted") > 0; }));
  scheduler_.kill_now();
  // The statement had reached PostgreSQL: it dies too.
  sql_of_test(other, "select pg_terminate_backend(pid, 5000) from pg_locks where not granted");
  sql_of_test(other, "rollback");
  EXPECT_EQ(count("carrier_polls where what = 'dlr' and asking_since is not null"), 1);
  EXPECT_EQ(count("messages where status = 5"), 0);
  sql_of_test(pg(), "update carrier_polls set leased_until = now()");  // a minute later
  scheduler_ = service_->scheduler(600);
  EXPECT_TRUE(delivered(1));
  EXPECT_GE(infobip_.logs(), 1);
}

TEST_F(CarrierPollTest, ABadReportKeepsNoOtherBack) {
  begin();
  submit(2);
  infobip_.report("IB-1", "DELIVERED_TO_HANDSET");
  infobip_.raw_report(R"({"messageId":"","status":{}})");
  infobip_.raw_report("7");
  infobip_.report("IB-2", "DELIVERED_TO_HANDSET");
  EXPECT_TRUE(delivered(2));
}

// With four entries a call, what was lost over some hours needs its span halved.
TEST_F(CarrierPollTest, FullAnswersAreFollowedAndALongLogIsReadInParts) {
  begin("4");
  submit(7);
  for (int i = 1; i <= 3; ++i) infobip_.report("IB-" + std::to_string(i), "DELIVERED_TO_HANDSET");
  EXPECT_TRUE(delivered(3));
  infobip_.slow(900ms);
  for (int i = 4; i <= 7; ++i) {
    infobip_.report("IB-" + std::to_string(i), "DELIVERED_TO_HANDSET", now() - i * 2h);
  }
  ASSERT_TRUE(wait_until([&] { return infobip_.all_given(); }));
  infobip_.slow(0ms);
  EXPECT_TRUE(delivered(7));
  EXPECT_GT(infobip_.logs(), 2);
}

}  // namespace carrier_poll_test
}  // namespace dundun
