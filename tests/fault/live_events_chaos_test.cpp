// Clients are cut at random moments, the bridge is killed twice and Redis flushed once, while
// messages move: what each client heard is the published sequence without a hole, but for those
// after a resync_required. Then it asks REST, as the documentation says, and in the end every
// client knows how every message ended.
#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <map>
#include <random>

#include "common/io/json.h"
#include "common/journal/events.h"
#include "common/journal/journal.h"
#include "tests/support/disturbance.h"
#include "tests/support/ws_client.h"

namespace dundun {
namespace live_events_chaos_test {

using namespace std::chrono_literals;

constexpr int kThreads = 8;

// The further a message is, the higher.
int rank(std::string_view status) {
  return status == "delivered" ? 3 : status == "submitted" ? 2 : 1;
}

// One customer's page: reconnects, resumes and catches up as the documentation tells it to.
class Watcher {
 public:
  Watcher(const Service& service, const std::string& key) : service_(&service), key_(&key) {}

  // Everything that is there now.
  void read() {
    if (!client_ && !connect()) return;
    while (const auto text = client_->next_text(0ms)) hear(*text);
    if (client_->ended()) client_.reset();
  }
  void cut() { client_.reset(); }

  static constexpr const char* kAskedRest = "asked REST";
  const std::vector<std::string>& heard() const { return heard_; }
  // How many messages it knows to be delivered.
  int64_t knows_delivered() const {
    return std::ranges::count_if(view_, [](const auto& one) { return one.second == 3; });
  }

 private:
  bool connect() {
    WsClient client({.address = "unix:" + service_->http_address()});
    std::string frame = R"({"type":"auth","events":["message_status"],"apiKey":")" + *key_ + "\"";
    if (!last_.empty()) frame += R"(,"resume_from":")" + last_ + "\"";
    if (client.status() != 101 || !client.send_text(frame + "}")) return false;
    client_.emplace(std::move(client));
    return true;
  }

  void hear(const std::string& text) {
    const auto event = JsonDocument::parse(text);
    ASSERT_TRUE(event) << text;
    const std::string_view type = event->root().find("type")->string();
    // A page that has nothing to resume from begins with REST too: on a busy machine that can be
    // after the last event.
    const bool begins = type == "auth_ok" && last_.empty();
    if (type == "resync_required" || begins) {
      heard_.push_back(kAskedRest);
      catch_up();
    }
    if (type != "message_status") return;
    last_ = event->root().find("event_id")->string();
    heard_.push_back(last_);
    learn(event->root().find("message_id")->string(), event->root().find("status")->string());
  }

  // By REST, page by page until one tells nothing new; what happens meanwhile comes as events.
  void catch_up() {
    HttpClient http = service_->client();
    std::string target = "/api/messages?limit=100";
    while (true) {
      const HttpAnswer page = http.get(*key_, target);
      ASSERT_EQ(page.status, 200) << page.body;
      const auto listed = JsonDocument::parse(page.body);
      ASSERT_TRUE(listed);
      std::string_view oldest;
      bool learned = false;
      for (const JsonValue& message : listed->root().find("messages")->items()) {
        oldest = message.find("id")->string();
        learned |= learn(oldest, message.find("status")->string());
      }
      if (!learned) return;
      target = "/api/messages?limit=100&after=" + std::string(oldest);
    }
  }

  // Whether that was news.
  bool learn(std::string_view message_id, std::string_view status) {
    int& known = view_[std::string(message_id)];
    if (rank(status) <= known) return false;
    known = rank(status);
    return true;
  }

  const Service* service_;
  const std::string* key_;
  std::optional<WsClient> client_;
  std::string last_;
  std::vector<std::string> heard_;
  std::map<std::string, int> view_;  // message -> rank of its status
};

AdvanceMessage step(const AcceptMessage& accept, const Claim& claim, MessageStatus to) {
  AdvanceMessage change{};
  change.account_id = accept.account_id;
  change.environment = accept.environment;
  change.message_id = accept.message_id;
  change.to = to;
  change.event = change.event_key = status_name(to);
  change.detail = "moved";
  if (to != MessageStatus::kSubmitted) return change;
  change.dispatch = DispatchStep::kFinish;
  change.claim = claim;
  change.claimed_as = MessageStatus::kQueued;
  return change;
}

// One message through three states, each committed.
void move_message(Journal& journal, int64_t account) {
  AcceptMessage accept{};
  accept.account_id = account;
  accept.message_id = new_uuid7();
  accept.phone = "+254712345678";
  accept.body = "Gate 4";
  accept.sender = "Kijani";
  accept.route = "ESMS_KE";
  accept.country = "KE";
  accept.segments = 1;
  accept.encoding = Encoding::kGsm7;
  accept.cost_currency = accept.route_currency = "KES";
  accept.cost_micros = accept.route_cost_micros = 1000;
  accept.description = "SMS";
  accept.source = "api_key";
  const auto accepted = journal.commit_all({accept});
  ASSERT_TRUE(accepted[0] && accepted[0]->outcome == CommitResult::Outcome::kCommitted);
  for (const MessageStatus to : {MessageStatus::kSubmitted, MessageStatus::kDelivered}) {
    const auto moved = journal.commit_all({step(accept, accepted[0]->claim, to)});
    ASSERT_TRUE(moved[0] && moved[0]->outcome == CommitResult::Outcome::kCommitted);
  }
}

// The ids of what was published, in order, as redis-cli heard it.
std::vector<std::string> published(const std::string& log) {
  std::vector<std::string> ids;
  std::ifstream file(log);
  for (std::string line; std::getline(file, line);) {
    if (line.find("message_status") == std::string::npos) continue;
    ids.push_back(line.substr(line.find("evt_"), 36));
  }
  return ids;
}

// Holes in what was heard that no resync_required announced, and that REST did not fill.
int holes(const Watcher& watcher, const std::map<std::string, size_t>& places) {
  int wrong = 0;
  std::optional<size_t> last;
  bool asked_rest = false;
  for (const std::string& id : watcher.heard()) {
    if (id == Watcher::kAskedRest) {
      asked_rest = true;
      continue;
    }
    const size_t place = places.at(id);
    if (last && (asked_rest ? place <= *last : place != *last + 1)) ++wrong;
    last = place;
    asked_rest = false;
  }
  return wrong;
}

// The bridge is killed twice, and Redis forgets everything once.
void send_while_things_break(Service& service, int64_t account, int messages) {
  Journal::Options options;
  options.database_url = service.database();
  options.redis_url = Stack::shared().redis_url();
  // Nobody publishes here what the journal could not: a slow machine must not end that.
  options.redis_timeout = std::chrono::seconds(10);
  options.deadline = options.statement_timeout = std::chrono::minutes(1);
  Journal journal(options);
  std::atomic<int> left{messages};
  std::vector<std::jthread> senders;
  for (int t = 0; t < kThreads; ++t) {
    senders.emplace_back([&] {
      while (left.fetch_sub(1) > 0) move_message(journal, account);
    });
  }
  for (const double part : {0.75, 0.5, 0.25}) {
    ASSERT_TRUE(wait_until([&] { return left < messages * part; }, 600));
    if (part == 0.5) {
      flush_redis();
    } else {
      service.bridge().kill_now();
      service.start_bridge();
    }
  }
}

TEST(LiveEventsChaosTest, EveryClientHearsEverythingOrIsTold) {
  const int clients = full_size() ? 1000 : 60;
  const int messages = full_size() ? 16'700 : 900;
  Service service(Stack::shared().fresh_database(),
                  {.environment = {{"WS_CONNECTIONS_PER_ACCOUNT", "5000"},
                                   {"WS_CONNECTIONS_PER_ADDRESS", "5000"}}});
  service.start_bridge();
  const int64_t account = seed_account(service.pg());
  const std::string key = seed_key(service.pg(), account);
  flush_redis();
  const std::string log = service.handset_log() + ".published";
  Process ear({.command = {"redis-cli", "-s", Stack::shared().redis_url().substr(5), "subscribe",
                           event_channel(account, Environment::kLive)},
               .environment = {},
               .log = log,
               .folder = ""});
  ASSERT_TRUE(wait_until([&] { return std::ifstream(log).peek() != EOF; }));

  std::vector<Watcher> watchers;
  for (int i = 0; i < clients; ++i) watchers.emplace_back(service, key);
  std::atomic<bool> over{false};
  std::vector<std::jthread> readers;
  for (int t = 0; t < kThreads; ++t) {
    readers.emplace_back([&, t] {
      std::mt19937 random(static_cast<unsigned>(t) + 1);
      while (!over) {
        for (size_t i = static_cast<size_t>(t); i < watchers.size(); i += kThreads) {
          watchers[i].read();
          if (random() % 40 == 0) watchers[i].cut();
        }
        std::this_thread::sleep_for(1ms);
      }
    });
  }
  ASSERT_NO_FATAL_FAILURE(send_while_things_break(service, account, messages));
  over = true;
  readers.clear();

  const size_t expected = static_cast<size_t>(messages) * 3;
  ASSERT_TRUE(wait_until([&] { return published(log).size() >= expected; }));
  const std::vector<std::string> ids = published(log);
  EXPECT_EQ(ids.size(), expected);
  EXPECT_EQ(number_of(service.pg(), "select count(*) from messages where status = 5"), messages);
  std::map<std::string, size_t> places;
  for (size_t i = 0; i < ids.size(); ++i) places.emplace(ids[i], i);
  EXPECT_EQ(places.size(), ids.size());
  const PgRows rows = sql_of_test(
      service.pg(), "select 'evt_' || replace(event_id::text, '-', '') from message_timeline");
  for (int row = 0; row < rows.size(); ++row) {
    EXPECT_TRUE(places.contains(std::string(rows.text(row, 0))));
  }

  int asked = 0;
  for (Watcher& watcher : watchers) {
    // Not "asked REST last": that may have been at its very start.
    EXPECT_TRUE(wait_until([&] {
      watcher.read();
      return watcher.knows_delivered() == messages;
    })) << watcher.knows_delivered();
    EXPECT_EQ(holes(watcher, places), 0);
    asked += static_cast<int>(std::ranges::count(watcher.heard(), Watcher::kAskedRest));
  }
  std::printf("%d clients, %zu events, REST asked %d times\n", clients, ids.size(), asked);
}

}  // namespace live_events_chaos_test
}  // namespace dundun
