// Real SMPP on a bad day: an SMSC that drops answers, sends receipts before them and out of order,
// throttles, refuses, is busy in bursts and cuts the link, while Kannel, the guard and our own
// processes are killed. The day is short: the guard forgets after KEEP_S of a minute, or less, and
// Kannel stays away for longer than that. DUNDUN_FULL=1: 20,000 messages.
#include <gtest/gtest.h>

#include <atomic>
#include <map>
#include <set>
#include <thread>

#include "tests/support/disturbance.h"
#include "tests/support/kannel.h"
#include "tests/support/smsc_simulator.h"

namespace dundun {
namespace kannel_chaos_test {

using namespace std::chrono_literals;

constexpr uint32_t kInvalidRecipient = 0x0b;

std::string number_for(int i) {
  std::string digits = std::to_string(i);
  return "254712" + std::string(6 - digits.size(), '0') + digits;
}

// Each send has a key and is repeated with it until it has a final answer.
void send_some(Service& service, const std::string& key, int from, int to,
               std::atomic<int>& accepted) {
  HttpClient client(service.http_address(), 10);
  for (int i = from; i < to; ++i) {
    const std::string body = R"({"to":"+)" + number_for(i) + R"(","text":"Ticket )" +
                             std::to_string(i) + R"( for Gate 4"})";
    const bool answered = wait_until([&] {
      const HttpAnswer answer = client.post(key, "/api/messages/send", body,
                                            {{"Idempotency-Key", "t" + std::to_string(i)}});
      if (answer.status != 200) std::this_thread::sleep_for(20ms);
      return answer.status == 200;
    });
    EXPECT_TRUE(answered) << i;
    ++accepted;
  }
}

class KannelChaosTest : public testing::Test {
 protected:
  void start(const SmscSimulator::Behaviour& behaviour,
             std::vector<std::string> guard_arguments = {"2", "--doubt-s=5"}) {
    smsc_ = std::make_unique<SmscSimulator>(behaviour);
    const int port = free_port();
    kannel_ = std::make_unique<KannelGateway>(smsc_->port(), port, std::move(guard_arguments));
    kannel_->start();
    Service::Options options;
    options.messages_workers = 2;
    options.http_port = port;
    options.environment = {{"CARRIER_SECRETS_DIR", kannel_->secrets_folder()},
                           {"SUBMIT_LEASE_MS", "10000"}};
    const std::string database = Stack::shared().fresh_database();
    Pg before({.url = database});
    kannel_->take_over(before, Stack::shared().redis_url());
    service_ = std::make_unique<Service>(database, options);
    account_ = seed_account(service_->pg(), {.live_micros = kMicros});
    key_ = seed_key(service_->pg(), account_);
  }
  void begin_sending(int messages) {
    constexpr int kClients = 32;
    for (int c = 0; c < kClients; ++c) {
      clients_.emplace_back([this, messages, c] {
        send_some(*service_, key_, messages * c / kClients, messages * (c + 1) / kClients,
                  accepted_);
      });
    }
  }
  void finish_sending() {
    for (std::thread& client : clients_) client.join();
    clients_.clear();
  }
  // How often each number got a text.
  std::map<std::string, int> handsets() const {
    std::map<std::string, int> times;
    for (const auto& taken : smsc_->taken()) ++times[taken.message.destination];
    return times;
  }
  std::set<std::string> numbers(const std::string& where) {
    const PgRows rows = sql_of_test(service_->pg(), "select phone from messages where " + where);
    std::set<std::string> found;
    for (int row = 0; row < rows.size(); ++row) found.emplace(rows.text(row, 0).substr(1));
    return found;
  }
  // What happened to the message for this number, for the reader of a failure.
  std::string story(const std::string& to) {
    const PgRows rows = sql_of_test(
        service_->pg(),
        "select string_agg(concat_ws(' ', e.at::time, e.event, e.event_key, e.detail), E'\\n' "
        "order by e.at) from message_events e join messages m using (account_id, message_id) "
        "where m.phone = '+" +
            to + "'");
    return to + ", submitted " + std::to_string(smsc_->asked(to)) + " times:\n" +
           std::string(rows.text(0, 0)) + "\n";
  }
  // What a person who pays may expect.
  void expect_fair(const std::map<std::string, int>& handsets) {
    int twice = 0, refunded_and_arrived = 0;
    for (const auto& [to, times] : handsets) twice += times > 1 ? 1 : 0;
    for (const std::string& to : numbers("refunded")) {
      if (handsets.contains(to) && ++refunded_and_arrived == 1)
        std::printf("%s", story(to).c_str());
    }
    EXPECT_EQ(twice, 0);
    EXPECT_EQ(refunded_and_arrived, 0);
    EXPECT_EQ(numbers("not refunded").size(), handsets.size()) << "paid, and at no handset";
    EXPECT_EQ(number_of(service_->pg(), "select count(*) from receipt_inbox"), 0);
    EXPECT_EQ(number_of(service_->pg(), "select balance_micros from wallets where environment = 0"),
              kMicros - static_cast<int64_t>(handsets.size()) * 1'200'000);
    EXPECT_EQ(service_->reconcile(), 0);
  }
  int64_t count(const std::string& where) {
    return number_of(service_->pg(), "select count(*) from messages where " + where);
  }

  static constexpr int64_t kMicros = 100'000'000'000;
  std::unique_ptr<SmscSimulator> smsc_;
  std::unique_ptr<KannelGateway> kannel_;
  std::unique_ptr<Service> service_;
  int64_t account_ = 0;
  std::string key_;
  std::atomic<int> accepted_{0};
  std::vector<std::thread> clients_;
};

SmscSimulator::Behaviour bad_day() {
  SmscSimulator::Behaviour bad;
  bad.drop_answers = 0.05;
  bad.receipts_first = 0.1;
  bad.throttled = full_size() ? 0.0002 : 0.001;
  bad.busy = 0.02;
  bad.busy_with = {kSmppSystemError, kSmppReceiverBusy};
  for (int i = 50; i < 20'000; i += 100) bad.answers[number_for(i)] = {kInvalidRecipient};
  return bad;
}

TEST_F(KannelChaosTest, NothingIsSentTwiceAndEveryMessageEnds) {
  const int messages = full_size() ? 20'000 : 500, keep_s = full_size() ? 60 : 10;
  const SmscSimulator::Behaviour bad = bad_day();
  SmscSimulator::Behaviour worse = bad;  // a burst
  worse.busy = 0.9;
  start(bad, {"2", std::to_string(keep_s), "--doubt-s=" + std::to_string(keep_s / 2)});
  Schedulers schedulers(*service_, 2);
  begin_sending(messages);
  const auto burst = [&] {
    smsc_->behave(worse);
    const int before = accepted_;
    wait_until([&] { return accepted_ >= before + messages / 50; }, 10);
    std::this_thread::sleep_for(full_size() ? 5s : 500ms);
    smsc_->behave(bad);
  };
  const std::vector<std::function<void()>> disturbances{
      [&] {  // what Kannel has on its disk comes when the guard has forgotten
        kannel_->kill_boxes();
        std::this_thread::sleep_for(std::chrono::seconds(keep_s + 2));
        kannel_->kill_guard();
        kannel_->start_boxes();
      },
      [&] { kannel_->kill_bearerbox(); },
      burst,
      [&] { smsc_->disconnect_all(); },
      [&] {
        service_->worker(0).kill_now();
        service_->start_worker(0);
      },
      [&] { kannel_->kill_guard(); },
      burst,
      [&] { schedulers.kill_one(); },
      [&] { smsc_->disconnect_all(); },
  };
  const int steps = static_cast<int>(disturbances.size());
  for (int step = 0; step < steps; ++step) {
    wait_until([&] { return accepted_ >= messages * (step + 1) / (steps + 1); }, 600);
    disturbances[static_cast<size_t>(step)]();
  }
  finish_sending();
  EXPECT_TRUE(
      wait_until([&] { return count("status in (5, 6)") == messages; }, full_size() ? 900 : 150))
      << count("status in (5, 6)") << " ended of " << messages;
  // The guard forgets all of it, and Kannel and we start anew: nothing comes again.
  const size_t before = smsc_->taken_count();
  std::this_thread::sleep_for(std::chrono::seconds(keep_s + 2));
  kannel_->kill_guard();
  kannel_->kill_bearerbox();
  schedulers.kill_one();
  std::this_thread::sleep_for(4s);  // Kannel connects again after 2 s
  EXPECT_EQ(smsc_->taken_count(), before);

  const std::map<std::string, int> at_handsets = handsets();
  int dropped = 0;
  for (const auto& taken : smsc_->taken()) dropped += taken.answered ? 0 : 1;
  const int64_t delivered = count("status = 5"), unknown = count("error_code = 'SUBMIT_UNKNOWN'"),
                refused = count("carrier_error_code = '0x0B'");
  std::printf(
      "kannel chaos: %d sent, %zu at handsets, %lld delivered, %d answers lost, %lld refused, "
      "%lld in doubt\n",
      messages, at_handsets.size(), static_cast<long long>(delivered), dropped,
      static_cast<long long>(refused), static_cast<long long>(unknown));
  EXPECT_EQ(delivered + refused + unknown, messages);
  // What is in doubt was under way at one of the blows, or in Kannel's queue at night.
  constexpr int kWindow = 50, kQueue = 1000;
  EXPECT_LE(unknown, kWindow * steps + std::min(kQueue, messages / 4));
  EXPECT_GT(refused, 0);
  for (int i = 50; i < messages; i += 100) EXPECT_FALSE(at_handsets.contains(number_for(i)));
  expect_fair(at_handsets);
}

// An SMSC that writes its receipts in options only.
TEST_F(KannelChaosTest, EveryReceiptInOptionsIsJudged) {
  const int messages = full_size() ? 20'000 : 400;
  SmscSimulator::Behaviour options;
  options.form = SmscSimulator::Behaviour::Form::kOptions;
  options.undelivered = 0.1;
  options.receipt_after_max = 500ms;
  start(options);
  Schedulers schedulers(*service_, 1);
  begin_sending(messages);
  wait_until([&] { return accepted_ >= messages / 2; }, 600);
  options.by_data_sm = true;
  smsc_->behave(options);
  finish_sending();
  EXPECT_TRUE(
      wait_until([&] { return count("status in (5, 6)") == messages; }, full_size() ? 300 : 60))
      << count("status in (5, 6)") << " judged of " << messages;
  const std::set<std::string> delivered = numbers("status = 5"),
                              failed = numbers("error_code = 'UNDELIV'");
  int wrong = 0;
  for (const auto& taken : smsc_->taken()) {
    const auto& rightly = taken.stat == "DELIVRD" ? delivered : failed;
    wrong += rightly.contains(taken.message.destination) ? 0 : 1;
  }
  std::printf("receipts in options: %zu delivered, %zu undelivered, %zu confirmed\n",
              delivered.size(), failed.size(), smsc_->receipts_answered());
  EXPECT_EQ(wrong, 0);
  EXPECT_EQ(static_cast<int>(delivered.size() + failed.size()), messages);
  EXPECT_GT(failed.size(), 0u);
  EXPECT_EQ(count("carrier_error_code = '34'"), static_cast<int64_t>(failed.size()));
  EXPECT_TRUE(wait_until([&] { return smsc_->receipts_pending() == 0; }));
  EXPECT_EQ(service_->reconcile(), 0);
}

// Bursts in which the SMSC takes almost nothing, with what Kannel calls temporary.
TEST_F(KannelChaosTest, BurstsOfABusySmscDoubleNothingAndRefundNothing) {
  const int messages = full_size() ? 5'000 : 300;
  SmscSimulator::Behaviour busy;
  busy.busy = 0.9;
  busy.busy_with = {kSmppSystemError, kSmppReceiverBusy};
  start({});
  Schedulers schedulers(*service_, 2);
  begin_sending(messages);
  for (int burst = 1; burst <= 4; ++burst) {
    wait_until([&] { return accepted_ >= messages * burst / 5; });
    smsc_->behave(burst % 2 == 1 ? busy : SmscSimulator::Behaviour{});
  }
  finish_sending();
  EXPECT_TRUE(wait_until([&] { return count("status = 5") == messages; }, 150))
      << count("status = 5") << " delivered of " << messages;
  const std::map<std::string, int> at_handsets = handsets();
  EXPECT_EQ(static_cast<int>(at_handsets.size()), messages);
  EXPECT_EQ(count("refunded"), 0);
  expect_fair(at_handsets);
}

}  // namespace kannel_chaos_test
}  // namespace dundun
