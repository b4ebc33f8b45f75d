// Descriptions of HTTP carriers: the shipped ones are good, and every wrong field is named.
#include <gtest/gtest.h>

#include "common/carrier/http/description.h"

namespace dundun {
namespace http_description_test {

const CarrierSecrets kSecrets{{"key", "k-1"},
                              {"secret", "s-1"},
                              {"broken",
                               "a\x01"
                               "b"}};

// Whole and good; the cases below break one field each.
const std::string kGood = R"({
  "url": "https://sms.example.com/send",
  "headers": {"Authorization": "Bearer {{secret.key}}"},
  "json": {"to": "{{to}}", "text": "{{text}}", "ref": "{{message_id}}"},
  "answer": {"id": "/id", "rules": [{"http": 200, "means": "accepted"}]},
  "dlr": {"id": "/id", "status": "/status", "words": {"OK": "DELIVRD"}}
})";

std::string with(const std::string& from, const std::string& to) {
  std::string text = kGood;
  const size_t at = text.find(from);
  EXPECT_NE(at, text.npos) << from;
  return text.replace(at, from.size(), to);
}
// One more member.
std::string with(const std::string& member) { return with("{\n", "{" + member + ","); }

std::string complaint(const std::string& text) {
  auto read = read_http_description(text, kSecrets);
  return read ? "none" : read.error().message;
}

TEST(HttpDescriptionTest, AGoodOneIsRead) {
  auto read = read_http_description(kGood, kSecrets);
  ASSERT_TRUE(read) << read.error().message;
  EXPECT_FALSE(read->deduplicates);
  EXPECT_FALSE(read->private_addresses);
  EXPECT_EQ(read->connections_max, 32);
  EXPECT_EQ(read->dlr->words.at("OK"), "DELIVRD");
}

TEST(HttpDescriptionTest, EveryWrongFieldIsNamed) {
  const std::pair<std::string, std::string> cases[] = {
      {"[]", "The description must be an object."},
      {with(R"("url": "https://sms.example.com/send",)", ""), "url is missing."},
      {with("https://sms.example.com/send", "ftp://x/"), "url must begin with https://"},
      {with("https://sms.example.com/send", "http://x.example/"), "url must be https"},
      {with("https://sms.example.com/send", "https:///send"), "url has no good host."},
      {with("https://sms.example.com/send", "https://a@b/send"), "url has no good host."},
      {with("https://sms.example.com/send", "https://{{to}}/"), "url has a placeholder in its"},
      {with("https://sms.example.com/send", "https://x.example/ a"), "url has a space"},
      {with(R"("method": "PUT")"), "method must be POST or GET."},
      {with(R"("method": "GET")"), "method GET has no body."},
      {with(R"("method": 7)"), "method must be a text."},
      {with(R"("querry": {})"), "querry is no field of a description."},
      {with(R"("query": {"a": 1})"), "query.a must be a text."},
      {with(R"("query": {"a": "{{nobody}}"})"), "query.a has the unknown placeholder {{nobody}}."},
      {with(R"("query": {"a": "{{to"})"), "query.a has a {{ without its }}."},
      {with(R"("query": {"a": "{{secret.no}}"})"), "query.a wants the secret no, which is not"},
      {with(R"("query": {"a": "{{secret.broken}}"})"),
       "query.a wants the secret broken, which has"},
      {with("Bearer {{secret.key}}", "{{text}}"), "headers.Authorization cannot hold {{text}}"},
      {with("Bearer {{secret.key}}", R"(a\r\nB: c)"), "headers.Authorization has control"},
      {with(R"("Authorization")", R"("Bad name")"), "headers.Bad name is no name of a header."},
      {with(R"("form": {"to": "{{to}}"})"), "form or json, not both."},
      {with("\"json\"", "\"query\""), "json or form is missing."},
      {with("{{text}}", "Hello"), "url and the rest have no {{text}}."},
      {with("{{to}}", "+254700000000"), "url and the rest have no {{to}}."},
      {with(R"("basic_auth": {"username": "u"})"), "basic_auth.password is missing."},
      {with(R"("basic_auth": "u:p")"), "basic_auth must be an object."},
      {with(R"("number_form": "local")"), "number_form must be plus or digits."},
      {with(R"("encoding_words": {"gsm7": "0"})"), "encoding_words.ucs2 is missing."},
      {with(R"("deduplicates": "yes")"), "deduplicates must be true or false."},
      {with(R"("timeout_ms": 0)"), "timeout_ms must be a whole number from 1 to 20000."},
      {with(R"("timeout_ms": 30000)"), "timeout_ms must be a whole number"},
      {with(R"("connections_max": 1.5)"), "connections_max must be a whole number"},
      {with(R"("queue_max": -1)"), "queue_max must be a whole number"},
      {with(R"("private_addresses": 1)"), "private_addresses must be true or false."},
      {with("\"answer\"", "\"answers\""), "answer is missing."},
      {with(R"("id": "/id", "rules")", R"("rules")"), "answer.id is missing: receipts"},
      {with(R"("id": "/id", "rules")", R"("id": "id", "rules")"),
       "answer.id must be a JSON pointer"},
      {with(R"("rules": [{"http": 200, "means": "accepted"}])", R"("rules": [])"),
       "answer.rules must have one that means accepted."},
      {with(R"({"http": 200, "means": "accepted"})", "7"), "answer.rules[0] must be an object."},
      {with(R"("http": 200)", R"("http": 99)"), "answer.rules[0].http must be a status"},
      {with(R"("http": 200)", R"("http": ["2xx", "6xx"])"), "answer.rules[0].http must be"},
      {with(R"("http": 200, )", ""), "answer.rules[0].http or `at` is needed."},
      {with(R"("http": 200)", R"("http": 200, "in": ["1"])"), "answer.rules[0].in needs an `at`."},
      {with(R"("http": 200)", R"("http": 200, "at": "x")"), "answer.rules[0].at must be a JSON"},
      {with(R"("means": "accepted")", R"("means": "fine")"), "answer.rules[0].means must be"},
      {with(R"("means": "accepted")", R"("means": "accepted", "code": "no good")"),
       "answer.rules[0].code must be"},
      {with(R"("means": "accepted")", R"("means": "accepted", "elsewhere": true)"),
       "answer.rules[0].elsewhere is only for"},
      {with(R"("means": "accepted")", R"("means": "accepted", "why": "x")"),
       "answer.rules[0].why is no field"},
      {with(R"("id": "/id", "status")", R"("status")"), "dlr.id is missing."},
      {with(R"("status": "/status", )", ""), "dlr.status is missing."},
      {with(R"("status": "/status")", R"("status": ["/a", "b"])"), "dlr.status must be a JSON"},
      {with(R"({"OK": "DELIVRD"})", R"({"OK": "FINE"})"), "dlr.words.OK is none of our words"},
      {with(R"("mo": {"id": "/id"})"), "mo.from is missing."},
      {with(R"("callback_proof": {})"), "callback_proof.hmac or basic is needed."},
      {with(R"("callback_proof": {"hmac": {"secret": "no", "header": "X-Signature"}})"),
       "callback_proof.hmac.secret names the secret no"},
      {with(R"("callback_proof": {"hmac": {"secret": "key", "header": "X-Other"}})"),
       "callback_proof.hmac.header must have"},
      {with(R"("receipts_url": "https://x.example/{{to}}")"), "receipts_url must have no"},
      {with("{{message_id}}", "{{callback_url}}"), "receipts_url and `secret`"},
  };
  for (const auto& [text, wanted] : cases) {
    EXPECT_TRUE(complaint(text).starts_with(wanted)) << wanted << "\n" << complaint(text);
  }
  std::string doubled = with(R"("deduplicates": true)");
  doubled.replace(doubled.find("{{message_id}}"), 14, "x");
  EXPECT_EQ(complaint(doubled), "deduplicates needs {{message_id}} in the request.");
}

TEST(HttpDescriptionTest, EveryWrongFieldOfAPollIsNamed) {
  const std::pair<std::string, std::string> cases[] = {
      {with(R"("polls": {"mo": {"url": "https://x.example/"}})"), "polls.mo needs the"},
      {with(R"("polls": {"dlr": {}})"), "polls.dlr.url is missing."},
      {with(R"("polls": {"dlr": {"url": "http://x.example/"}})"), "polls.dlr.url must be https"},
      {with(R"("polls": {"dlr": {"url": "https://x.example/{{to}}"}})"), "polls.dlr.url or query"},
      {with(R"("polls": {"dlr": {"url": "https://x.example/", "every_s": 0}})"),
       "polls.dlr.every_s"},
      {with(R"("polls": {"dlr": {"url": "https://x.example/",
                "again": {"url": "https://x.example/?s={{since}}"}}})"),
       "polls.dlr.again must have {{since}} and {{until}}."},
      {with("{{message_id}}", "{{since}}"), "url or the rest has a placeholder that only polls"},
  };
  for (const auto& [text, wanted] : cases) {
    const std::string said = complaint(text);
    EXPECT_EQ(said.substr(0, wanted.size()), wanted) << text;
  }
}

TEST(HttpDescriptionTest, AQuestionHasTheHeadersThatAreTheSameForAllMessages) {
  auto read = read_http_description(
      with(R"("headers": {"Authorization": "Bearer {{secret.key}}"},)",
           R"("headers": {"Authorization": "Bearer {{secret.key}}", "Key": "{{message_id}}"},
              "polls": {"dlr": {"url": "https://x.example/r", "query": {"n": "{{limit}}"}}},)"),
      kSecrets);
  ASSERT_TRUE(read) << read.error().message;
  ASSERT_TRUE(read->dlr_poll);
  ASSERT_EQ(read->dlr_poll->ask.headers.size(), 1u);
  EXPECT_EQ(read->dlr_poll->ask.headers[0].first, "Authorization");
  EXPECT_EQ(read->dlr_poll->every_s, 30);
  EXPECT_FALSE(read->dlr_poll->again);
}

}  // namespace http_description_test
}  // namespace dundun
