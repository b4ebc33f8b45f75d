// Frames ready for the wire and the queue of them that each socket has.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace dundun {

// One whole text message: RFC 6455 section 5.2 header (final, unmasked) and payload. Built once
// an event and shared by every socket that gets it.
using Frame = std::shared_ptr<const std::string>;
Frame text_frame(std::string_view payload);
// Several events for the same sockets go behind each other into one buffer.
void append_text_frame(std::string& buffer, std::string_view payload);

// What waits for one socket, bounded in bytes. A frame counts in every queue it stands in, so
// the bound says how far a client may fall behind, not how much memory is held.
class FrameQueue {
 public:
  explicit FrameQueue(size_t bytes_max) : bytes_max_(bytes_max) {}

  // False, and nothing queued, if the bound would be passed.
  [[nodiscard]] bool push(const Frame& frame);
  // A balance: one that still waits is forgotten, the newer says all.
  [[nodiscard]] bool push_balance(const Frame& frame);
  bool empty() const { return bytes_ == 0; }
  size_t bytes() const { return bytes_; }
  void clear();

  // Takes whole frames off the front: as many as fit `bytes_max`, at least one. A single frame
  // is handed out as it is; several are copied behind each other into `scratch`, so that one
  // system call sends them all.
  struct Batch {
    Frame single;
    std::string_view bytes;  // valid until `scratch` changes or `single` dies
  };
  Batch take(std::string& scratch, size_t bytes_max);

 private:
  void drop_taken();

  static constexpr size_t kNone = static_cast<size_t>(-1);

  std::vector<Frame> frames_;  // null: forgotten
  size_t head_ = 0;
  size_t balance_ = kNone;  // where a balance waits
  size_t bytes_ = 0;
  size_t bytes_max_;
};

}  // namespace dundun
