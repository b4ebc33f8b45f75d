#include "smpp-guard/receipt_post.h"

#include <fcntl.h>
#include <unistd.h>

#include <utility>

#include "common/base/log.h"

namespace dundun {

ReceiptPost::ReceiptPost(std::string url)
    : url_(std::move(url)), http_(std::make_unique<HttpPoster>(HttpPoster::Options{})) {
  if (pipe2(wake_, O_CLOEXEC | O_NONBLOCK) != 0) log(LogLevel::kError, "no_pipe");
}

ReceiptPost::~ReceiptPost() {
  http_.reset();  // its thread writes to the pipe
  close(wake_[0]);
  close(wake_[1]);
}

void ReceiptPost::post(uint64_t key, const Call& receipt) {
  const size_t dot = receipt.reference.find('.');
  HttpCall call;
  call.url = url_ + "?ref=" + receipt.reference.substr(0, dot) +
             "&sig=" + (dot == std::string::npos ? "" : receipt.reference.substr(dot + 1)) +
             "&type=" + std::to_string(receipt.type) + "&answer=" + receipt.answer +
             "&id=" + receipt.id + "&err=" + receipt.error;
  call.headers = {{"Content-Type", "text/plain"}};
  call.body = "receipt";
  http_->post(std::move(call), [this, key](const HttpOutcome& outcome) {
    const int status = outcome.kind == HttpOutcome::Kind::kAnswered ? outcome.reply.status : 0;
    const bool refused = status >= 400 && status < 500 && status != 429;
    if (refused) log(LogLevel::kWarning, "receipt_refused", {{"status", int64_t{status}}});
    {
      std::lock_guard lock(mutex_);
      done_.push_back({key, status == 200 || refused});
    }
    (void)!write(wake_[1], "x", 1);
  });
}

std::vector<ReceiptPost::Done> ReceiptPost::take_done() {
  char drained[256];
  while (read(wake_[0], drained, sizeof drained) > 0) {
  }
  std::lock_guard lock(mutex_);
  return std::exchange(done_, {});
}

}  // namespace dundun
