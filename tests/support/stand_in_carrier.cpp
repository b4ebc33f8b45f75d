#include "tests/support/stand_in_carrier.h"

#include <chrono>
#include <filesystem>
#include <fstream>
#include <thread>

#include "tests/support/seed.h"

namespace dundun {
namespace {

constexpr int kTimeoutMs = 400;

// The message of a submit: its reference without the part stands where the receipts' address does.
std::string message_of(const HttpStandIn::Seen& seen) {
  const auto found = seen.headers.find("x-kannel-dlr-url");
  const auto guarded = seen.headers.find("x-kannel-meta-data");
  const std::string text = found != seen.headers.end()     ? found->second
                           : guarded != seen.headers.end() ? guarded->second
                                                           : "";
  for (const char* mark : {"ref=", "dundun="}) {
    const size_t at = text.find(mark);
    if (at == std::string::npos) continue;
    const std::string reference = text.substr(at + std::string(mark).size());
    constexpr size_t kHexOfId = 32;
    const size_t second_dash = reference.find('-', reference.find('-') + 1);
    return reference.substr(second_dash + 1, kHexOfId);
  }
  return "";
}

}  // namespace

StandInCarrier::StandInCarrier(std::string name, bool guarded)
    : name_(std::move(name)), guarded_(guarded) {
  start();
}

StandInCarrier::~StandInCarrier() = default;

void StandInCarrier::set_up(Pg& pg, const std::string& secrets_folder) const {
  std::filesystem::create_directories(secrets_folder);
  std::ofstream(secrets_folder + "/" + name_) << "username=u\npassword=p\nsecret=s-of-tests\n";
  sql_of_test(pg, "insert into carriers (carrier, secret_hashes, kind, settings) values ('" +
                      name_ + R"(', '{}', 'kannel', '{"timeout_ms": )" +
                      std::to_string(kTimeoutMs) + R"(, "receipts_url": "http://x", "guarded": )" +
                      (guarded_ ? "true" : "false") + R"(, "url": "http://127.0.0.1:)" +
                      std::to_string(port_) + R"("}'))");
}

void StandInCarrier::kill() { server_.reset(); }

void StandInCarrier::start() {
  server_ = std::make_unique<HttpStandIn>(
      [this](const HttpStandIn::Seen& seen) { return answer(seen); }, port_);
  port_ = server_->port();
}

std::map<std::string, int> StandInCarrier::sent() const {
  std::lock_guard lock(mutex_);
  return sent_;
}

void StandInCarrier::send(const std::string& message) {
  std::lock_guard lock(mutex_);
  int& times = sent_[message];
  if (times == 0 || !guarded_) {
    ++times;
    sent_count_.fetch_add(1);
  }
}

HttpStandIn::Reply StandInCarrier::answer(const HttpStandIn::Seen& seen) {
  const int64_t turn = asked_.fetch_add(1);
  const HttpStandIn::Reply no_entry{403, "Authorization failed for sendsms", ""};
  switch (mood_.load()) {
    case Mood::kRefuses:
      return no_entry;
    case Mood::kThrottles:
      return {503, "Temporal failure, try again later.", ""};
    case Mood::kNotRoutable:
      return {403, "Not routable. Do not try again.", ""};
    case Mood::kFlaps:
      if (turn % 2 == 0) return no_entry;
      break;
    case Mood::kHangs:
      send(message_of(seen));
      std::this_thread::sleep_for(std::chrono::milliseconds(2 * kTimeoutMs));
      return {202, "0: Accepted for delivery", ""};
    case Mood::kTakes:
      break;
  }
  send(message_of(seen));
  return {202, "0: Accepted for delivery", ""};
}

}  // namespace dundun
