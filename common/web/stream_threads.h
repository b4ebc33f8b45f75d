// Threads that write streamed bodies, so that a slow reader keeps nobody else waiting. As many as
// there are streams; who allows a stream bounds them (ExportSlots).
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
