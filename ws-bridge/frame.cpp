#include "ws-bridge/frame.h"

#include <cstdint>

namespace dundun {
namespace {

constexpr char kFinalText = static_cast<char>(0x81);
// A queue that once was long gives its array back.
constexpr size_t kKeptCapacity = 64;

void append_big_endian(std::string& out, uint64_t number, int bytes) {
  for (int shift = 8 * (bytes - 1); shift >= 0; shift -= 8) {
    out += static_cast<char>((number >> shift) & 0xff);
  }
}

}  // namespace

Frame text_frame(std::string_view payload) {
  std::string frame;
  frame.reserve(payload.size() + 10);
  frame += kFinalText;
  if (payload.size() < 126) {
    frame += static_cast<char>(payload.size());
  } else if (payload.size() < 65'536) {
    frame += static_cast<char>(126);
    append_big_endian(frame, payload.size(), 2);
  } else {
    frame += static_cast<char>(127);
    append_big_endian(frame, payload.size(), 8);
  }
  frame += payload;
  return std::make_shared<const std::string>(std::move(frame));
}

bool FrameQueue::push(const Frame& frame) {
  if (bytes_ + frame->size() > bytes_max_) return false;
  bytes_ += frame->size();
  frames_.push_back(frame);
  return true;
}

void FrameQueue::clear() {
  if (frames_.capacity() > kKeptCapacity) {
    std::vector<Frame>().swap(frames_);
  } else {
    frames_.clear();
  }
  head_ = 0;
  bytes_ = 0;
}

FrameQueue::Batch FrameQueue::take(std::string& scratch, size_t bytes_max) {
  if (empty()) return {};
  size_t end = head_;
  size_t size = 0;
  while (end < frames_.size() && (end == head_ || size + frames_[end]->size() <= bytes_max)) {
    size += frames_[end++]->size();
  }
  Batch batch;
  if (end == head_ + 1) {
    batch.single = std::move(frames_[head_]);
    batch.bytes = *batch.single;
  } else {
    scratch.clear();
    for (size_t i = head_; i < end; ++i) {
      scratch += *frames_[i];
      frames_[i].reset();
    }
    batch.bytes = scratch;
  }
  head_ = end;
  bytes_ -= size;
  if (empty()) clear();
  return batch;
}

}  // namespace dundun
