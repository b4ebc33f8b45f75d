// Real SMPP on a bad day: an SMSC that drops answers, sends receipts before them and out of order,
// throttles and cuts the link, while Kannel, the guard and our own processes are killed.
// DUNDUN_FULL=1: 20,000 messages.
#include <gtest/gtest.h>

#include <atomic>
#include <map>
#include <thread>

#include "tests/support/disturbance.h"
#include "tests/support/kannel.h"
#include "tests/support/smsc_simulator.h"

namespace dundun {
namespace kannel_chaos_test {

using namespace std::chrono_literals;

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
  void start(const SmscSimulator::Behaviour& behaviour) {
    smsc_ = std::make_unique<SmscSimulator>(behaviour);
    const int port = free_port();
    kannel_ = std::make_unique<KannelGateway>(smsc_->port(), port);
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
  int64_t count(const std::string& where) {
    return number_of(service_->pg(), "select count(*) from messages where " + where);
  }

  static constexpr int64_t kMicros = 100'000'000'000;
  std::unique_ptr<SmscSimulator> smsc_;
  std::unique_ptr<KannelGateway> kannel_;
  std::unique_ptr<Service> service_;
  int64_t account_ = 0;
  std::string key_;
};

TEST_F(KannelChaosTest, NothingIsSentTwiceAndEveryMessageEnds) {
  const int messages = full_size() ? 20'000 : 500;
  SmscSimulator::Behaviour bad;
  bad.drop_answers = 0.05;
  bad.receipts_first = 0.1;
  bad.throttled = full_size() ? 0.0002 : 0.001;
  bad.busy = 0.02;
  bad.busy_with = {kSmppSystemError, kSmppReceiverBusy};
  start(bad);
  Schedulers schedulers(*service_, 2);
  std::atomic<int> accepted{0};
  std::vector<std::thread> clients;
  constexpr int kClients = 32;
  for (int c = 0; c < kClients; ++c) {
    clients.emplace_back([&, c] {
      send_some(*service_, key_, messages * c / kClients, messages * (c + 1) / kClients, accepted);
    });
  }
  const std::vector<std::function<void()>> disturbances{
      [&] { kannel_->kill_bearerbox(); },
      [&] { smsc_->disconnect_all(); },
      [&] {
        service_->worker(0).kill_now();
        service_->start_worker(0);
      },
      [&] { kannel_->kill_guard(); },
      [&] { schedulers.kill_one(); },
      [&] { kannel_->kill_bearerbox(); },
      [&] { smsc_->disconnect_all(); },
  };
  const int steps = static_cast<int>(disturbances.size());
  for (int step = 0; step < steps; ++step) {
    wait_until([&] { return accepted >= messages * (step + 1) / (steps + 1); }, 600);
    disturbances[static_cast<size_t>(step)]();
  }
  for (std::thread& client : clients) client.join();
  EXPECT_TRUE(
      wait_until([&] { return count("status in (5, 6)") == messages; }, full_size() ? 900 : 150))
      << count("status in (5, 6)") << " ended of " << messages;

  std::map<std::string, int> handsets;
  int dropped = 0;
  for (const auto& taken : smsc_->taken()) {
    ++handsets[taken.message.destination];
    dropped += taken.answered ? 0 : 1;
  }
  int twice = 0;
  for (const auto& [to, times] : handsets) twice += times > 1 ? 1 : 0;
  EXPECT_EQ(twice, 0);
  const int64_t delivered = count("status = 5"), unknown = count("error_code = 'SUBMIT_UNKNOWN'");
  std::printf(
      "kannel chaos: %d sent, %zu at handsets, %lld delivered, %lld in doubt, %d answers lost\n",
      messages, handsets.size(), static_cast<long long>(delivered), static_cast<long long>(unknown),
      dropped);
  EXPECT_EQ(delivered + unknown, messages);
  EXPECT_EQ(count("status = 6 and not refunded"), 0);
  // Every receipt of a message that is not in doubt found it.
  EXPECT_EQ(number_of(service_->pg(), "select count(*) from receipt_inbox"), 0);
  // What is in doubt lost its answer, or was under way at one of the blows.
  constexpr int kWindow = 50;
  EXPECT_LE(unknown, dropped + kWindow * steps);
  EXPECT_GE(delivered, static_cast<int64_t>(handsets.size()) - dropped - kWindow * steps);
  EXPECT_EQ(number_of(service_->pg(), "select balance_micros from wallets where environment = 0"),
            kMicros - delivered * 1'200'000);
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
  std::atomic<int> accepted{0};
  std::vector<std::thread> clients;
  constexpr int kClients = 8;
  for (int c = 0; c < kClients; ++c) {
    clients.emplace_back([&, c] {
      send_some(*service_, key_, messages * c / kClients, messages * (c + 1) / kClients, accepted);
    });
  }
  for (int burst = 1; burst <= 4; ++burst) {
    wait_until([&] { return accepted >= messages * burst / 5; });
    smsc_->behave(burst % 2 == 1 ? busy : SmscSimulator::Behaviour{});
  }
  for (std::thread& client : clients) client.join();
  EXPECT_TRUE(wait_until([&] { return count("status = 5") == messages; }, 150))
      << count("status = 5") << " delivered of " << messages;
  std::map<std::string, int> handsets;
  for (const auto& taken : smsc_->taken()) ++handsets[taken.message.destination];
  for (const auto& [to, times] : handsets) EXPECT_EQ(times, 1) << to;
  EXPECT_EQ(static_cast<int>(handsets.size()), messages);
  EXPECT_EQ(count("refunded"), 0);
  EXPECT_EQ(service_->reconcile(), 0);
}

}  // namespace kannel_chaos_test
}  // namespace dundun
