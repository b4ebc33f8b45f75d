#include "common/sms/dlr.h"

#include <cctype>

namespace dundun {
namespace {

constexpr size_t kWordMax = 20;

struct Word {
  std::string_view text;
  MessageStatus status;
  bool retry_worthy;
};

constexpr Word kWords[] = {
    {"DELIVRD", MessageStatus::kDelivered, false}, {"DELIVERED", MessageStatus::kDelivered, false},
    {"ACCEPTD", MessageStatus::kSent, false},      {"ENROUTE", MessageStatus::kSent, false},
    {"ESME_ROK", MessageStatus::kSent, false},     {"UNDELIV", MessageStatus::kFailed, false},
    {"REJECTD", MessageStatus::kFailed, false},    {"EXPIRED", MessageStatus::kFailed, false},
    {"DELETED", MessageStatus::kFailed, false},    {"FAILED", MessageStatus::kFailed, false},
    {"SUBMIT_FAIL", MessageStatus::kFailed, true}, {"THROTTLED", MessageStatus::kFailed, true},
};

}  // namespace

DlrVerdict judge_dlr(std::string_view word) {
  for (const Word& known : kWords) {
    if (known.text == word) return {known.status, known.retry_worthy};
  }
  return {};
}

std::string normalize_dlr_word(std::string_view word) {
  std::string clean;
  for (char c : word) {
    const auto byte = static_cast<unsigned char>(c);
    if (clean.size() == kWordMax) break;
    if (std::isalnum(byte) || c == '_') clean += static_cast<char>(std::toupper(byte));
  }
  return clean;
}

}  // namespace dundun
