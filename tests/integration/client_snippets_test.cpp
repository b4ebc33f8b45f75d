// The snippets of /docs: each is run as it stands, against nginx on a TCP port.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "tests/support/seed.h"
#include "tests/support/stack.h"
#include "tests/support/suite_service.h"

namespace dundun {
namespace client_snippets_test {

class ClientSnippetsTest : public testing::Test {
 protected:
  static int port() {
    static const int port = free_port();
    return port;
  }
  static Service& service() {
    static SuiteService shared({.environment = {}, .http_port = port()});
    return shared.get();
  }
  static Pg& pg() { return service().pg(); }

  // Runs it with BASE_URL and API_KEY: what it printed.
  std::string run(std::vector<std::string> command) {
    const std::string log = service().folder() + "/snippet.log";
    std::filesystem::remove(log);
    const int status = run_command(
        command,
        {{"BASE_URL", "http://127.0.0.1:" + std::to_string(port()) + "/api"}, {"API_KEY", key_}},
        log);
    std::ifstream file(log);
    const std::string text{std::istreambuf_iterator<char>(file), {}};
    EXPECT_EQ(status, 0) << text;
    return text;
  }
  static std::string snippet(const std::string& name) {
    return Stack::shared().root() + "/portal/docs/clients/" + name;
  }
  int64_t messages() {
    return number_of(
        pg(), "select count(*) from messages where account_id = " + std::to_string(account_));
  }
  // It sent one message and printed its id.
  void expect_sent(const std::string& output) {
    EXPECT_NE(output.find("msg-"), std::string::npos) << output;
    EXPECT_NE(output.find("submitted"), std::string::npos) << output;
    EXPECT_EQ(messages(), 1);
  }

  int64_t account_ = seed_account(pg());
  std::string key_ = seed_key(pg(), account_);
};

TEST_F(ClientSnippetsTest, Curl) {
  expect_sent(run({"bash", snippet("send.sh")}));
  ASSERT_TRUE(wait_until([&] {
    return number_of(pg(),
                     "select count(*) from idempotency_keys where status is not null and "
                     "account_id = " +
                         std::to_string(account_)) == 1;
  }));
  run({"bash", snippet("send.sh")});
  EXPECT_EQ(messages(), 1) << "the same Idempotency-Key";
}

TEST_F(ClientSnippetsTest, Python) { expect_sent(run({"/usr/bin/python3", snippet("send.py")})); }

TEST_F(ClientSnippetsTest, Node) { expect_sent(run({"node", snippet("send.mjs")})); }

TEST_F(ClientSnippetsTest, Php) { expect_sent(run({"php", snippet("send.php")})); }

// Node has the browser's fetch, and its crypto under another name in older versions.
TEST_F(ClientSnippetsTest, BrowserFetch) {
  const std::string program =
      "if (!globalThis.crypto) globalThis.crypto = (await import('node:crypto')).webcrypto;\n"
      "const { send } = await import('file://" +
      snippet("send.browser.mjs") +
      "');\nconsole.log(await send(process.env.BASE_URL, process.env.API_KEY, '+254712345678', "
      "'Hi'));"
      "\nawait send(process.env.BASE_URL, 'esms_live_wrong', '+254712345678', 'Hi')"
      ".then(() => process.exit(1), (error) => console.log(error.message));";
  const std::string output = run({"node", "--input-type=module", "-e", program});
  expect_sent(output);
  EXPECT_NE(output.find("Invalid API key."), std::string::npos) << output;
}

}  // namespace client_snippets_test
}  // namespace dundun
