#include "common/io/resolver.h"

#include <netdb.h>
#include <sys/socket.h>

#include "common/io/owned.h"

namespace dundun {
namespace {

constexpr size_t kThreadsMax = 32;
// A name's addresses are checked whenever they are used, so an old answer is stale at worst.
constexpr std::chrono::seconds kKeep{30};
constexpr std::chrono::seconds kKeepNothing{5};
constexpr size_t kNamesMax = 20'000;

}  // namespace

std::vector<IpAddress> Resolver::ask_system(const std::string& host) {
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* found = nullptr;
  if (getaddrinfo(host.c_str(), nullptr, &hints, &found) != 0) return {};
  const Owned<addrinfo, freeaddrinfo> owner(found);
  std::vector<IpAddress> addresses;
  for (const addrinfo* one = found; one != nullptr; one = one->ai_next) {
    if (auto address = IpAddress::of(one->ai_addr)) addresses.push_back(*address);
  }
  return addresses;
}

Resolver::Resolver(Lookup lookup, std::function<void()> on_answer)
    : lookup_(std::move(lookup)), on_answer_(std::move(on_answer)) {}

Resolver::~Resolver() {
  {
    std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_all();
  for (std::thread& thread : threads_) thread.join();
}

std::optional<std::vector<IpAddress>> Resolver::ask(const std::string& host) {
  std::lock_guard lock(mutex_);
  auto found = entries_.find(host);
  if (found != entries_.end()) {
    if (!found->second.known) return std::nullopt;
    if (found->second.until > Clock::now()) return found->second.addresses;
  }
  if (entries_.size() > kNamesMax) {
    std::erase_if(entries_, [](const auto& entry) { return entry.second.known; });
  }
  entries_[host] = Entry{};
  waiting_.push_back(host);
  if (resting_ < static_cast<int>(waiting_.size()) && threads_.size() < kThreadsMax) {
    threads_.emplace_back([this] { run(); });
  }
  wake_.notify_one();
  return std::nullopt;
}

void Resolver::run() {
  std::unique_lock lock(mutex_);
  while (true) {
    ++resting_;
    wake_.wait(lock, [this] { return stopping_ || !waiting_.empty(); });
    --resting_;
    if (stopping_) return;
    const std::string host = std::move(waiting_.front());
    waiting_.pop_front();
    lock.unlock();
    std::vector<IpAddress> addresses = lookup_(host);
    lock.lock();
    const Clock::time_point until = Clock::now() + (addresses.empty() ? kKeepNothing : kKeep);
    entries_[host] = {true, std::move(addresses), until};
    lock.unlock();
    on_answer_();
    lock.lock();
  }
}

}  // namespace dundun
