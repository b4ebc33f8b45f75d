// What `make run` gives a newcomer: the demo's keys work in both dialects.
#include <gtest/gtest.h>

#include "tests/support/process.h"
#include "tests/support/stack.h"

namespace dundun {
namespace demo_test {

TEST(DemoTest, TheDemosKeySendsInBothDialects) {
  Stack& stack = Stack::shared();
  Service service(stack.fresh_database());
  const std::string log = stack.folder() + "/demo.log";
  ASSERT_EQ(run_command({stack.root() + "/deploy/dev/demo.sh", service.database()}, {}, log), 0);
  const std::string said = read_file(log);
  for (const auto& [name, from] :
       {std::pair("API_KEY=", "+254711082300"), std::pair("TEST_KEY=", "+254711082301")}) {
    const size_t at = said.find(name) + std::string_view(name).size();
    const std::string key = said.substr(at, said.find('\n', at) - at);
    HttpClient http = service.client();
    const HttpAnswer first =
        http.post(key, "/api/messages/send", R"({"to":"+254712345678","text":"Karibu"})");
    EXPECT_EQ(first.status, 200) << first.body;
    const HttpAnswer second = http.post(
        key, "/v1/sms/send",
        R"({"from":")" + std::string(from) + R"(","to":"+254712345678","body":"Karibu"})");
    EXPECT_EQ(second.status, 202) << second.body;
  }
}

}  // namespace demo_test
}  // namespace dundun
