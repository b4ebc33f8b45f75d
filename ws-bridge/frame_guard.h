// Looks at what a client sends before libwebsockets sees it, because the library (4.1) takes frames
// without a mask and close codes that nobody may send, and hangs up on others without a word.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace dundun {

// One connection's. Before the upgrade everything passes. Then each frame's header is checked
// against RFC 6455 sections 5.2 to 5.5. In the place of the first frame that breaks them, a close
// frame with code 1002 (protocol error) is handed on, which the library answers as it answers any:
// the client is told why, and the connection ends. What comes after it is dropped. A client's own
// close frame is handed on without its reason once its code (section 7.4) and the reason's UTF-8
// are right. Whether text is UTF-8 is left to the library.
class FrameGuard {
 public:
  // So much more than it is given may pass() hand out: what it held back, or a close frame.
  static constexpr size_t kHeldMax = 16;

  // Before the upgrade. Then no more is to be read than to the end of a request's head, so that no
  // frame comes with it: how much that is of `bytes`, which were not read yet.
  bool expects_head() const { return part_ == Part::kHead; }
  size_t head_part(std::string_view bytes) const;
  // Copies to `out`, which has room for bytes.size() + kHeldMax, what may pass. How much that is.
  size_t pass(std::string_view bytes, char* out);
  // The upgrade is answered: what comes now are frames.
  void start_frames() { part_ = Part::kHeader; }

 private:
  enum class Part : uint8_t { kHead, kHeader, kPayload, kClose, kEnded };

  size_t header_size() const;
  bool header_breaks_rules() const;
  uint64_t payload_length() const;
  size_t take_header_byte(char byte, char* out);
  // The rest of a client's close frame; at its end, what is handed on of it.
  size_t take_close(std::string_view bytes, char* out);
  size_t end_with(int code, char* out);

  uint64_t payload_left_ = 0;
  std::unique_ptr<std::string> close_;  // payload of a close frame, while it comes
  char held_[14];                       // a header
  uint8_t held_size_ = 0;
  Part part_ = Part::kHead;
  bool is_in_message_ = false;  // a fragment came that was not the last
  uint8_t head_ended_ = 0;      // bytes of the blank line that ends a head
};

}  // namespace dundun
