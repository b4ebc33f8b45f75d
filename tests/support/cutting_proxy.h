// Stands between clients and the service and loses answers: what was asked is done, and the client
// never hears of it.
#pragma once

#include <atomic>
#include <mutex>
#include <random>
#include <string>
#include <thread>
#include <vector>

namespace dundun {

class CuttingProxy {
 public:
  // Listens at `path` (a Unix socket) for connections of one request each; `percent` of the answers
  // are cut off when their first byte has come.
  CuttingProxy(std::string path, std::string upstream, int percent, unsigned seed);
  ~CuttingProxy();
  const std::string& path() const { return path_; }
  int cut() const { return cut_; }

 private:
  void accept_all();
  void serve(int client);
  bool cuts();

  std::string path_, upstream_;
  int percent_;
  int fd_;
  std::atomic<bool> stopping_{false};
  std::atomic<int> cut_{0};
  std::mutex mutex_;
  std::mt19937 random_;
  std::vector<std::thread> serving_;
  std::thread thread_;
};

}  // namespace dundun
