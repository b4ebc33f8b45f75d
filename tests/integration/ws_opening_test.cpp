// The opening of a WebSocket by RFC 6455, asked on a raw socket through nginx.
#include <gtest/gtest.h>

#include "tests/support/http_client.h"
#include "tests/support/stack.h"

namespace dundun {
namespace ws_opening_test {

const std::string kKey = "Sec-WebSocket-Key: MDEyMzQ1Njc4OWFiY2RlZg==\r\n";
const std::string kVersion = "Sec-WebSocket-Version: 13\r\n";
const std::string kUpgrade = "Connection: Upgrade\r\nUpgrade: websocket\r\n";

struct Opening {
  std::string name, headers;
  int status;
};

// Section 4.2.1 and 4.2.2.
const Opening kOpenings[] = {
    {"plain", kUpgrade + kVersion + kKey, 101},
    {"case", "Connection: keep-alive, upgrade\r\nUpgrade: WebSocket\r\n" + kVersion + kKey, 101},
    // What the bridge's library does not know, it frees and goes on using (CVE-2025-11677).
    {"another before it", "Connection: Upgrade\r\nUpgrade: foo, websocket\r\n" + kVersion + kKey,
     101},
    {"another after it", "Connection: Upgrade\r\nUpgrade: websocket, foo\r\n" + kVersion + kKey,
     101},
    {"another alone", "Connection: Upgrade\r\nUpgrade: foo\r\n" + kVersion + kKey, 426},
    {"h2c", "Connection: Upgrade\r\nUpgrade: h2c\r\n" + kVersion + kKey, 426},
    {"protocol", kUpgrade + kVersion + kKey + "Sec-WebSocket-Protocol: json\r\n", 101},
    {"protocols", kUpgrade + kVersion + kKey + "Sec-WebSocket-Protocol: json, events\r\n", 101},
    {"extension", kUpgrade + kVersion + kKey + "Sec-WebSocket-Extensions: permessage-deflate\r\n",
     101},
    {"no upgrade", kVersion + kKey, 426},
    {"version 8", kUpgrade + "Sec-WebSocket-Version: 8\r\n" + kKey, 426},
    {"version 14", kUpgrade + "Sec-WebSocket-Version: 14\r\n" + kKey, 426},
    {"version 013", kUpgrade + "Sec-WebSocket-Version: 013\r\n" + kKey, 426},
    {"no version", kUpgrade + kKey, 426},
    {"no key", kUpgrade + kVersion, 400},
    {"empty key", kUpgrade + kVersion + "Sec-WebSocket-Key:\r\n", 400},
    {"short key", kUpgrade + kVersion + "Sec-WebSocket-Key: MDEyMzQ1\r\n", 400},
    {"long key", kUpgrade + kVersion + "Sec-WebSocket-Key: MDEyMzQ1Njc4OWFiY2RlZmc=\r\n", 400},
    {"unpadded key", kUpgrade + kVersion + "Sec-WebSocket-Key: MDEyMzQ1Njc4OWFiY2RlZg\r\n", 400},
    {"key that is no base64",
     kUpgrade + kVersion + "Sec-WebSocket-Key: MDEyMzQ1Njc4OWFiY2Rl!!==\r\n", 400},
};

TEST(WsOpeningTest, IsTakenOrRefusedByTheBook) {
  Service service(Stack::shared().fresh_database(), {.messages_workers = 1, .environment = {}});
  service.start_bridge();
  for (const Opening& opening : kOpenings) {
    SCOPED_TRACE(opening.name);
    HttpClient client(service.http_address());
    HttpAnswer answer =
        client.raw("GET /ws HTTP/1.1\r\nHost: localhost\r\n" + opening.headers + "\r\n");
    EXPECT_EQ(answer.status, opening.status);
    EXPECT_FALSE(answer.headers.contains("sec-websocket-protocol"));
    EXPECT_FALSE(answer.headers.contains("sec-websocket-extensions"));
    if (opening.status == 426) {
      EXPECT_EQ(answer.headers["sec-websocket-version"], "13");
    }
    if (opening.status == 101) {
      EXPECT_EQ(answer.headers["sec-websocket-accept"], "BACScCJPNqyz+UBoqMH89VmURoA=");
    }
  }
}

}  // namespace ws_opening_test
}  // namespace dundun
