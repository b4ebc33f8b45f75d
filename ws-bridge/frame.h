// Frames that are ready to send, and each socket's queue of them.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace dundun {

// One whole text message: the header of RFC 6455 section 5.2 (final, unmasked) and the payload.
// Built once for an event, and shared by all sockets that get it.
using Frame = std::shared_ptr<const std::string>;
Frame text_frame(std::string_view payload);
// Appends one more frame, so that several events for the same sockets are in one buffer.
void append_text_frame(std::string& buffer, std::string_view payload);

// The frames that wait for one socket, limited in bytes. A frame counts in every queue that it is
// in. So the limit says how far a client may fall behind, not how much memory is used.
class FrameQueue {
 public:
  explicit FrameQueue(size_t bytes_max) : bytes_max_(bytes_max) {}

  // False, and nothing is queued, if the limit would be passed.
  [[nodiscard]] bool push(const Frame& frame);
  // Queues a balance. An older balance that still waits is dropped.
  [[nodiscard]] bool push_balance(const Frame& frame);
  bool empty() const { return bytes_ == 0; }
  size_t bytes() const { return bytes_; }
  void clear();

  // Takes whole frames off the front: as many as fit into `bytes_max`, but at least one. A single
  // frame is handed out as it is. Several are copied into `scratch`, so that one system call sends
  // them all.
  struct Batch {
    Frame single;
    std::string_view bytes;  // valid until `scratch` changes or `single` dies
  };
  Batch take(std::string& scratch, size_t bytes_max);

 private:
  void drop_taken();

  static constexpr size_t kNone = static_cast<size_t>(-1);

  std::vector<Frame> frames_;  // null: dropped
  size_t head_ = 0;
  size_t balance_ = kNone;  // where a balance waits
  size_t bytes_ = 0;
  size_t bytes_max_;
};

}  // namespace dundun
