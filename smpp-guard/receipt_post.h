// Brings receipts to our API, many at once, and tells which were taken.
#pragma once

#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "common/io/http_poster.h"

namespace dundun {

class ReceiptPost {
 public:
  explicit ReceiptPost(std::string url);
  ~ReceiptPost();

  // Becomes readable when take_done() has a result.
  int wake_fd() const { return wake_[0]; }
  struct Call {
    std::string reference;          // "<reference>.<signature>", as the submit bore it
    int type;                       // as Kannel numbers them: 1, 2, 16
    std::string answer, id, error;  // letters, digits and ':' only
  };
  void post(uint64_t key, const Call& receipt);
  struct Done {
    uint64_t key;
    bool taken;  // also true if refused for good: it need not be brought again
  };
  std::vector<Done> take_done();

 private:
  const std::string url_;
  int wake_[2] = {-1, -1};
  std::mutex mutex_;
  std::vector<Done> done_;
  std::unique_ptr<HttpPoster> http_;
};

}  // namespace dundun
