// openapi.json itself, and the page that shows it.
#include <gtest/gtest.h>

#include "tests/support/api_contract.h"
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

// The page is ours alone: it loads nothing from anywhere else.
TEST_F(OpenApiDocumentTest, TheDocsAreAPageOfOurOwn) {
  const HttpAnswer page = client_.send("GET", "/docs/");
  EXPECT_EQ(page.status, 200);
  EXPECT_EQ(page.headers.at("content-security-policy").substr(0, 18), "default-src 'self'");
  EXPECT_EQ(page.body.find("http://"), std::string::npos);
  EXPECT_EQ(page.body.find("https://"), std::string::npos);
  EXPECT_EQ(client_.send("GET", "/docs/docs.js").status, 200);
  EXPECT_EQ(client_.send("GET", "/docs").status, 301);
  EXPECT_EQ(client_.send("GET", "/docs/../openapi.json").status, 200);
  EXPECT_EQ(client_.send("GET", "/docs/../../conf/nginx.conf").status, 400);
}

}  // namespace openapi_document_test
}  // namespace dundun
