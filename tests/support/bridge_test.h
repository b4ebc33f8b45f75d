// A ws-bridge process on real PostgreSQL and Redis, and what its tests do to it.
#pragma once

#include <gtest/gtest.h>
#include <unistd.h>

#include <csignal>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "common/io/crypto.h"
#include "common/io/pg.h"
#include "common/io/redis.h"
#include "common/journal/changes/wallet.h"
#include "common/journal/message_event.h"
#include "common/journal/publisher.h"
#include "tests/support/process.h"
#include "tests/support/seed.h"
#include "tests/support/stack.h"
#include "tests/support/ws_client.h"

namespace dundun {

inline const std::string kAuthOk = R"({"type":"auth_ok"})";
inline const std::string kPing = R"({"type":"ping"})";
inline const std::string kPong = R"({"type":"pong"})";
inline const std::string kResync = R"({"type":"resync_required"})";
inline const std::string kMessageEvents = R"("message_status","balance_update","notification")";

// `more`: further members, each after a comma.
inline std::string auth_frame(const std::string& key, const std::string& more = {}) {
  return R"({"type":"auth","apiKey":")" + key + "\"" + more + "}";
}
inline std::string wants(const std::string& events) { return ",\"events\":[" + events + "]"; }
inline std::string from(const std::string& event_id) {
  return ",\"resume_from\":\"" + event_id + "\"";
}
inline std::string auth_error(const std::string& error) {
  return R"({"type":"auth_error","error":")" + error + R"("})";
}

// An event as the journal writes it, with its id.
struct SampleEvent {
  Uuid id = new_uuid7();
  std::string line;
  std::string json() const { return line.substr(0, line.find('\t')); }
  std::string id_text() const { return event_id_text(id); }
};

inline SampleEvent status_event(MessageStatus status = MessageStatus::kSubmitted,
                                std::string_view app_id = {}, std::string_view error = {}) {
  SampleEvent event;
  event.line = message_status_event({.event_id = event.id,
                                     .message_id = new_uuid7(),
                                     .status = status,
                                     .dlr_word = {},
                                     .app_id = app_id,
                                     .carrier_message_id = "rc-9",
                                     .error = error},
                                    now());
  return event;
}

inline SampleEvent sample_balance(Micros micros) {
  SampleEvent event;
  event.line = balance_event(event.id, micros, "KES");
  return event;
}

class BridgeTest : public testing::Test {
 protected:
  using Settings = std::map<std::string, std::string>;

  // One more; the last one is `bridge_`.
  void start(const Settings& settings = {}) {
    Settings all{{"DATABASE_URL", database_},
                 {"REDIS_URL", Stack::shared().redis_url()},
                 {"WS_LISTEN", "unix:" + socket_},
                 {"WS_ALLOWED_ORIGINS", "https://portal.example"}};
    for (const auto& [name, value] : settings) all[name] = value;
    const int64_t ears = control_ears();
    bridge_ = Process({.command = {Stack::shared().binary("ws-bridge")},
                       .environment = all,
                       .log = Stack::shared().folder() + "/ws-bridge.log",
                       .folder = ""});
    ASSERT_TRUE(wait_until([&] { return control_ears() > ears && connect().status() == 101; }));
  }

  WsClient connect(std::vector<std::string> headers = {}, const std::string& query = {}) {
    return WsClient(
        {.address = "unix:" + socket_, .path = "/ws" + query, .headers = std::move(headers)});
  }

  // Hears the first dialect unless `more` says otherwise.
  WsClient connect_with(const std::string& key, const std::string& more = wants(kMessageEvents)) {
    WsClient client = connect();
    EXPECT_TRUE(client.send_text(auth_frame(key, more)));
    EXPECT_EQ(client.next_text(), kAuthOk);
    return client;
  }

  std::string add_key(int64_t account, KeyKind kind = KeyKind::kLive,
                      const char* scopes = "{query}") {
    return seed_key(pg_, account, kind, scopes);
  }

  // A key of an app of the account, 1 app or 2 admin.
  std::string add_app_key(int64_t account, const std::string& app_id, int role = 1) {
    const std::string owner = std::to_string(account);
    sql_of_test(pg_, "insert into apps (account_id, app_id, name, role) values (" + owner + ", '" +
                         app_id + "', 'till', " + std::to_string(role) + ")");
    const std::string key = add_key(account);
    sql_of_test(pg_, "update api_keys set app_id = '" + app_id + "' where key_hash = '\\x" +
                         to_hex(sha256(key)) + "'");
    return key;
  }

  std::string add_session(int64_t account, int lifetime_s = 600) {
    const std::string token = to_hex(random_bytes(32));
    const int64_t user = seed_user(pg_, account, to_hex(random_bytes(6)) + "@example.com");
    sql_of_test(pg_,
                "insert into sessions (token_hash, account_id, user_id, expires_at) values"
                " ('\\x" +
                    to_hex(sha256(token)) + "', " + std::to_string(account) + ", " +
                    std::to_string(user) + ", now() + interval '" + std::to_string(lifetime_s) +
                    " s')");
    return token;
  }

  void revoke(const std::string& key) {
    sql_of_test(pg_, "update api_keys set is_active = false where key_hash = '\\x" +
                         to_hex(sha256(key)) + "'");
    ASSERT_TRUE(redis_.run({"PUBLISH", "control", "config"}));
  }

  std::string tenant_of(int64_t account) {
    return std::string(sql_of_test(pg_, "select tenant_id from accounts where account_id = " +
                                            std::to_string(account))
                           .text(0, 0));
  }

  // As the journal does after a commit; all in one piece.
  void publish(int64_t account, const std::vector<std::string>& lines,
               Environment environment = Environment::kLive,
               Publishing publishing = Publishing::kFirst) {
    Publication publication;
    for (const std::string& line : lines) {
      publication.add(event_channel(account, environment), line);
    }
    ASSERT_TRUE(
        redis_.run_pipeline(publish_commands(publication, {.entries_max = 1000}, publishing)));
  }

  int64_t control_ears() {
    auto reply = redis_.run({"PUBSUB", "NUMSUB", "control"});
    return reply && reply->items.size() == 2 ? reply->items[1].integer : 0;
  }

  std::string database_ = Stack::shared().fresh_database();
  std::string socket_ = testing::TempDir() + "ws-" + std::to_string(getpid()) + ".sock";
  Pg pg_{Pg::Options{.url = database_}};
  Redis redis_{
      Redis::Options{.url = Stack::shared().redis_url(), .timeout = std::chrono::seconds(10)}};
  Process bridge_;
  int64_t account_ = seed_account(pg_);
};

}  // namespace dundun
