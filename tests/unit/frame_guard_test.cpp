// What passes to libwebsockets must not depend on how the bytes came in pieces.
#include "ws-bridge/frame_guard.h"

#include <gtest/gtest.h>

#include <random>
#include <set>

namespace dundun {
namespace frame_guard_test {

using namespace std::string_literals;

const std::string kHead = "GET /ws HTTP/1.1\r\nHost: a\r\n\r\n";
const std::string kMask = "\x37\xfa\x21\x3d";

std::string masked(std::string text) {
  for (size_t i = 0; i < text.size(); ++i) text[i] = static_cast<char>(text[i] ^ kMask[i % 4]);
  return text;
}

std::string frame(char first, const std::string& text) {
  return std::string{first, static_cast<char>(0x80 | text.size())} + kMask + masked(text);
}

// As the inlet reads: the head to its end, then all that comes, in the given pieces.
std::string passed(const std::string& frames, const std::vector<size_t>& pieces) {
  FrameGuard guard;
  std::string out, room;
  const auto pass = [&](std::string_view bytes) {
    room.resize(bytes.size() + FrameGuard::kHeldMax);
    out.append(room.data(), guard.pass(bytes, room.data()));
  };
  EXPECT_TRUE(guard.expects_head());
  const std::string all = kHead + frames;
  EXPECT_EQ(guard.head_part(all), kHead.size());
  pass(kHead);
  guard.start_frames();
  EXPECT_FALSE(guard.expects_head());
  std::string_view left = frames;
  for (const size_t piece : pieces) {
    pass(left.substr(0, piece));
    left.remove_prefix(std::min(piece, left.size()));
  }
  pass(left);
  EXPECT_TRUE(out.starts_with(kHead));
  return out.substr(kHead.size());
}

TEST(FrameGuardTest, WhatIsRightPassesInWhateverPieces) {
  const std::string large(70'000, 'x');
  const std::string length = "\xff\0\0\0\0\0\x01\x11\x70"s;  // 70,000 in eight bytes
  const std::string frames = frame('\x01', "{") + frame('\x89', std::string(125, 'p')) +
                             frame('\x00', "") + frame('\x80', "}") + "\x82" + length + kMask +
                             masked(large) + frame('\x8a', "") + frame('\x81', "end");
  EXPECT_EQ(passed(frames, {}), frames);
  EXPECT_EQ(passed(frames, std::vector<size_t>(frames.size(), 1)), frames);
  std::mt19937 random(6455);
  for (int round = 0; round < 200; ++round) {
    std::vector<size_t> pieces(50);
    for (size_t& piece : pieces) piece = random() % 20;
    EXPECT_EQ(passed(frames, pieces), frames);
  }
}

TEST(FrameGuardTest, WhatIsWrongEndsInACloseFrame) {
  const std::string good = frame('\x81', "hello");
  const std::string protocol_error = "\x88\x82\0\0\0\0\x03\xea"s;
  for (const std::string& wrong :
       {"\x81\x01x"s, "\xc1"s, "\x83"s, "\x8b"s, "\x09"s, "\x80"s, "\x89\xfe"s, "\x88\x81"s,
        "\x82\xfe\0\x7d"s + kMask, "\x82\xff\0\0\0\0\0\0\xff\xff"s + kMask,
        "\x82\xff\x80\0\0\0\0\0\0\0"s + kMask, frame('\x88', "\x13\x88"),
        frame('\x88', "\x03\xed")}) {
    EXPECT_EQ(passed(good + wrong + good, {}), good + protocol_error);
    EXPECT_EQ(passed(good + wrong + good, std::vector<size_t>(40, 1)), good + protocol_error);
  }
}

TEST(FrameGuardTest, ACloseFramePassesWithoutItsReason) {
  EXPECT_EQ(passed(frame('\x88', "\x03\xe8 bye"), {3, 2, 4}), "\x88\x82\0\0\0\0\x03\xe8"s);
  EXPECT_EQ(passed(frame('\x88', ""), {}), "\x88\x80\0\0\0\0"s);
  EXPECT_EQ(passed(frame('\x88', "\x03\xe8\xff"), {}), "\x88\x82\0\0\0\0\x03\xef"s);
  // Registered after the RFC; the library would take it for wrong.
  EXPECT_EQ(passed(frame('\x88', "\x03\xf5"), {}), "\x88\x82\0\0\0\0\x03\xe8"s);
}

TEST(FrameGuardTest, OnlyCodesThatMayBeSentPass) {
  const std::set<int> standard = {1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011};
  for (int code = 0; code < 0x10000; ++code) {
    const std::string bytes{static_cast<char>(code >> 8), static_cast<char>(code & 0xff)};
    const bool is_young = code >= 1012 && code <= 1014;
    const bool may = standard.contains(code) || (code >= 3000 && code <= 4999);
    const std::string handed = may ? bytes : is_young ? "\x03\xe8" : "\x03\xea";
    ASSERT_EQ(passed(frame('\x88', bytes), {}), "\x88\x82\0\0\0\0"s + handed) << code;
  }
}

TEST(FrameGuardTest, TheShortestFormOfALengthIsRight) {
  const std::string in_two = "\x82\xfe\0\x7e"s + kMask + masked(std::string(126, 'x'));
  EXPECT_EQ(passed(in_two, {}), in_two);
  const std::string in_eight =
      "\x82\xff\0\0\0\0\0\x01\0\0"s + kMask + masked(std::string(65'536, 'x'));
  EXPECT_EQ(passed(in_eight, {}), in_eight);
}

TEST(FrameGuardTest, AHeadMayComeInPiecesToo) {
  FrameGuard guard;
  char out[64];
  EXPECT_EQ(guard.head_part("GET / HTTP/1.1\r\n\r"), 17u);
  EXPECT_EQ(guard.pass("GET / HTTP/1.1\r\n\r", out), 17u);
  EXPECT_EQ(guard.head_part("\n\x81\x80"), 1u);
  EXPECT_EQ(guard.pass("\n", out), 1u);
  EXPECT_EQ(guard.head_part("POST / HTTP/1.1\r\n\r\nbody"), 19u);
}

}  // namespace frame_guard_test
}  // namespace dundun
