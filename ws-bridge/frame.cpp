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

void append_text_frame(std::string& buffer, std::string_view payload) {
  buffer += kFinalText;
  if (payload.size() < 126) {
    buffer += static_cast<char>(payload.size());
  } else if (payload.size() < 65'536) {
    buffer += static_cast<char>(126);
    append_big_endian(buffer, payload.size(), 2);
  } else {
    buffer += static_cast<char>(127);
    append_big_endian(buffer, payload.size(), 8);
  }
  buffer += payload;
}

Frame text_frame(std::string_view payload) {
  std::string frame;
  frame.reserve(payload.size() + 10);
  append_text_frame(frame, payload);
  return std::make_shared<const std::string>(std::move(frame));
}

bool FrameQueue::push(const Frame& frame) {
  if (bytes_ + frame->size() > bytes_max_) return false;
  bytes_ += frame->size();
  frames_.push_back(frame);
  return true;
}

bool FrameQueue::push_balance(const Frame& frame) {
  if (balance_ != kNone) {
    bytes_ -= frames_[balance_]->size();
    frames_[balance_].reset();
    if (balance_ + 1 == frames_.size()) frames_.pop_back();
    balance_ = kNone;
  }
  if (!push(frame)) return false;
  balance_ = frames_.size() - 1;
  return true;
}

void FrameQueue::clear() {
  if (frames_.capacity() > kKeptCapacity) {
    std::vector<Frame>().swap(frames_);
  } else {
    frames_.clear();
  }
  head_ = 0;
  balance_ = kNone;
  bytes_ = 0;
}

FrameQueue::Batch FrameQueue::take(std::string& scratch, size_t bytes_max) {
  Batch batch;
  if (empty()) return batch;
  while (!frames_[head_]) ++head_;
  size_t end = head_;
  size_t size = 0;
  int count = 0;
  for (; end < frames_.size(); ++end) {
    if (!frames_[end]) continue;
    if (count > 0 && size + frames_[end]->size() > bytes_max) break;
    size += frames_[end]->size();
    ++count;
  }
  if (count == 1) {
    batch.single = std::move(frames_[head_]);
    batch.bytes = *batch.single;
  } else {
    scratch.clear();
    for (size_t i = head_; i < end; ++i) {
      if (!frames_[i]) continue;
      scratch += *frames_[i];
      frames_[i].reset();
    }
    batch.bytes = scratch;
  }
  head_ = end;
  if (balance_ != kNone && balance_ < end) balance_ = kNone;
  bytes_ -= size;
  if (empty()) {
    clear();
  } else if (head_ > kKeptCapacity && head_ > frames_.size() / 2) {
    drop_taken();
  }
  return batch;
}

// A queue that never runs empty must not grow for ever.
void FrameQueue::drop_taken() {
  frames_.erase(frames_.begin(), frames_.begin() + static_cast<std::ptrdiff_t>(head_));
  if (balance_ != kNone) balance_ -= head_;
  head_ = 0;
}

}  // namespace dundun
