#include "smpp-guard/doubts.h"

#include <cctype>
#include <cstring>
#include <optional>
#include <ranges>

#include "common/carrier/receipt_url.h"
#include "common/io/crypto.h"

namespace dundun {
namespace {

// Without the country's code and the zero before it, which not every SMSC writes.
constexpr size_t kDigits = 9;

std::optional<PartReference> part_of(const std::string& reference) {
  return parse_reference(std::string_view(reference).substr(0, reference.find('.')));
}

bool is_same_text(const std::string& a, const std::string& b) {
  const auto one = part_of(a), other = part_of(b);
  return one && other && one->account_id == other->account_id &&
         one->message_id == other->message_id;
}

}  // namespace

uint64_t recipient_key(std::string_view number) {
  std::string digits;
  for (const char c : number) {
    if (std::isdigit(static_cast<unsigned char>(c)) != 0) digits += c;
  }
  digits.erase(0, std::min(digits.find_first_not_of('0'), digits.size()));
  if (digits.empty()) return 0;
  if (digits.size() > kDigits) digits.erase(0, digits.size() - kDigits);
  uint64_t key = 0;
  std::memcpy(&key, sha256(digits).data(), sizeof key);
  return key;
}

void Doubts::open(const std::string& reference, const Doubt& doubt) {
  if (!doubts_.emplace(reference, doubt).second || doubt.recipient == 0) return;
  by_recipient_.emplace(doubt.recipient, reference);
}

void Doubts::close(const std::string& reference) {
  const auto found = doubts_.find(reference);
  if (found == doubts_.end()) return;
  const auto [begin, end] = by_recipient_.equal_range(found->second.recipient);
  for (auto one = begin; one != end; ++one) {
    if (one->second != reference) continue;
    by_recipient_.erase(one);
    break;
  }
  doubts_.erase(found);
}

std::string Doubts::owner(uint64_t recipient, int64_t came_s) const {
  std::string owner;
  if (recipient == 0) return owner;
  const auto [begin, end] = by_recipient_.equal_range(recipient);
  for (const auto& [key, reference] : std::ranges::subrange(begin, end)) {
    if (doubts_.at(reference).sent_s > came_s) continue;
    if (!owner.empty() && !is_same_text(owner, reference)) return {};
    if (owner.empty() || reference < owner) owner = reference;
  }
  return owner;
}

void Doubts::extend(std::chrono::seconds by) {
  for (auto& [reference, doubt] : doubts_) doubt.until += by;
}

std::vector<std::string> Doubts::take_late(Clock::time_point at) {
  std::vector<std::string> late;
  for (const auto& [reference, doubt] : doubts_) {
    if (doubt.until <= at) late.push_back(reference);
  }
  for (const std::string& reference : late) close(reference);
  return late;
}

}  // namespace dundun
