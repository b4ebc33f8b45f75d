// What a client's bytes say by RFC 6455 section 5, strictly.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace dundun {

// The close code that answers a client's breach (section 7.4.1).
enum class Breach : uint16_t { kProtocol = 1002, kNotUtf8 = 1007 };

// Whether a text that comes in pieces is UTF-8 (RFC 3629).
class Utf8Check {
 public:
  bool take(std::string_view bytes);  // false: it is not, whatever follows
  bool complete() const { return wanted_ == 0; }

 private:
  int wanted_ = 0;                            // bytes until the character is whole
  unsigned char least_ = 0x80, most_ = 0xbf;  // of the next one
};

// The code that a close frame may bear (sections 7.4.1, 7.4.2 and the IANA registry).
bool may_close_with(int code);

class FrameReader {
 public:
  class Sink {
   public:
    virtual ~Sink() = default;
    // A piece of a data frame's payload; the last one of a frame may be empty.
    virtual void on_data(std::string_view bytes, bool is_binary, bool ends_frame,
                         bool ends_message) = 0;
    virtual void on_ping(std::string_view payload) = 0;
    virtual void on_close(std::string_view payload) = 0;  // "", or a code and UTF-8
  };

  // After a breach or a close frame the reader wants no more. The bytes are unmasked in place.
  std::optional<Breach> read(std::string& bytes, Sink& sink);

 private:
  enum Opcode : uint8_t {
    kContinuation = 0,
    kText = 1,
    kBinary = 2,
    kClose = 8,
    kPing = 9,
    kPong = 10
  };

  static constexpr size_t kHeadBytesMax = 14;
  bool is_control() const { return (opcode_ & 8) != 0; }
  bool read_head(std::string_view& rest, std::optional<Breach>& breach);
  std::optional<Breach> begin_frame();
  std::optional<Breach> read_length();
  std::optional<Breach> take_payload(std::string_view piece, Sink& sink);
  std::optional<Breach> take_data(std::string_view piece, bool ends_frame, Sink& sink);
  std::optional<Breach> end_control(Sink& sink);
  size_t head_bytes_wanted() const;

  std::array<unsigned char, kHeadBytesMax> head_{};
  size_t head_bytes_ = 0;
  bool in_payload_ = false;
  bool is_final_ = false;
  uint8_t opcode_ = 0;
  uint64_t left_ = 0;    // of the payload
  size_t mask_at_ = 0;   // of the payload's next byte
  uint8_t message_ = 0;  // the opcode of the message that goes on; 0: none does
  bool closed_ = false;
  std::string control_;  // payload of a control frame
  Utf8Check text_;
};

}  // namespace dundun
