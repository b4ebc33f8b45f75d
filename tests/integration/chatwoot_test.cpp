// The adapter between Dundun and an API channel of Chatwoot, beside a stand-in that does as
// Chatwoot's public API reference says.
#include <algorithm>
#include <filesystem>
#include <mutex>
#include <set>

#include "tests/integration/webhooks_fixture.h"
#include "tests/support/process.h"
#include "tests/support/wait.h"

namespace dundun {
namespace chatwoot_test {

// Contacts, conversations and messages of one inbox, 7 of account 1.
class ChatwootStandIn {
 public:
  ChatwootStandIn() : server_([this](const Seen& seen) { return play(seen); }) {}
  std::string url() const { return server_.url(); }

  struct Message {
    int conversation;
    std::string content, dundun_id;
  };
  std::vector<Message> messages() {
    std::lock_guard lock(mutex_);
    return messages_;
  }
  size_t contacts() {
    std::lock_guard lock(mutex_);
    return contacts_.size();
  }
  void resolve_all() {
    std::lock_guard lock(mutex_);
    for (Conversation& one : conversations_) one.resolved = true;
  }
  // The next messages are taken, and their answer is an error.
  void lose_answers(int count) {
    std::lock_guard lock(mutex_);
    lost_ = count;
  }

 private:
  struct Conversation {
    int id, contact;
    bool resolved = false;
  };
  static std::string text_of(const JsonValue& root, const char* name) {
    const auto value = root.find(name);
    return value && value->is_string() ? std::string(value->string()) : "";
  }
  Reply play(const Seen& seen) {
    std::lock_guard lock(mutex_);
    if (!seen.headers.contains("api_access_token") ||
        seen.headers.at("api_access_token") != "agent-token") {
      return {401, R"({"errors":["Invalid Access Token"]})", ""};
    }
    const std::string base = "/api/v1/accounts/1";
    if (!seen.target.starts_with(base)) return {404, "{}", ""};
    const std::string path = seen.target.substr(base.size());
    const auto document = JsonDocument::parse(seen.body.empty() ? "{}" : seen.body);
    if (!document) return {400, "{}", ""};
    if (path.starts_with("/contacts/search?q=%2B")) return search(path.substr(22));
    if (path == "/contacts") return make_contact(document->root());
    if (path.starts_with("/contacts/")) return conversations_of(std::stoi(path.substr(10)));
    if (path == "/conversations") return make_conversation(document->root());
    if (!path.starts_with("/conversations/")) return {404, "{}", ""};
    const int conversation = std::stoi(path.substr(15));
    return seen.method == "GET" ? list(conversation) : add(conversation, document->root());
  }
  Reply search(const std::string& digits) {
    for (size_t i = 0; i < contacts_.size(); ++i) {
      if (contacts_[i] != "+" + digits) continue;
      return {200,
              R"({"meta":{"count":1},"payload":[{"id":)" + std::to_string(i + 1) +
                  R"(,"phone_number":")" + contacts_[i] + R"("}]})",
              ""};
    }
    return {200, R"({"meta":{"count":0},"payload":[]})", ""};
  }
  Reply make_contact(const JsonValue& root) {
    const std::string number = text_of(root, "phone_number");
    if (std::ranges::find(contacts_, number) != contacts_.end()) {
      return {422, R"({"message":"Phone number has already been taken"})", ""};
    }
    contacts_.push_back(number);
    return {200,
            R"({"payload":{"contact":{"id":)" + std::to_string(contacts_.size()) +
                R"(},"contact_inbox":{"source_id":"s"}}})",
            ""};
  }
  Reply conversations_of(int contact) {
    std::string found;
    for (const Conversation& one : conversations_) {
      if (one.contact != contact) continue;
      found += std::string(found.empty() ? "" : ",") + R"({"id":)" + std::to_string(one.id) +
               R"(,"inbox_id":7,"status":")" + (one.resolved ? "resolved" : "open") + R"("})";
    }
    return {200, R"({"payload":[)" + found + "]}", ""};
  }
  Reply make_conversation(const JsonValue& root) {
    const auto inbox = root.find("inbox_id"), contact = root.find("contact_id");
    if (!inbox || inbox->integer() != 7 || !contact) return {404, "{}", ""};
    const int id = static_cast<int>(conversations_.size()) + 1;
    conversations_.push_back({id, static_cast<int>(contact->integer())});
    return {200, R"({"id":)" + std::to_string(id) + R"(,"inbox_id":7})", ""};
  }
  Reply list(int conversation) {
    std::string found;
    for (const Message& one : messages_) {
      if (one.conversation != conversation) continue;
      found += std::string(found.empty() ? "" : ",") + R"({"content_attributes":{"dundun_id":")" +
               one.dundun_id + R"("}})";
    }
    return {200, R"({"payload":[)" + found + "]}", ""};
  }
  Reply add(int conversation, const JsonValue& root) {
    if (text_of(root, "message_type") != "incoming") return {422, "{}", ""};
    const auto attributes = root.find("content_attributes");
    messages_.push_back({conversation, text_of(root, "content"),
                         attributes ? text_of(*attributes, "dundun_id") : ""});
    if (lost_ > 0 && lost_-- > 0) return {502, "", ""};
    return {200, R"({"id":1})", ""};
  }

  std::mutex mutex_;
  std::vector<std::string> contacts_;  // by id, from 1 on
  std::vector<Conversation> conversations_;
  std::vector<Message> messages_;
  int lost_ = 0;
  HttpStandIn server_;  // last: it uses the others
};

class ChatwootTest : public testing::Test {
 protected:
  ChatwootTest() {
    account_ = seed_account(pg());
    key_ = seed_key(pg(), account_);
    sql_of_test(pg(),
                "insert into carriers (carrier, secret_hashes) values ('loopback', array['\\x" +
                    to_hex(sha256("carriersecret")) + "'::bytea])");
    sql_of_test(pg(),
                "insert into inbound_numbers (number, country, account_id) values "
                "('20880', 'KE', " +
                    std::to_string(account_) + ")");
    configuration_changed(pg(), Stack::shared().redis_url());
    const std::string set =
        service_.client()
            .send("PUT", "/api/webhooks",
                  {{"Authorization", "Bearer " + key_}, {"Content-Type", "application/json"}},
                  R"({"mo_url":")" + adapter_url() + R"(/dundun"})")
            .body;
    EXPECT_TRUE(contains(set, "dundun")) << set;
    secret_ = member(service_.client().get(key_, "/api/webhooks").body, "signing_secret");
    start_adapter();
    scheduler_ = service_.scheduler(600);
  }
  void start_adapter() {
    adapter_ = Process(
        {.command = {"/usr/bin/python3", Stack::shared().root() + "/deploy/chatwoot/adapter.py"},
         .environment = {{"LISTEN", "127.0.0.1:" + std::to_string(adapter_port_)},
                         {"DUNDUN_URL", "http://127.0.0.1:" + std::to_string(port_)},
                         {"DUNDUN_KEY", key_},
                         {"DUNDUN_WEBHOOK_SECRET", secret_},
                         {"CHATWOOT_URL", chatwoot_.url()},
                         {"CHATWOOT_ACCOUNT", "1"},
                         {"CHATWOOT_INBOX", "7"},
                         {"CHATWOOT_TOKEN", "agent-token"},
                         {"CHATWOOT_PATH_SECRET", "path-secret"}},
         .log = Stack::shared().folder() + "/adapter.log",
         .folder = {}});
    ASSERT_TRUE(wait_until([&] { return post("/nowhere", "{}") == 404; }));
  }
  std::string adapter_url() const { return "http://127.0.0.1:" + std::to_string(adapter_port_); }
  Pg& pg() { return service_.pg(); }
  // The adapter's status.
  int post(const std::string& path, const std::string& body,
           const std::vector<std::string>& more = {}) {
    const std::string out = Stack::shared().folder() + "/chatwoot-answer";
    std::vector<std::string> command{
        "curl",          "-s", "--noproxy",         "*", "-o", out, "-w", "%{http_code}",
        "--data-binary", body, adapter_url() + path};
    command.insert(command.end(), more.begin(), more.end());
    const std::string log = Stack::shared().folder() + "/chatwoot-status";
    std::filesystem::remove(log);
    (void)run_command(command, {}, log);
    answer_ = read_file(out);
    return std::atoi(read_file(log).c_str());
  }
  static std::string answer_event(int id, const std::string& text, const std::string& more = "",
                                  const std::string& number = "+254712345678") {
    return R"({"event":"message_created","id":)" + std::to_string(id) + R"(,"content":")" + text +
           R"(","message_type":"outgoing","private":false,"account":{"id":1},"inbox":{"id":7},)" +
           R"("conversation":{"id":3,"contact_inbox":{"source_id":"s"},"meta":{"sender":{"id":1,)" +
           R"("phone_number":")" + number + R"("}}})" + more + "}";
  }
  int answered(const std::string& event) { return post("/chatwoot/path-secret", event); }
  void text_in(const std::string& id, const std::string& text,
               const std::string& from = "254712345678") {
    const HttpAnswer taken = service_.client().send(
        "POST", "/carrier/loopback/carriersecret/mo", {{"Content-Type", "application/json"}},
        R"({"id":")" + id + R"(","from":")" + from + R"(","to":"20880","text":")" + text + R"("})");
    EXPECT_EQ(taken.status, 200) << taken.body;
  }
  bool shown(size_t messages) {
    return wait_until([&] { return chatwoot_.messages().size() == messages; });
  }
  int64_t sent() { return number_of(pg(), "select count(*) from messages"); }

  const int port_ = free_port(), adapter_port_ = free_port();
  ChatwootStandIn chatwoot_;
  Service service_{
      Stack::shared().fresh_database(),
      {.environment = {{"OUTBOUND_ALLOWED_ADDRESSES", "127.0.0.1"}}, .http_port = port_}};
  int64_t account_ = 0;
  std::string key_, secret_, answer_;
  Process adapter_, scheduler_;
};

TEST_F(ChatwootTest, TextsBecomeConversationsAndAnswersAreSent) {
  text_in("1", "Is the van there?");
  ASSERT_TRUE(shown(1));
  text_in("2", "Hello? \xF0\x9F\x98\x80");
  text_in("3", "From another", "254712345679");
  ASSERT_TRUE(shown(3));
  const auto messages = chatwoot_.messages();
  EXPECT_EQ(messages[0].content, "Is the van there?");
  EXPECT_EQ(chatwoot_.contacts(), 2u);
  std::set<int> conversations;
  for (const auto& one : messages) conversations.insert(one.conversation);
  EXPECT_EQ(conversations.size(), 2u) << "one a contact";
  chatwoot_.resolve_all();
  text_in("4", "One more thing");
  ASSERT_TRUE(shown(4));
  EXPECT_EQ(chatwoot_.messages()[3].conversation, 3) << "a new one";

  EXPECT_EQ(answered(answer_event(91, "It is outside")), 200);
  EXPECT_EQ(answered(answer_event(91, "It is outside")), 200) << "the agent presses Retry";
  EXPECT_EQ(sent(), 1);
  EXPECT_EQ(number_of(pg(),
                      "select count(*) from messages where phone = '+254712345678' and body = "
                      "'It is outside'"),
            1);
  EXPECT_EQ(service_.reconcile(), 0);
}

TEST_F(ChatwootTest, ALostAnswerOfChatwootDoublesNothing) {
  chatwoot_.lose_answers(1);
  text_in("1", "Once");
  ASSERT_TRUE(shown(1));
  ASSERT_TRUE(wait_until([&] {
    return number_of(pg(), "select count(*) from webhook_queue where next_attempt_at > now()") == 1;
  }));
  sql_of_test(pg(), "update webhook_lanes set not_before = '-infinity'");
  sql_of_test(pg(), "update webhook_queue set next_attempt_at = now()");
  ASSERT_TRUE(
      wait_until([&] { return number_of(pg(), "select count(*) from webhook_queue") == 0; }));
  EXPECT_EQ(chatwoot_.messages().size(), 1u);
}

TEST_F(ChatwootTest, WhatIsNoAnswerIsNotSent) {
  EXPECT_EQ(answered(answer_event(1, "note", R"(,"private":true)")), 200);
  EXPECT_EQ(answered(R"({"event":"conversation_updated","id":1})"), 200);
  std::string other = answer_event(2, "x");
  other.replace(other.find(R"("inbox":{"id":7})"), 16, R"("inbox":{"id":8})");
  EXPECT_EQ(answered(other), 200);
  std::string incoming = answer_event(3, "x");
  incoming.replace(incoming.find("outgoing"), 8, "incoming");
  EXPECT_EQ(answered(incoming), 200);
  EXPECT_EQ(answered(answer_event(4, " ")), 422);
  EXPECT_TRUE(contains(answer_, "no attachments")) << answer_;
  EXPECT_EQ(answered(answer_event(5, "x", "", "0712")), 422);
  EXPECT_TRUE(contains(answer_, "phone number")) << answer_;
  EXPECT_EQ(answered("[1]"), 400);
  EXPECT_EQ(answered("{"), 200) << "no event";
  EXPECT_EQ(sent(), 0);
}

TEST_F(ChatwootTest, StrangersChangeNothing) {
  const std::string text =
      R"({"event":"message.inbound","message_id":"mo_1","from":"+254712345678","text":"x"})";
  EXPECT_EQ(post("/chatwoot/guessed", answer_event(1, "x")), 404);
  EXPECT_EQ(post("/dundun", text), 401);
  EXPECT_EQ(
      post("/dundun", text,
           {"-H", "webhook-id: 1", "-H", "webhook-timestamp: 1", "-H", "webhook-signature: v1,x"}),
      401);
  EXPECT_EQ(sent(), 0);
  EXPECT_EQ(chatwoot_.messages().size(), 0u);
}

TEST_F(ChatwootTest, ARefusalOfDundunIsShownToTheAgent) {
  sql_of_test(pg(), "update wallets set balance_micros = 0");
  EXPECT_EQ(answered(answer_event(1, "x")), 422);
  EXPECT_TRUE(contains(answer_, "Dundun answered 402")) << answer_;
}

}  // namespace chatwoot_test
}  // namespace dundun
