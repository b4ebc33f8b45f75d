// A bridge that cannot listen ends and says why: one that lived on without an address would be
// nobody's, and nothing would start another.
#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

#include "tests/support/process.h"
#include "tests/support/stack.h"

namespace dundun {
namespace ws_listen_test {

class WsListenTest : public testing::Test {
 protected:
  // What a bridge that shall listen there says before it ends with 1.
  std::string refusal(const std::string& address) {
    Stack& stack = Stack::shared();
    const std::string log = stack.folder() + "/ws-listen.log";
    unlink(log.c_str());
    Process bridge(
        {.command = {stack.binary("ws-bridge")},
         .environment = {{"DATABASE_URL", "host=" + stack.folder() + "/pg dbname=postgres"},
                         {"REDIS_URL", stack.redis_url()},
                         {"METRICS_DIR", stack.folder()},
                         {"WS_LISTEN", address}},
         .log = log,
         .folder = ""});
    EXPECT_TRUE(wait_until([&] { return !bridge.running(); })) << address << ": it lives on";
    return read_file(log);
  }
};

TEST_F(WsListenTest, APortOfAnother) {
  const int taken = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  ASSERT_EQ(bind(taken, reinterpret_cast<sockaddr*>(&address), size), 0);
  ASSERT_EQ(listen(taken, 1), 0);
  getsockname(taken, reinterpret_cast<sockaddr*>(&address), &size);
  const std::string said = refusal("127.0.0.1:" + std::to_string(ntohs(address.sin_port)));
  EXPECT_NE(said.find("Cannot listen on WS_LISTEN: Address already in use."), said.npos) << said;
  close(taken);
}

TEST_F(WsListenTest, AnAddressOfAnotherMachine) {
  const std::string said = refusal("192.0.2.7:" + std::to_string(free_port()));
  EXPECT_NE(said.find("Cannot listen on WS_LISTEN: Cannot assign requested address."), said.npos)
      << said;
}

TEST_F(WsListenTest, AFolderThatIsNotThere) {
  const std::string said = refusal("unix:/nowhere/ws.sock");
  EXPECT_NE(said.find("Cannot listen on WS_LISTEN"), said.npos) << said;
}

}  // namespace ws_listen_test
}  // namespace dundun
