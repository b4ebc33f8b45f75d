#include "common/web/paging.h"

#include <gtest/gtest.h>

#include "common/io/json.h"

namespace dundun {
namespace paging_test {

Request with_query(std::vector<std::pair<std::string, std::string>> query) {
  Request request;
  request.query = std::move(query);
  return request;
}

std::string refusal(const char* field, const char* value) {
  const auto paging = parse_paging(with_query({{field, value}}));
  return paging ? "accepted" : paging.error().extra;
}

TEST(PagingTest, DefaultsAndAccepts) {
  const auto plain = parse_paging(with_query({}));
  ASSERT_TRUE(plain);
  EXPECT_EQ(plain->page, 0);
  EXPECT_EQ(plain->limit, 20);
  const auto other = parse_paging(with_query({{"page", "3"}, {"limit", "100"}}));
  ASSERT_TRUE(other);
  EXPECT_EQ(other->offset(), 300);
  EXPECT_EQ(parse_paging(with_query({{"page", ""}}), 50)->limit, 50);
}

// A refusal may name the value: what somebody sent is a text of its JSON, and never more.
TEST(PagingTest, ARefusalThatNamesAValueIsJson) {
  const std::string message = "\"a\\\" is no currency\n";
  for (const Error& error :
       {invalid_query("a", message, "value_error"), invalid_field("a", message, "value_error")}) {
    const auto list = JsonDocument::parse(error.extra);
    ASSERT_TRUE(list) << error.extra;
    EXPECT_EQ(list->root().items().front().find("msg")->string(), message);
  }
}

TEST(PagingTest, NamesTheFieldThatIsWrong) {
  EXPECT_EQ(refusal("page", "two"),
            R"([{"loc":["query","page"],"msg":"value is not a valid integer",)"
            R"("type":"type_error.integer"}])");
  EXPECT_EQ(refusal("limit", "0"),
            R"([{"loc":["query","limit"],"msg":"ensure this value is greater than or equal to 1",)"
            R"("type":"value_error.number.not_ge"}])");
  EXPECT_EQ(refusal("limit", "101"),
            R"([{"loc":["query","limit"],"msg":"ensure this value is less than or equal to 100",)"
            R"("type":"value_error.number.not_le"}])");
  for (const char* bad : {"-1", "1.0", " 1", "1 ", "0x1", "99999999999999999999", "1000001"}) {
    EXPECT_NE(refusal("page", bad), "accepted") << bad;
  }
}

}  // namespace paging_test
}  // namespace dundun
