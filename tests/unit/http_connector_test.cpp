// What an HTTP carrier is sent, what its answers mean, and what its callbacks say.
#include <gtest/gtest.h>

#include "common/carrier/http/answer.h"
#include "common/carrier/http/callback.h"
#include "common/carrier/http/connector.h"
#include "common/carrier/receipt_url.h"

namespace dundun {
namespace http_connector_test {

using Kind = SubmitOutcome::Kind;
using Secrets = HttpTemplate::Secrets;

const CarrierSecrets kSecrets{{"key", "k-1"}, {"user", "me"}, {"secret", "s-1"}};

HttpDescription described(const std::string& members) {
  auto read = read_http_description(
      "{" + members + R"(, "answer": {"rules": [{"http": "2xx", "means": "accepted"}]}})",
      kSecrets);
  EXPECT_TRUE(read) << read.error().message;
  return read ? *std::move(read) : HttpDescription();
}

Submission message_of(const std::string& body) {
  Submission message{};
  message.account_id = 42;
  message.environment = Environment::kLive;
  message.message_id = *parse_uuid("01984f6e-6a10-7c11-9b52-31c6a6a0d9f4");
  message.phone = "+254712345678";
  message.sender = "Kijani";
  message.body = body;
  message.encoding = Encoding::kUcs2;
  message.segments = 3;
  return message;
}

// Everything that has a meaning in one of the forms.
const std::string kHostile = "a\"b\\c}}{{to}}{{secret.key}}\r\nX: y&to=+1 %41=é😀";

TEST(HttpCallTest, ATextIsNothingButAText) {
  const HttpDescription json = described(
      R"("url": "https://x.example/s", "json": {"to": "{{to}}", "m": [{"t": "<{{text}}>"}]})");
  const HttpCall call = http_call_for(json, message_of(kHostile), Secrets::kGiven);
  const auto document = JsonDocument::parse(call.body);
  ASSERT_TRUE(document) << call.body;
  EXPECT_EQ(document->root().members().size(), 2u);
  EXPECT_EQ(document->root().find("m")->items()[0].find("t")->string(), "<" + kHostile + ">");
  EXPECT_EQ(document->root().find("to")->string(), "+254712345678");

  const HttpDescription form =
      described(R"("url": "https://x.example/s", "form": {"to": "{{to}}", "a b": "{{text}}"})");
  const std::string body = http_call_for(form, message_of(kHostile), Secrets::kGiven).body;
  EXPECT_EQ(body,
            "to=%2B254712345678&a%20b=a%22b%5Cc%7D%7D%7B%7Bto%7D%7D%7B%7Bsecret.key%7D%7D%0D%0AX%3A"
            "%20y%26to%3D%2B1%20%2541%3D%C3%A9%F0%9F%98%80");

  const HttpDescription query = described(
      R"("method": "GET", "url": "https://x.example/{{text}}/s?k=1", "query": {"to": "{{to}}"})");
  const HttpCall get = http_call_for(query, message_of("a/b?c#d"), Secrets::kGiven);
  EXPECT_EQ(get.url, "https://x.example/a%2Fb%3Fc%23d/s?k=1&to=%2B254712345678");
  EXPECT_TRUE(get.body.empty());
}

TEST(HttpCallTest, SecretsAreMaskedForPeople) {
  const HttpDescription basic = described(R"("url": "https://x.example/{{secret.key}}",
    "headers": {"X-Key": "a {{secret.key}}", "Content-Type": "text/x"},
    "basic_auth": {"username": "{{secret.user}}", "password": "{{secret.key}}"},
    "form": {"key": "{{secret.key}}", "to": "{{to}}", "text": "{{text}}"})");
  const HttpCall given = http_call_for(basic, message_of("Hi"), Secrets::kGiven);
  EXPECT_EQ(given.url, "https://x.example/k-1");
  EXPECT_EQ(given.headers[0].second, "a k-1");
  EXPECT_EQ(given.headers[2].second, "Basic bWU6ay0x");
  EXPECT_EQ(given.headers.size(), 3u);  // no second Content-Type
  const HttpCall masked = http_call_for(basic, message_of("Hi"), Secrets::kMasked);
  EXPECT_EQ(masked.url, "https://x.example/***");
  EXPECT_EQ(masked.headers[2].second, "Basic ***");
  EXPECT_EQ(masked.body, "key=***&to=%2B254712345678&text=Hi");
}

TEST(HttpCallTest, TheMessageIsNamedInEveryForm) {
  const HttpDescription all = described(R"("url": "https://x.example/s",
    "receipts_url": "https://we.example/carrier/x/dlr", "number_form": "digits",
    "encoding_words": {"gsm7": "0", "ucs2": "8"},
    "headers": {"Idempotency-Key": "{{message_id}}", "X-From": "{{from}}"},
    "form": {"to": "{{to}}", "t": "{{text}}", "r": "{{reference}}", "n": "{{segments}}",
             "e": "{{encoding}}", "u": "{{callback_url}}"})");
  const HttpCall call = http_call_for(all, message_of("Hi"), Secrets::kGiven);
  const std::string reference = "42-01984f6e6a107c119b5231c6a6a0d9f4";
  EXPECT_EQ(call.headers[1].second, "01984f6e-6a10-7c11-9b52-31c6a6a0d9f4");
  EXPECT_EQ(call.headers[2].second, "Kijani");
  EXPECT_EQ(call.body, "to=254712345678&t=Hi&r=" + reference +
                           "&n=3&e=8&u=https%3A%2F%2Fwe.example%2Fcarrier%2Fx%2Fdlr%3Fref%3D" +
                           reference + "%26sig%3D" + receipt_signature("s-1", reference));
}

AnswerMeaning meaning_of(const std::string& answer) {
  auto read = read_http_description(
      R"({"url": "https://x.example/s", "form": {"to": "{{to}}", "t": "{{text}}"}, "answer": )" +
          answer + "}",
      kSecrets);
  EXPECT_TRUE(read) << read.error().message;
  return read ? read->answer : AnswerMeaning();
}

TEST(HttpAnswerTest, TheFirstRuleThatFitsCounts) {
  const AnswerMeaning meaning = meaning_of(R"({"id": "/m/0/id", "error_text": ["/no", "/m/0/why"],
    "rules": [
      {"http": "2xx", "at": "/m/0/code", "in": ["1", "true"], "means": "accepted"},
      {"http": [400, "5xx"], "at": "/m/0/code", "means": "refused", "code": "INVALID_NUMBER"},
      {"http": 404, "means": "refused", "elsewhere": true},
      {"http": 429, "means": "later"},
      {"http": [401, 402], "means": "failed"}]})");
  const auto judged = [&](int status, const std::string& body, int64_t retry_after_s = 0) {
    return judge_answer(meaning, {status, body, retry_after_s}, 1);
  };
  EXPECT_EQ(judged(201, R"({"m": [{"code": 1, "id": 77}]})").kind, Kind::kAccepted);
  EXPECT_EQ(judged(201, R"({"m": [{"code": 1, "id": 77}]})").carrier_message_id, "77");
  EXPECT_EQ(judged(200, R"({"m": [{"code": true, "id": "0aB"}]})").carrier_message_id, "0aB");
  const SubmitOutcome refused = judged(503, R"({"m": [{"code": "x", "why": "bad\nnumber é"}]})");
  EXPECT_EQ(refused.kind, Kind::kRefused);
  EXPECT_EQ(refused.error_code, "INVALID_NUMBER");
  EXPECT_EQ(refused.error_message, "The carrier refused the message: bad.number ..");
  EXPECT_FALSE(refused.carrier_trouble);
  EXPECT_TRUE(judged(404, "no way to there").carrier_trouble);
  EXPECT_EQ(judged(429, "", 7).kind, Kind::kRetryLater);
  EXPECT_EQ(judged(429, "", 7).retry_after, std::chrono::seconds(7));
  EXPECT_EQ(judged(429, "", 999'999).retry_after, std::chrono::hours(1));
  EXPECT_EQ(judged(429, "").retry_after, std::chrono::seconds(1));
  EXPECT_EQ(judged(402, "out of money").kind, Kind::kFailed);
  EXPECT_EQ(judged(402, "out of money").error_message, "The carrier cannot take messages now.");
}

TEST(HttpAnswerTest, WhatIsNotDescribedIsInDoubt) {
  const AnswerMeaning meaning = meaning_of(R"({"id": "/id",
    "rules": [{"http": 200, "at": "/ok", "in": "true", "means": "accepted"}]})");
  const std::pair<int, std::string> answers[] = {
      {200, ""},
      {200, "<html>"},
      {200, R"({"ok": true})"},
      {200, R"({"ok": true, "id": ""})"},
      {200, R"({"ok": true, "id": "a\nb"})"},
      {200, R"({"ok": true, "id": {"x": 1}})"},
      {200, R"({"ok": true, "id": ")" + std::string(201, 'x') + R"("})"},
      {200, R"({"ok": "yes", "id": "1"})"},
      {200, R"([{"ok": true, "id": "1"}])"},
      {302, R"({"ok": true, "id": "1"})"},
      {500, ""}};
  for (const auto& [status, body] : answers) {
    EXPECT_EQ(judge_answer(meaning, {status, body}, 1).kind, Kind::kUnknown) << body;
  }
}

TEST(HttpAnswerTest, ThePlainTextAndTheHeadersCount) {
  const AnswerMeaning text = meaning_of(R"({"id": "after:ID:",
    "rules": [{"http": 200, "at": "after:ID:", "means": "accepted"},
              {"http": 200, "at": "after:ERR", "in": ["105"], "means": "refused"}]})");
  EXPECT_EQ(judge_answer(text, {200, "OK ID: a-7, thanks"}, 1).carrier_message_id, "a-7");
  EXPECT_EQ(judge_answer(text, {200, "ERR 105 number"}, 1).kind, Kind::kRefused);
  EXPECT_EQ(judge_answer(text, {200, "ERR 106 number"}, 1).kind, Kind::kUnknown);
  const AnswerMeaning header =
      meaning_of(R"({"id": "header:Location", "rules": [{"http": 201, "means": "accepted"}]})");
  EXPECT_EQ(judge_answer(header, {201, "", 0, {{"location", "/m/7"}}}, 1).carrier_message_id,
            "/m/7");
}

DlrMapping mapping_of(const std::string& dlr) {
  auto read = read_http_description(
      R"({"url": "https://x.example/s", "form": {"to": "{{to}}", "t": "{{text}}"}, "dlr": )" + dlr +
          R"(, "answer": {"id": "/id", "rules": [{"http": 200, "means": "accepted"}]}})",
      kSecrets);
  EXPECT_TRUE(read) << read.error().message;
  return read ? *read->dlr : DlrMapping();
}

TEST(HttpCallbackTest, SeveralReceiptsInOneCallback) {
  const DlrMapping mapping = mapping_of(R"({"list": "/results", "id": "/id", "status": "/s/name",
    "reference": "/ref", "error": "/e", "words": {"OK": "DELIVRD"}})");
  const auto receipts = read_receipts(mapping, CarrierDocument::of_text(R"({"results": [
      {"id": "0x0A", "s": {"name": "OK"}, "e": "none"},
      {"id": 12, "ref": "42-x", "s": {"name": "ODD WORD"}, "e": "a\nb"}]})"));
  ASSERT_TRUE(receipts) << receipts.error().message;
  ASSERT_EQ(receipts->size(), 2u);
  EXPECT_EQ(receipts->at(0).carrier_message_id, "0x0A");
  EXPECT_EQ(receipts->at(0).word, "DELIVRD");
  EXPECT_EQ(receipts->at(0).error, "none");
  EXPECT_EQ(receipts->at(1).carrier_message_id, "12");
  EXPECT_EQ(receipts->at(1).word, "ODD WORD");
  EXPECT_EQ(receipts->at(1).error, "");
}

TEST(HttpCallbackTest, AFormAndAQueryAreReadAlike) {
  const DlrMapping mapping =
      mapping_of(R"({"id": "/id", "status": ["/code", "/status"], "reference": "?ref"})");
  CarrierDocument document = CarrierDocument::of_form({{"id", "007"}, {"status", "Success"}});
  document.take_query({{"ref", "42-abc"}});
  const auto receipts = read_receipts(mapping, document);
  ASSERT_TRUE(receipts);
  EXPECT_EQ(receipts->front().carrier_message_id, "007");
  EXPECT_EQ(receipts->front().word, "Success");
  EXPECT_EQ(receipts->front().reference, "42-abc");
}

TEST(HttpCallbackTest, WhatIsNoReceiptIsRefused) {
  const DlrMapping mapping = mapping_of(R"({"list": "/r", "id": "/id", "status": "/s"})");
  std::string many = R"({"r": [)";
  for (size_t i = 0; i <= kCallbackItemsMax; ++i) many += R"({"id": 1, "s": "x"},)";
  many.back() = ']';
  const std::pair<std::string, std::string> cases[] = {
      {"{}", "The list is missing."},
      {R"({"r": {}})", "The list is missing."},
      {R"({"r": [{"id": "1", "s": "x"}, {"s": "x"}]})", "Item 1: id is missing."},
      {R"({"r": [{"id": "a\u0007", "s": "x"}]})", "Item 0: id is no id."},
      {R"({"r": [{"id": ["x"], "s": "x"}]})", "Item 0: id is missing."},
      {R"({"r": [7]})", "Item 0: id is missing."},
      {R"({"r": [{"id": "1"}]})", "Item 0: status is missing."},
      {many + "}", "The list is too long."}};
  for (const auto& [body, wanted] : cases) {
    const auto receipts = read_receipts(mapping, CarrierDocument::of_text(body));
    ASSERT_FALSE(receipts) << body;
    EXPECT_EQ(receipts.error().message, wanted);
  }
  EXPECT_TRUE(read_receipts(mapping, CarrierDocument::of_text(R"({"r": []})")));
}

TEST(ValuePathTest, PointersFollowTheirRfc) {
  const CarrierDocument document =
      CarrierDocument::of_text(R"({"a/b": {"m~n": [10, {"": "deep"}]}, "n": null, "f": 1.5})");
  const auto at = [&](const char* path) {
    return document.find(*ValuePath::parse(path)).value_or("none");
  };
  EXPECT_EQ(at("/a~1b/m~0n/0"), "10");
  EXPECT_EQ(at("/a~1b/m~0n/1/"), "deep");
  for (const char* path : {"/a~1b/m~0n/2", "/a~1b/m~0n/-1", "/a~1b/m~0n/x", "/a~1b", "/n", "/f",
                           "/n/x", "/zz", "?a", "header:a", "after:zz"}) {
    EXPECT_EQ(at(path), "none") << path;
  }
  for (const char* path : {"", "a", "?", "header:", "after:"}) {
    EXPECT_FALSE(ValuePath::parse(path)) << path;
  }
}

TEST(HttpCallTest, AMaskedUrlStillSaysWhomWeCall) {
  const CarrierSecrets secrets{{"base", "https://x.example/"}, {"key", "k-1"}, {"none", ""}};
  const auto url = HttpTemplate::parse("{{secret.base}}s?key={{secret.key}}", Place::kUrl, secrets);
  ASSERT_TRUE(url) << url.error().message;
  EXPECT_EQ(url->fill({}, Secrets::kGiven), "https://x.example/s?key=k-1");
  EXPECT_EQ(url->fill({}, Secrets::kMasked), "https://x.example/s?key=***");
  EXPECT_FALSE(HttpTemplate::parse("{{secret.none}}", Place::kForm, secrets)) << "an empty secret";
}

TEST(HttpAnswerTest, WhatIsThereButEmptyIsNotThere) {
  const AnswerMeaning meaning = meaning_of(R"({"rules": [
    {"http": 200, "at": "/ok", "means": "accepted"}]})");
  EXPECT_EQ(judge_answer(meaning, {200, R"({"ok": "x"})"}, 1).kind, Kind::kAccepted);
  EXPECT_EQ(judge_answer(meaning, {200, R"({"ok": ""})"}, 1).kind, Kind::kUnknown);
  EXPECT_EQ(judge_answer(meaning, {201, R"({"ok": "x"})"}, 1).kind, Kind::kUnknown);
  EXPECT_EQ(judge_answer(meaning, {199, R"({"ok": "x"})"}, 1).kind, Kind::kUnknown);
}

TEST(HttpCallbackTest, AReferenceIsEnoughAndTheLimitsThemselvesAreGood) {
  const DlrMapping mapping =
      mapping_of(R"({"list": "/r", "reference": "/ref", "status": ["/a", "/b"]})");
  std::string many = R"({"r": [)";
  for (size_t i = 0; i < kCallbackItemsMax; ++i) many += R"({"ref": "1", "a": "", "b": "x"},)";
  many.back() = ']';
  const auto receipts = read_receipts(mapping, CarrierDocument::of_text(many + "}"));
  ASSERT_TRUE(receipts) << receipts.error().message;
  EXPECT_EQ(receipts->size(), kCallbackItemsMax);
  EXPECT_EQ(receipts->front().reference, "1");
  EXPECT_EQ(receipts->front().word, "x") << "the first that is not empty";
  EXPECT_TRUE(is_carrier_id(std::string(200, 'x')));
  EXPECT_FALSE(is_carrier_id(std::string(201, 'x')));
  EXPECT_FALSE(is_carrier_id(""));
  EXPECT_FALSE(is_carrier_id("\x7f"));
  EXPECT_FALSE(is_carrier_id("\xff"));
}

std::optional<CallbackProof> proof_of(const std::string& proof) {
  auto read = read_http_description(
      R"({"url": "https://x.example/s", "form": {"to": "{{to}}", "t": "{{text}}"},
          "answer": {"rules": [{"http": 200, "means": "accepted"}]}, "callback_proof": )" +
          proof + "}",
      kSecrets);
  return read ? std::optional(read->proof) : std::nullopt;
}

TEST(HttpCallbackTest, OneProofIsAsked) {
  const std::string hmac = R"("hmac": {"secret": "secret", "header": "X-Signature")";
  const std::string basic = R"("basic": {"username": "user", "password": "key"})";
  const auto hex = proof_of("{" + hmac + "}}");
  ASSERT_TRUE(hex);
  EXPECT_EQ(hex->kind, CallbackProof::Kind::kHmac);
  EXPECT_EQ(hex->header, "x-signature");
  EXPECT_EQ(hex->secret, "s-1");
  EXPECT_FALSE(hex->base64);
  const auto base64 = proof_of("{" + hmac + R"(, "digits": "base64", "prefix": "v="}})");
  ASSERT_TRUE(base64);
  EXPECT_TRUE(base64->base64);
  EXPECT_EQ(base64->prefix, "v=");
  const auto password = proof_of("{" + basic + "}");
  ASSERT_TRUE(password);
  EXPECT_EQ(password->kind, CallbackProof::Kind::kBasic);
  EXPECT_EQ(password->secret, "me:k-1");
  EXPECT_FALSE(proof_of("{" + hmac + "}, " + basic + "}"));
  EXPECT_FALSE(proof_of("{}"));
  EXPECT_FALSE(proof_of("{" + hmac + R"(, "digits": "octal"}})"));
}

}  // namespace http_connector_test
}  // namespace dundun
