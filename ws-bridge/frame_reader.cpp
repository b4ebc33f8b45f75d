#include "ws-bridge/frame_reader.h"

#include <algorithm>

namespace dundun {
namespace {

constexpr size_t kControlBytesMax = 125;
constexpr unsigned char kFinal = 0x80, kReserved = 0x70, kOpcodeBits = 0x0f, kMasked = 0x80;
constexpr unsigned char kTwoBytes = 126, kEightBytes = 127;
constexpr size_t kMaskBytes = 4;

}  // namespace

// The table of RFC 3629 section 4: what may follow the first byte of a character.
bool Utf8Check::take(std::string_view bytes) {
  for (const char c : bytes) {
    const auto byte = static_cast<unsigned char>(c);
    if (wanted_ > 0) {
      if (byte < least_ || byte > most_) return false;
      --wanted_;
      least_ = 0x80;
      most_ = 0xbf;
    } else if (byte >= 0x80) {
      if (byte < 0xc2 || byte > 0xf4) return false;
      wanted_ = byte < 0xe0 ? 1 : byte < 0xf0 ? 2 : 3;
      if (byte == 0xe0) least_ = 0xa0;
      if (byte == 0xed) most_ = 0x9f;  // no surrogates
      if (byte == 0xf0) least_ = 0x90;
      if (byte == 0xf4) most_ = 0x8f;
    }
  }
  return true;
}

bool may_close_with(int code) {
  return (code >= 1000 && code <= 1003) || (code >= 1007 && code <= 1014) ||
         (code >= 3000 && code <= 4999);
}

std::optional<Breach> FrameReader::read(std::string& bytes, Sink& sink) {
  std::string_view rest = bytes;
  while (!closed_) {
    std::optional<Breach> breach;
    if (!in_payload_ && !read_head(rest, breach)) return breach;
    const size_t size = static_cast<size_t>(std::min<uint64_t>(left_, rest.size()));
    if (size == 0 && left_ > 0) return std::nullopt;
    char* const begin = bytes.data() + (rest.data() - bytes.data());
    const unsigned char* const mask = head_.data() + head_bytes_ - kMaskBytes;
    for (size_t i = 0; i < size; ++i) {
      begin[i] = static_cast<char>(begin[i] ^ mask[mask_at_++ % kMaskBytes]);
    }
    left_ -= size;
    breach = take_payload(rest.substr(0, size), sink);
    if (breach) return breach;
    rest.remove_prefix(size);
    if (left_ > 0) continue;
    in_payload_ = false;
    head_bytes_ = 0;
  }
  return std::nullopt;
}

size_t FrameReader::head_bytes_wanted() const {
  if (head_bytes_ < 2) return 2;
  const unsigned char length = head_[1] & ~kMasked;
  return 2 + (length == kTwoBytes ? 2 : length == kEightBytes ? 8 : 0) + kMaskBytes;
}

// False: more has to come, or there is a breach. What is wrong in the first two bytes is said
// before the others come.
bool FrameReader::read_head(std::string_view& rest, std::optional<Breach>& breach) {
  while (head_bytes_ < head_bytes_wanted()) {
    if (rest.empty()) return false;
    head_[head_bytes_++] = static_cast<unsigned char>(rest.front());
    rest.remove_prefix(1);
    if (head_bytes_ == 2) breach = begin_frame();
    if (breach) return false;
  }
  breach = read_length();
  if (breach) return false;
  mask_at_ = 0;
  in_payload_ = true;
  control_.clear();
  return true;
}

std::optional<Breach> FrameReader::begin_frame() {
  is_final_ = (head_[0] & kFinal) != 0;
  opcode_ = head_[0] & kOpcodeBits;
  const bool is_known = opcode_ <= kBinary || (opcode_ >= kClose && opcode_ <= kPong);
  const bool is_masked = (head_[1] & kMasked) != 0;
  if ((head_[0] & kReserved) != 0 || !is_known || !is_masked) return Breach::kProtocol;
  if (is_control()) {
    const bool is_short = (head_[1] & ~kMasked) <= static_cast<int>(kControlBytesMax);
    return is_final_ && is_short ? std::nullopt : std::optional(Breach::kProtocol);
  }
  if ((opcode_ == kContinuation) != (message_ != 0)) return Breach::kProtocol;
  if (opcode_ != kContinuation) {
    message_ = opcode_;
    text_ = {};
  }
  return std::nullopt;
}

// As few bytes as it takes, and no number over 2^63 (section 5.2).
std::optional<Breach> FrameReader::read_length() {
  const unsigned char length = head_[1] & ~kMasked;
  left_ = length;
  if (length < kTwoBytes) return std::nullopt;
  const size_t bytes = length == kTwoBytes ? 2 : 8;
  left_ = 0;
  for (size_t i = 0; i < bytes; ++i) left_ = left_ << 8 | head_[2 + i];
  const uint64_t least = length == kTwoBytes ? kTwoBytes : 0x10000;
  if (left_ < least || left_ >> 63 != 0) return Breach::kProtocol;
  return std::nullopt;
}

std::optional<Breach> FrameReader::take_payload(std::string_view piece, Sink& sink) {
  if (!is_control()) return take_data(piece, left_ == 0, sink);
  control_ += piece;
  return left_ == 0 ? end_control(sink) : std::nullopt;
}

std::optional<Breach> FrameReader::take_data(std::string_view piece, bool ends_frame, Sink& sink) {
  const bool ends_message = ends_frame && is_final_;
  const bool is_binary = message_ == kBinary;
  if (!is_binary && (!text_.take(piece) || (ends_message && !text_.complete()))) {
    return Breach::kNotUtf8;
  }
  if (ends_message) message_ = 0;
  sink.on_data(piece, is_binary, ends_frame, ends_message);
  return std::nullopt;
}

std::optional<Breach> FrameReader::end_control(Sink& sink) {
  if (opcode_ == kPing) sink.on_ping(control_);
  if (opcode_ != kClose) return std::nullopt;
  closed_ = true;
  if (!control_.empty()) {
    if (control_.size() == 1) return Breach::kProtocol;
    const int code =
        static_cast<unsigned char>(control_[0]) << 8 | static_cast<unsigned char>(control_[1]);
    if (!may_close_with(code)) return Breach::kProtocol;
    Utf8Check reason;
    if (!reason.take(std::string_view(control_).substr(2)) || !reason.complete()) {
      return Breach::kNotUtf8;
    }
  }
  sink.on_close(control_);
  return std::nullopt;
}

}  // namespace dundun
