// openapi.json itself, and the page that shows it.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>

#include "common/io/json.h"
#include "tests/support/api_contract.h"
#include "tests/support/process.h"
#include "tests/support/stack.h"
#include "tests/support/suite_service.h"

namespace dundun {
namespace openapi_document_test {

class OpenApiDocumentTest : public testing::Test {
 protected:
  static Service& service() {
    static SuiteService shared;
    return shared.get();
  }

  HttpClient client_ = service().client();
};

// Every list takes `after`: pages shift while new things come, ids do not.
TEST_F(OpenApiDocumentTest, EveryListWithPagesTakesAfter) {
  const ApiContract contract(client_.send("GET", "/openapi.json").body);
  int lists = 0;
  for (const std::string& operation : contract.operations()) {
    const std::set<std::string> fields = contract.query_of(operation);
    if (!fields.contains("page")) continue;
    ++lists;
    EXPECT_TRUE(fields.contains("after")) << operation;
  }
  EXPECT_GT(lists, 5);
}

// openapi-typescript makes a client of it; where a body has required members, that client does not
// compile without one, nor with {}. And every example is of its type.
TEST_F(OpenApiDocumentTest, AStrictClientRefusesBodiesWithoutTheirMembers) {
  const std::string root = Stack::shared().root();
  const std::string folder = service().folder();
  const std::string log = folder + "/strict_client.log";
  const auto printed = [&] {
    std::ifstream file(log);
    return std::string{std::istreambuf_iterator<char>(file), {}};
  };
  ASSERT_EQ(run_command({root + "/deploy/dev/npm.sh"}, {}, log), 0) << printed();
  std::ofstream(folder + "/openapi-of-client.json") << client_.send("GET", "/openapi.json").body;
  std::filesystem::remove(log);
  EXPECT_EQ(run_command({"node", root + "/tests/contract/strict_client.mjs",
                         folder + "/openapi-of-client.json", folder},
                        {}, log),
            0);
  const std::string said = printed();
  EXPECT_EQ(said.find('\n'), said.size() - 1) << said;
  EXPECT_GE(std::atoi(said.c_str()), 41) << said;
}

// A client made from the document finds every event that we send.
TEST_F(OpenApiDocumentTest, EveryEventHasItsWebhook) {
  const auto document = JsonDocument::parse(client_.send("GET", "/openapi.json").body);
  ASSERT_TRUE(document);
  std::set<std::string> names;
  for (const auto& [name, path] : document->root().find("webhooks")->members()) names.insert(name);
  const std::set<std::string> wanted{"message.scheduled", "message.queued",    "message.submitted",
                                     "message.sent",      "message.delivered", "message.failed",
                                     "message.retrying",  "message.cancelled", "message.expired",
                                     "message.inbound",   "sms_inbound",       "sms-received"};
  EXPECT_EQ(names, wanted);
}

// The page is ours alone: it loads nothing from anywhere else.
TEST_F(OpenApiDocumentTest, TheDocsAreAPageOfOurOwn) {
  const HttpAnswer page = client_.send("GET", "/docs/");
  EXPECT_EQ(page.status, 200);
  EXPECT_EQ(page.headers.at("content-security-policy").substr(0, 18), "default-src 'self'");
  EXPECT_EQ(page.body.find("http://"), std::string::npos);
  EXPECT_EQ(page.body.find("https://"), std::string::npos);
  EXPECT_EQ(client_.send("GET", "/docs/docs.js").status, 200);
  EXPECT_EQ(client_.send("GET", "/docs").status, 301);
  for (const char* icon : {"/favicon.ico", "/docs/favicon.svg"}) {
    const HttpAnswer answer = client_.send("GET", icon);
    EXPECT_EQ(answer.status, 200) << icon;
    EXPECT_EQ(answer.headers.at("content-type"), "image/svg+xml") << icon;
  }
  EXPECT_EQ(client_.send("GET", "/docs/../openapi.json").status, 200);
  EXPECT_EQ(client_.send("GET", "/docs/../../conf/nginx.conf").status, 400);
}

}  // namespace openapi_document_test
}  // namespace dundun
