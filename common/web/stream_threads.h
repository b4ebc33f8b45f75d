// Threads that write streamed bodies, one for each, so that a slow reader makes no one else wait.
// ExportSlots limits how many there are.
#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

namespace dundun {

class StreamThreads {
 public:
  StreamThreads() = default;
  StreamThreads(const StreamThreads&) = delete;
  ~StreamThreads();  // waits for all

  void run(std::function<void()> work);

 private:
  struct Stream {
    std::thread thread;
    std::shared_ptr<std::atomic<bool>> ended;
  };
  std::mutex mutex_;
  std::vector<Stream> streams_;
};

}  // namespace dundun
