// The frames of RFC 6455 by its own words, asked on a raw socket: the bridge directly, and through
// nginx.
#include "tests/support/bridge_test.h"
#include "tests/support/suite_service.h"

namespace dundun {
namespace ws_frames_test {

enum class Mask { kYes, kNo };

std::string frame(int first, const std::string& payload, Mask mask = Mask::kYes) {
  const std::string key = "\x37\xfa\x21\x3d";
  std::string bytes{static_cast<char>(first)};
  const char flag = mask == Mask::kYes ? '\x80' : '\0';
  if (payload.size() < 126) {
    bytes += static_cast<char>(flag | static_cast<char>(payload.size()));
  } else {
    bytes += static_cast<char>(flag | 126);
    bytes += {static_cast<char>(payload.size() >> 8), static_cast<char>(payload.size() & 0xff)};
  }
  if (mask == Mask::kNo) return bytes + payload;
  bytes += key;
  for (size_t i = 0; i < payload.size(); ++i) bytes += static_cast<char>(payload[i] ^ key[i % 4]);
  return bytes;
}

std::string close_frame(int code, const std::string& reason = {}) {
  return frame(0x88,
               std::string{static_cast<char>(code >> 8), static_cast<char>(code & 0xff)} + reason);
}

// A frame whose length is written in another way than it must be; no payload follows.
std::string odd_length(const std::string& length) { return "\x82" + length + std::string(4, '\0'); }

struct Talk {
  std::string name, bytes;
  int code;
};

// Sections 5.1 to 5.5, 7.4 and 8.1.
std::vector<Talk> talks() {
  const std::string nul(6, '\0');
  std::vector<Talk> all = {
      {"unmasked text", frame(0x81, "x", Mask::kNo), 1002},
      {"unmasked empty text", frame(0x81, "", Mask::kNo), 1002},
      {"unmasked ping", frame(0x89, "x", Mask::kNo), 1002},
      {"unmasked close", frame(0x88, "\x03\xe8", Mask::kNo), 1002},
      {"reserved bit 1", frame(0xc1, "x"), 1002},
      {"reserved bit 2", frame(0xa1, "x"), 1002},
      {"reserved bit 3", frame(0x91, "x"), 1002},
      {"reserved bit of a ping", frame(0xc9, "x"), 1002},
      {"ping of 126 bytes", frame(0x89, std::string(126, 'x')), 1002},
      {"pong of 126 bytes", frame(0x8a, std::string(126, 'x')), 1002},
      {"close of 126 bytes", close_frame(1000, std::string(124, 'x')), 1002},
      {"fragmented ping", frame(0x09, "x"), 1002},
      {"fragmented pong", frame(0x0a, "x"), 1002},
      {"fragmented close", frame(0x08, "\x03\xe8"), 1002},
      {"continuation of nothing", frame(0x80, "x"), 1002},
      {"continuation after the end", frame(0x01, "x") + frame(0x80, "y") + frame(0x80, "z"), 1002},
      {"text in a message", frame(0x01, "x") + frame(0x81, "y"), 1002},
      {"binary in a message", frame(0x01, "x") + frame(0x02, "y"), 1002},
      {"5 in two bytes", odd_length(std::string("\xfe\x00\x05", 3)), 1002},
      {"5 in eight bytes", odd_length("\xff" + nul + std::string("\x00\x05", 2)), 1002},
      {"65535 in eight bytes", odd_length("\xff" + nul + "\xff\xff"), 1002},
      {"more than 2^63", odd_length("\xff\x80" + nul + std::string("\x00", 1)), 1002},
      {"close of one byte", frame(0x88, "x"), 1002},
      {"close without a code", frame(0x88, ""), 1005},
      {"text that is not UTF-8", frame(0x81, "\xff"), 1007},
      {"overlong", frame(0x81, "\xc0\xaf"), 1007},
      {"surrogate", frame(0x81, "\xed\xa0\x80"), 1007},
      {"beyond U+10FFFF", frame(0x81, "\xf4\x90\x80\x80"), 1007},
      {"half a character", frame(0x81, "x\xe2\x82"), 1007},
      {"half a character at the end of fragments", frame(0x01, "\xe2") + frame(0x80, "\x82"), 1007},
      {"broken over fragments", frame(0x01, "\xe2") + frame(0x80, "x"), 1007},
      {"reason that is not UTF-8", close_frame(1000, "\xff"), 1007},
      {"reason with half a character", close_frame(1000, "\xe2\x82"), 1007},
      {"reason", close_frame(1000, "\xe2\x82\xac"), 1000},
      {"longest reason", close_frame(1001, std::string(123, 'x')), 1001},
  };
  for (const int opcode : {3, 4, 5, 6, 7, 11, 12, 13, 14, 15}) {
    all.push_back({"opcode " + std::to_string(opcode), frame(0x80 | opcode, "x"), 1002});
  }
  for (const int code : {0, 1, 999, 1004, 1005, 1006, 1015, 1016, 1100, 2000, 2999, 5000, 65535}) {
    all.push_back({"close code " + std::to_string(code), close_frame(code), 1002});
  }
  for (const int code :
       {1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 3000, 3999, 4000, 4999}) {
    all.push_back({"close code " + std::to_string(code), close_frame(code), code});
  }
  // Of the registry, but younger than the RFC: libwebsockets does not know them.
  for (const int code : {1012, 1013, 1014}) {
    all.push_back({"close code " + std::to_string(code), close_frame(code), 1000});
  }
  return all;
}

class WsFramesTest : public testing::TestWithParam<const char*> {
 protected:
  static Service& service() {
    static SuiteService shared(
        {.messages_workers = 1, .environment = {{"WS_CONNECTIONS_PER_ADDRESS", "10000"}}});
    static bool started = false;
    if (!std::exchange(started, true)) shared.get().start_bridge();
    return shared.get();
  }
  std::string path() const {
    return std::string(GetParam()) == "nginx" ? service().http_address() : service().ws_socket();
  }
  WsClient connect() const { return WsClient({.address = "unix:" + path()}); }
};

TEST_P(WsFramesTest, EachFrameHasItsAnswer) {
  for (const Talk& talk : talks()) {
    SCOPED_TRACE(talk.name);
    WsClient client = connect();
    ASSERT_EQ(client.status(), 101);
    client.send_raw(talk.bytes);
    EXPECT_EQ(client.close_code(), talk.code);
  }
}

TEST_P(WsFramesTest, FramesInPiecesAndBetweenFragmentsAreUnderstood) {
  const std::string key = seed_key(service().pg(), seed_account(service().pg()));
  WsClient client = connect();
  client.send_text(auth_frame(key));
  ASSERT_EQ(client.next_text(), kAuthOk);
  const std::string euro = "\xe2\x82\xac";
  const std::string bytes = frame(0x01, R"({"type":"ping","x":")" + euro.substr(0, 1)) +
                            frame(0x89, std::string(125, 'p')) + frame(0x00, "") +
                            frame(0x80, euro.substr(1) + "\"}");
  for (const char byte : bytes) client.send_raw(std::string_view(&byte, 1));
  EXPECT_EQ(client.next_text(), kPong);
  // The library may answer a ping after what it has to say.
  EXPECT_FALSE(client.next_text(std::chrono::milliseconds(200)));
  EXPECT_EQ(client.last_pong(), std::string(125, 'p'));
}

INSTANTIATE_TEST_SUITE_P(Ways, WsFramesTest, testing::Values("directly", "nginx"),
                         [](const auto& way) { return std::string(way.param); });

}  // namespace ws_frames_test
}  // namespace dundun
