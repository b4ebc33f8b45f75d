#include "ws-bridge/frame_guard.h"

#include <algorithm>
#include <cstring>

#include "common/base/json_text.h"

namespace dundun {
namespace {

// RFC 6455 section 5.2.
constexpr uint8_t kFinal = 0x80, kReserved = 0x70, kOpcode = 0x0f, kMasked = 0x80, kLength = 0x7f;
constexpr uint8_t kLengthIn2 = 126, kLengthIn8 = 127, kControlMax = 125;
constexpr uint8_t kContinuation = 0, kText = 1, kBinary = 2, kClose = 8, kPing = 9, kPong = 10;
constexpr size_t kMaskBytes = 4;

// Section 7.4.1.
constexpr int kNormal = 1000, kProtocolError = 1002, kNoCode = 1005, kNotUtf8 = 1007;

constexpr std::string_view kBlankLine = "\r\n\r\n";

bool may_be_sent(int code) {
  if (code >= 3000) return code <= 4999;
  return code >= 1000 && code <= 1014 && code != 1004 && code != 1005 && code != 1006;
}

// Codes of the registry that libwebsockets takes for wrong.
bool is_young(int code) { return code >= 1012 && code <= 1014; }

// How much of the blank line stands at the end, one byte after `seen` of it did.
uint8_t after(uint8_t seen, char byte) {
  if (byte == kBlankLine[seen % kBlankLine.size()]) {
    return static_cast<uint8_t>(seen % kBlankLine.size() + 1);
  }
  return byte == kBlankLine[0] ? 1 : 0;
}

uint8_t bits(char byte) { return static_cast<uint8_t>(byte); }

}  // namespace

size_t FrameGuard::head_part(std::string_view bytes) const {
  uint8_t ended = head_ended_;
  for (size_t i = 0; i < bytes.size(); ++i) {
    ended = after(ended, bytes[i]);
    if (ended == kBlankLine.size()) return i + 1;
  }
  return bytes.size();
}

size_t FrameGuard::pass(std::string_view bytes, char* out) {
  size_t size = 0;
  while (!bytes.empty()) {
    size_t taken = bytes.size();
    switch (part_) {
      case Part::kHead:
        for (const char byte : bytes) head_ended_ = after(head_ended_, byte);
        std::memcpy(out + size, bytes.data(), taken);
        size += taken;
        break;
      case Part::kHeader:
        size += take_header_byte(bytes[0], out + size);
        taken = 1;
        break;
      case Part::kPayload:
        taken = std::min<uint64_t>(taken, payload_left_);
        std::memcpy(out + size, bytes.data(), taken);
        size += taken;
        payload_left_ -= taken;
        if (payload_left_ == 0) part_ = Part::kHeader;
        break;
      case Part::kClose:
        taken = std::min<uint64_t>(taken, payload_left_);
        size += take_close(bytes.substr(0, taken), out + size);
        break;
      case Part::kEnded:
        return size;
    }
    bytes.remove_prefix(taken);
  }
  return size;
}

// 0: the first two bytes are not there yet.
size_t FrameGuard::header_size() const {
  if (held_size_ < 2) return 0;
  const uint8_t length = bits(held_[1]) & kLength;
  return 2 + (length == kLengthIn2 ? 2U : length == kLengthIn8 ? 8U : 0U) + kMaskBytes;
}

// Of a header that is whole.
uint64_t FrameGuard::payload_length() const {
  const uint8_t length = bits(held_[1]) & kLength;
  const size_t bytes = length == kLengthIn2 ? 2U : length == kLengthIn8 ? 8U : 0U;
  if (bytes == 0) return length;
  uint64_t number = 0;
  for (size_t i = 0; i < bytes; ++i) number = number << 8 | bits(held_[2 + i]);
  return number;
}

// Of what is held: the first byte alone, the first two, or the whole header.
bool FrameGuard::header_breaks_rules() const {
  const uint8_t first = bits(held_[0]);
  const uint8_t opcode = first & kOpcode;
  const bool is_control = opcode >= kClose;
  if ((first & kReserved) != 0 || opcode > kPong || (opcode > kBinary && !is_control)) return true;
  if (is_control && (first & kFinal) == 0) return true;
  if (opcode == kContinuation && !is_in_message_) return true;
  if ((opcode == kText || opcode == kBinary) && is_in_message_) return true;
  if (held_size_ < 2) return false;
  const uint8_t length = bits(held_[1]) & kLength;
  if ((bits(held_[1]) & kMasked) == 0 || (is_control && length > kControlMax)) return true;
  if (opcode == kClose && length == 1) return true;
  if (held_size_ < header_size()) return false;
  // The shortest form, and no more than 2^63.
  if (length == kLengthIn2) return payload_length() < kLengthIn2;
  return length == kLengthIn8 && (payload_length() <= 0xffff || payload_length() >> 63 != 0);
}

// How much was handed out.
size_t FrameGuard::take_header_byte(char byte, char* out) {
  held_[held_size_++] = byte;
  if (header_breaks_rules()) return end_with(kProtocolError, out);
  const size_t size = header_size();
  if (size == 0 || held_size_ < size) return 0;
  payload_left_ = payload_length();
  const uint8_t opcode = bits(held_[0]) & kOpcode;
  if (opcode == kClose) {
    part_ = Part::kClose;
    close_ = std::make_unique<std::string>();
    return payload_left_ == 0 ? end_with(kNoCode, out) : 0;
  }
  if (opcode < kClose) is_in_message_ = (bits(held_[0]) & kFinal) == 0;
  if (payload_left_ > 0) part_ = Part::kPayload;
  std::memcpy(out, held_, size);
  held_size_ = 0;
  return size;
}

size_t FrameGuard::take_close(std::string_view bytes, char* out) {
  for (const char byte : bytes) {
    *close_ += static_cast<char>(byte ^ held_[2 + close_->size() % kMaskBytes]);
  }
  payload_left_ -= bytes.size();
  if (payload_left_ > 0) return 0;
  const int code = bits((*close_)[0]) << 8 | bits((*close_)[1]);
  if (!may_be_sent(code)) return end_with(kProtocolError, out);
  if (!is_utf8(std::string_view(*close_).substr(2))) return end_with(kNotUtf8, out);
  return end_with(is_young(code) ? kNormal : code, out);
}

// A close frame as a client sends it, masked with zeros.
size_t FrameGuard::end_with(int code, char* out) {
  part_ = Part::kEnded;
  close_.reset();
  const bool has_code = code != kNoCode;
  const char frame[] = {'\x88',
                        has_code ? '\x82' : '\x80',
                        0,
                        0,
                        0,
                        0,
                        static_cast<char>(code >> 8),
                        static_cast<char>(code & 0xff)};
  const size_t size = sizeof frame - (has_code ? 0 : 2);
  std::memcpy(out, frame, size);
  return size;
}

}  // namespace dundun
