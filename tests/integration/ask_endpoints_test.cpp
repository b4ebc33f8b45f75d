// Questions that charge nothing: rate, validate, preview, and the status of many.
#include <gtest/gtest.h>

#include "tests/support/seed.h"
#include "tests/support/stack.h"
#include "tests/support/suite_service.h"

namespace dundun {
namespace ask_endpoints_test {

class AskTest : public testing::Test {
 protected:
  AskTest() : account_(seed_account(pg())), key_(query_key(account_)) {}

  static Service& service() {
    static SuiteService shared;
    return shared.get();
  }
  static Pg& pg() { return service().pg(); }
  static std::string query_key(int64_t account) {
    return seed_key(pg(), account, KeyKind::kLive, "{query}");
  }

  std::string ask(const std::string& path, const std::string& body) {
    const HttpAnswer answer = client_.post(key_, "/api/messages/" + path, body);
    EXPECT_EQ(answer.status, 200) << answer.body;
    return answer.body;
  }
  // The refusal's status and `detail`.
  void refused(const HttpAnswer& answer, int status, const std::string& detail) {
    EXPECT_EQ(answer.status, status) << answer.body;
    EXPECT_EQ(answer.body.find("{\"detail\":" + detail + ",\"error\":"), 0u)
        << answer.body << "\nwanted " << detail;
  }
  void refused(const std::string& path, const std::string& body, int status,
               const std::string& detail) {
    refused(client_.post(key_, "/api/messages/" + path, body), status, detail);
  }
  void refused_alike(const std::string& path) {
    EXPECT_EQ(client_.post(key_, "/api/messages/" + path, "{").status, 400);
    refused(path, "[]", 422,
            R"([{"loc":["body"],"msg":"value is not a valid dict","type":"type_error.dict"}])");
    const std::string none = seed_key(pg(), account_, KeyKind::kLive, "{webhooks}");
    EXPECT_EQ(client_.post(none, "/api/messages/" + path, "{}").status, 403);
    EXPECT_EQ(client_.send("POST", "/api/messages/" + path, {}, "{}").status, 401);
  }
  static std::string field_list(const std::string& where, const std::string& message,
                                const std::string& type) {
    return "[{\"loc\":[\"body\"," + where + "],\"msg\":\"" + message + "\",\"type\":\"" + type +
           "\"}]";
  }
  static std::string array_of(const std::string& item, int count) {
    std::string list = "[\"" + item + "\"";
    for (int i = 1; i < count; ++i) list += ",\"" + item + "\"";
    return list + "]";
  }
  // What one or many numbers under `field` must not be.
  void refused_lists(const std::string& path, const std::string& field, const std::string& more) {
    const std::string name = "\"" + field + "\"";
    const auto body = [&](const std::string& value) { return "{" + name + ":" + value + more; };
    refused(path, "{\"x\":1" + more, 422,
            field_list(name, "field required", "value_error.missing"));
    refused(path, body("7"), 422,
            field_list(name, "str or list of str expected", "type_error.str"));
    refused(path, body("[\"+254712345678\",7]"), 422,
            field_list(name + ",1", "str type expected", "type_error.str"));
    refused(
        path, body("[]"), 422,
        field_list(name, "ensure this value has at least 1 item", "value_error.list.min_items"));
    refused(
        path, body(array_of("+254712345678", 1001)), 422,
        field_list(name, "ensure this value has at most 1000 items", "value_error.list.max_items"));
  }

  HttpClient client_ = service().client();
  int64_t account_;
  std::string key_;
};

constexpr const char* kKenya =
    R"({"to":"+254712345678","country":"KE","route":"ESMS_KE","segments":1,"cost":1.20,)"
    R"("cost_currency":"KES","route_cost":1.20,"route_currency":"KES"})";
constexpr const char* kUganda =
    R"({"to":"+256700000111","country":"UG","route":"ESMS_UG","segments":1,"cost":1.213,)"
    R"("cost_currency":"KES","route_cost":35.00,"route_currency":"UGX"})";

TEST_F(AskTest, RateGivesEachPriceAndTheirExactSum) {
  EXPECT_EQ(ask("rate", R"({"to":"+254712345678","text":"Hi"})"),
            std::string(R"({"encoding":"GSM7","segments":1,"recipients":[)") + kKenya +
                R"(],"total_cost":1.20,"currency":"KES","count":1})");
  EXPECT_EQ(
      ask("rate",
          R"({"to":["+254712345678","nobody","+256700000111","+33612345678"],"text":"Hi"})"),
      std::string(R"({"encoding":"GSM7","segments":1,"recipients":[)") + kKenya +
          R"(,{"to":"nobody","error":{"code":"invalid_phone","message":"'nobody' is not a phone )"
          R"(number: it may hold digits, spaces, dashes, dots and brackets, and no letters. Write )"
          R"(it with + and its country code, such as +254712345678."}},)" +
          kUganda +
          R"(,{"to":"+33612345678","error":{"code":"no_route","message":"No active route for )"
          R"(country FR."}}],"total_cost":2.413,"currency":"KES","count":4})");
  EXPECT_EQ(number_of(pg(), "select count(*) from messages where account_id = " +
                                std::to_string(account_)),
            0);
}

TEST_F(AskTest, RateSaysWhatSendCharges) {
  std::string text;
  for (int i = 0; i < 71; ++i) text += "\u0416";
  const std::string body = R"({"to":"+256700000111","text":")" + text + "\"}";
  const std::string rated = ask("rate", body);
  const std::string sender = seed_key(pg(), account_);
  const HttpAnswer sent = client_.post(sender, "/api/messages/send", body);
  ASSERT_EQ(sent.status, 200);
  const std::string cost = R"("cost":2.426,"cost_currency":"KES","route_cost":70.00)";
  EXPECT_NE(rated.find(cost), std::string::npos) << rated;
  EXPECT_NE(sent.body.find(cost), std::string::npos) << sent.body;
}

TEST_F(AskTest, RateTakesARouteAndAThousandNumbers) {
  const std::string forced = ask("rate", R"({"to":["+254712345678","+256700000111"],"text":"Hi",)"
                                         R"("route":"ESMS_UG","international":false})");
  EXPECT_NE(forced.find(R"("message":"Route 'ESMS_UG' does not serve country KE.")"),
            std::string::npos);
  EXPECT_NE(forced.find(R"("total_cost":1.213,)"), std::string::npos) << forced;
  const std::string many =
      ask("rate", R"({"text":"Hi","to":)" + array_of("+256700000111", 1000) + "}");
  EXPECT_TRUE(many.ends_with(R"("total_cost":1213.00,"currency":"KES","count":1000})"));
}

TEST_F(AskTest, RateNamesWhatIsWrong) {
  refused_alike("rate");
  refused_lists("rate", "to", R"(,"text":"Hi"})");
  const std::string to = R"({"to":"+254712345678")";
  refused("rate", to + "}", 422, field_list("\"text\"", "field required", "value_error.missing"));
  refused("rate", to + R"(,"text":""})", 422,
          field_list("\"text\"", "ensure this value has at least 1 character",
                     "value_error.any_str.min_length"));
  refused("rate", to + R"(,"text":5})", 422,
          field_list("\"text\"", "str type expected", "type_error.str"));
  refused("rate", to + R"(,"text":"Hi","route":5})", 422,
          field_list("\"route\"", "str type expected", "type_error.str"));
  refused(
      "rate", to + R"(,"text":"Hi","international":"no"})", 422,
      field_list("\"international\"", "value could not be parsed to a boolean", "type_error.bool"));
  refused(
      "rate", to + R"(,"text":")" + std::string(1531, 'x') + "\"}", 400,
      R"({"code":"text_too_long","message":"Text needs 11 segments; at most 10 are allowed."})");
}

TEST_F(AskTest, ValidateTellsOneNumber) {
  EXPECT_EQ(ask("validate", R"({"phone":"+254 712-345 678"})"),
            R"({"phone":"+254 712-345 678","valid":true,"e164":"+254712345678","country":"KE",)"
            R"("country_name":"Kenya","type":"mobile","national_format":"0712 345678",)"
            R"("international_format":"+254 712 345678","carrier":null,"routable":true})");
  EXPECT_EQ(ask("validate", R"({"phone":"+33145678901"})"),
            R"({"phone":"+33145678901","valid":true,"e164":"+33145678901","country":"FR",)"
            R"("country_name":"France","type":"fixed_line","national_format":"01 45 67 89 01",)"
            R"("international_format":"+33 1 45 67 89 01","carrier":null,"routable":false,)"
            R"("reason":"no_route"})");
}

TEST_F(AskTest, ValidateSaysWhyANumberIsNone) {
  const std::pair<const char*, const char*> cases[] = {{"0712345678", "no_country_code"},
                                                       {"hello", "not_a_number"},
                                                       {"", "not_a_number"},
                                                       {"+25471234", "too_short"},
                                                       {"+25471234567890", "too_long"},
                                                       {"+254000000000", "not_in_numbering_plan"}};
  for (const auto& [phone, reason] : cases) {
    EXPECT_EQ(ask("validate", std::string(R"({"phone":")") + phone + "\"}"),
              std::string(R"({"phone":")") + phone +
                  R"(","valid":false,"e164":null,"country":null,"country_name":null,)"
                  R"("type":"unknown","national_format":null,"international_format":null,)"
                  R"("carrier":null,"routable":false,"reason":")" +
                  reason + "\"}");
  }
}

TEST_F(AskTest, ValidateSumsUpAList) {
  const std::string body =
      ask("validate", R"({"phone":["+254712345678","+33145678901","x","+12025550123"]})");
  EXPECT_EQ(body.find(R"({"count":4,"valid":3,"invalid":1,"mobile":2,"results":[{"phone":)"), 0u)
      << body;
  EXPECT_EQ(ask("validate", R"({"phone":["x"]})").find(R"({"count":1,"valid":0,"invalid":1,)"), 0u);
  refused_alike("validate");
  refused_lists("validate", "phone", "}");
}

TEST_F(AskTest, PreviewOffersTheCheaperText) {
  const std::string plain(70, 'a');
  EXPECT_EQ(ask("preview", R"({"to":"+254712345678","text":"It\u2019s )" + plain + "\u2019\"}"),
            R"({"encoding":"UCS2","units":76,"segments":2,"parts":[{"text":"It’s )" +
                std::string(62, 'a') +
                R"(","units":67},{"text":"aaaaaaaa’","units":9}],)"
                R"("remaining":58,"ucs2_characters":[{"char":"’","positions":[2,75],)"
                R"("codepoint":"U+2019"}],"substitute":{"text":"It's )" +
                plain +
                R"('","encoding":"GSM7","units":76,"segments":1},)"
                R"("to":"+254712345678","cost":2.40,"substitute_cost":1.20,"saving":1.20,)"
                R"("currency":"KES"})");
}

TEST_F(AskTest, PreviewOffersNothingThatSavesNothing) {
  EXPECT_EQ(ask("preview", R"({"text":"It’s [1]"})"),
            R"({"encoding":"UCS2","units":8,"segments":1,"parts":[{"text":"It’s [1]","units":8}],)"
            R"("remaining":62,"ucs2_characters":[{"char":"’","positions":[2],)"
            R"("codepoint":"U+2019"}],"substitute":null})");
  EXPECT_EQ(ask("preview", R"({"to":"+254712345678","text":"Hi [1]"})"),
            R"({"encoding":"GSM7","units":8,"segments":1,"parts":[{"text":"Hi [1]","units":8}],)"
            R"("remaining":152,"ucs2_characters":[],"substitute":null,"to":"+254712345678",)"
            R"("cost":1.20,"substitute_cost":null,"saving":null,"currency":"KES"})");
}

TEST_F(AskTest, PreviewNamesWhatIsWrong) {
  refused_alike("preview");
  refused("preview", R"({})", 422, field_list("\"text\"", "field required", "value_error.missing"));
  refused("preview", R"({"text":["a"]})", 422,
          field_list("\"text\"", "str type expected", "type_error.str"));
  refused("preview", R"({"text":"Hi","to":7})", 422,
          field_list("\"to\"", "str type expected", "type_error.str"));
  refused("preview", R"({"text":"Hi","to":"0712345678"})", 400,
          R"({"code":"invalid_phone","message":"'0712345678' has no country code that exists. )"
          R"(Write it with + and its country code, such as +254712345678.",)"
          R"("reason":"no_country_code"})");
  refused("preview", R"({"text":"Hi","to":"+33612345678"})", 400,
          R"({"code":"no_route","message":"No active route for country FR."})");
  refused(
      "preview", R"({"text":")" + std::string(1531, 'x') + "\"}", 400,
      R"({"code":"text_too_long","message":"Text needs 11 segments; at most 10 are allowed."})");
  std::string many;
  for (int i = 0; i < 60; ++i) many += "\xd0" + std::string(1, static_cast<char>(0x80 + i));
  const std::string body = ask("preview", R"({"text":")" + many + "\"}");
  size_t listed = 0;
  for (size_t at = 0; (at = body.find("codepoint", at)) != std::string::npos; ++at) ++listed;
  EXPECT_EQ(listed, 50u);
}

TEST_F(AskTest, StatusListsManyInTheOrderAsked) {
  const std::string sender = seed_key(pg(), account_);
  std::vector<std::string> ids;
  for (int i = 0; i < 3; ++i) {
    const HttpAnswer sent =
        client_.post(sender, "/api/messages/send", R"({"to":"+254712345678","text":"Hi"})");
    ASSERT_EQ(sent.status, 200);
    ids.push_back(sent.body.substr(sent.body.find("msg-"), 40));
  }
  const std::string unknown = "01960000-0000-7000-8000-00000000abcd";
  const auto order = [&](const std::string& query) {
    const HttpAnswer answer = client_.get(key_, "/api/messages/status?ids=" + query);
    EXPECT_EQ(answer.status, 200) << answer.body;
    EXPECT_EQ(answer.body.find("{\"messages\":["), 0u);
    std::vector<std::string> got;
    for (size_t at = 0; (at = answer.body.find("\"id\":\"", at)) != std::string::npos; ++at) {
      got.push_back(answer.body.substr(at + 6, 40));
    }
    return got;
  };
  EXPECT_EQ(order(ids[1] + "," + unknown + "," + ids[2].substr(4) + "," + ids[0]),
            (std::vector<std::string>{ids[1], ids[2], ids[0]}));
  EXPECT_EQ(order(ids[2] + "%2C" + ids[0]), (std::vector<std::string>{ids[2], ids[0]}));
  EXPECT_EQ(client_.get(key_, "/api/messages/status?ids=" + unknown).body, "{\"messages\":[]}");
  // An item is a list's item, and another account's message is unknown.
  const std::string listed = client_
                                 .get(key_,
                                      "/api/messages?after=msg-ffffffff-ffff-7fff-8000-"
                                      "000000000000&limit=1")
                                 .body;
  const std::string newest = client_.get(key_, "/api/messages/status?ids=" + ids[2]).body;
  EXPECT_EQ(listed.substr(0, newest.size() - 1), newest.substr(0, newest.size() - 1));
  const std::string other = query_key(seed_account(pg()));
  EXPECT_EQ(client_.get(other, "/api/messages/status?ids=" + ids[0]).body, "{\"messages\":[]}");
}

TEST_F(AskTest, StatusTakesAHundredIdsAndNamesBadOnes) {
  const std::string id = "msg-01960000-0000-7000-8000-00000000abcd";
  std::string hundred = id;
  for (int i = 1; i < 100; ++i) hundred += "%2C" + id;
  EXPECT_EQ(client_.get(key_, "/api/messages/status?ids=" + hundred).body, "{\"messages\":[]}");
  const auto bad = [&](const std::string& query, const char* message, const char* type) {
    refused(client_.get(key_, "/api/messages/status" + query), 422,
            std::string(R"([{"loc":["query","ids"],"msg":")") + message + R"(","type":")" + type +
                "\"}]");
  };
  bad("?ids=" + hundred + "," + id, "ensure this value has at most 100 items",
      "value_error.list.max_items");
  bad("", "field required", "value_error.missing");
  bad("?ids=", "field required", "value_error.missing");
  for (const char* query : {"?ids=x", "?ids=,", "?ids=msg-01960000-0000-7000-8000-00000000abcd,"}) {
    bad(query, "not a message id", "value_error");
  }
}

}  // namespace ask_endpoints_test
}  // namespace dundun
