#include "common/base/json_text.h"

#include <cstdint>

namespace dundun {

namespace {

uint8_t byte_at(std::string_view text, size_t at) {
  return at < text.size() ? static_cast<uint8_t>(text[at]) : 0;
}

bool within(uint8_t byte, uint8_t low, uint8_t high) { return byte >= low && byte <= high; }

// Length of the well-formed multi-byte sequence at `at` (Unicode table 3-7), 0 if there is none.
size_t utf8_sequence(std::string_view text, size_t at) {
  const uint8_t first = byte_at(text, at);
  const uint8_t second = byte_at(text, at + 1);
  if (within(first, 0xC2, 0xDF)) return within(second, 0x80, 0xBF) ? 2 : 0;
  const bool third = within(byte_at(text, at + 2), 0x80, 0xBF);
  if (within(first, 0xE0, 0xEF)) {
    const uint8_t low = first == 0xE0 ? 0xA0 : 0x80;
    const uint8_t high = first == 0xED ? 0x9F : 0xBF;  // no surrogates
    return third && within(second, low, high) ? 3 : 0;
  }
  if (within(first, 0xF0, 0xF4)) {
    const uint8_t low = first == 0xF0 ? 0x90 : 0x80;
    const uint8_t high = first == 0xF4 ? 0x8F : 0xBF;  // nothing above U+10FFFF
    const bool fourth = within(byte_at(text, at + 3), 0x80, 0xBF);
    return third && fourth && within(second, low, high) ? 4 : 0;
  }
  return 0;
}

size_t plain_run(std::string_view text, size_t at) {
  size_t end = at;
  while (end < text.size()) {
    const auto byte = static_cast<uint8_t>(text[end]);
    if (byte < 0x20 || byte >= 0x80 || byte == '"' || byte == '\\') break;
    ++end;
  }
  return end - at;
}

void append_control(std::string& out, uint8_t byte) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  switch (byte) {
    case '\n':
      out += "\\n";
      return;
    case '\r':
      out += "\\r";
      return;
    case '\t':
      out += "\\t";
      return;
    default:
      out += "\\u00";
      out += kDigits[byte >> 4];
      out += kDigits[byte & 15];
  }
}

}  // namespace

bool is_utf8(std::string_view text) {
  for (size_t at = 0; at < text.size();) {
    if (static_cast<uint8_t>(text[at]) < 0x80) {
      ++at;
      continue;
    }
    const size_t length = utf8_sequence(text, at);
    if (length == 0) return false;
    at += length;
  }
  return true;
}

// Most text needs no care: it is copied run by run.
void append_json_string(std::string& out, std::string_view text) {
  out += '"';
  size_t at = 0;
  while (at < text.size()) {
    const size_t run = plain_run(text, at);
    out.append(text, at, run);
    at += run;
    if (at == text.size()) break;
    const auto byte = static_cast<uint8_t>(text[at]);
    size_t length = 1;
    if (byte == '"' || byte == '\\') {
      out += '\\';
      out += text[at];
    } else if (byte < 0x20) {
      append_control(out, byte);
    } else if (const size_t sequence = utf8_sequence(text, at); sequence > 0) {
      out.append(text, at, sequence);
      length = sequence;
    } else {
      out += "\xEF\xBF\xBD";
    }
    at += length;
  }
  out += '"';
}

}  // namespace dundun
