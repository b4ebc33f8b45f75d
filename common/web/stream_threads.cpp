#include "common/web/stream_threads.h"

#include <utility>

namespace dundun {

StreamThreads::~StreamThreads() {
  for (Stream& stream : streams_) stream.thread.join();
}

void StreamThreads::run(std::function<void()> work) {
  std::lock_guard lock(mutex_);
  std::erase_if(streams_, [](Stream& stream) {
    if (!*stream.ended) return false;
    stream.thread.join();
    return true;
  });
  auto ended = std::make_shared<std::atomic<bool>>(false);
  std::thread thread([work = std::move(work), ended] {
    work();
    *ended = true;
  });
  streams_.push_back({std::move(thread), std::move(ended)});
}

}  // namespace dundun
