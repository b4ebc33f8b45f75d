#include "common/sms/dlr.h"

#include <cctype>
#include <map>

namespace dundun {
namespace {

constexpr size_t kWordMax = 20;

struct Word {
  std::string_view text;
  MessageStatus status;
  bool retry_worthy;
  bool never_taken = false;
};

constexpr Word kWords[] = {
    {"DELIVRD", MessageStatus::kDelivered, false},
    {"DELIVERED", MessageStatus::kDelivered, false},
    {"ACCEPTD", MessageStatus::kSent, false},
    {"ENROUTE", MessageStatus::kSent, false},
    {"ESME_ROK", MessageStatus::kSent, false},
    {"UNDELIV", MessageStatus::kFailed, false},
    {"REJECTD", MessageStatus::kFailed, false},
    {"EXPIRED", MessageStatus::kFailed, false},
    {"DELETED", MessageStatus::kFailed, false},
    {"FAILED", MessageStatus::kFailed, false},
    {"SUBMIT_FAIL", MessageStatus::kFailed, true, true},
    {"SUBMIT_UNKNOWN", MessageStatus::kFailed, false, true},
    {"THROTTLED", MessageStatus::kFailed, true},
};

}  // namespace

DlrVerdict judge_dlr(std::string_view word) {
  for (const Word& known : kWords) {
    if (known.text == word) return {known.status, known.retry_worthy, known.never_taken};
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

PartsVerdict judge_parts(int parts, const std::vector<PartWord>& words) {
  std::map<int, PartWord> last;  // the weightiest word of each part
  for (const PartWord& one : words) {
    const std::optional<MessageStatus> status = judge_dlr(one.word).status;
    if (!status || one.part < 1 || one.part > parts) continue;
    const auto [place, is_new] = last.emplace(one.part, one);
    if (is_new) continue;
    const MessageStatus known = *judge_dlr(place->second.word).status;
    if (may_move(known, *status)) place->second = one;
  }
  PartsVerdict verdict;
  int delivered = 0, failed = 0;
  for (const auto& [part, one] : last) {
    const MessageStatus status = *judge_dlr(one.word).status;
    delivered += status == MessageStatus::kDelivered ? 1 : 0;
    if (status != MessageStatus::kFailed) continue;
    if (failed++ == 0) verdict.word = one.word;
  }
  verdict.finished = delivered + failed == parts;
  const bool all_known = static_cast<int>(last.size()) == parts;
  if (failed == 0 && all_known) verdict.word = delivered == parts ? "DELIVRD" : "ACCEPTD";
  return verdict;
}

}  // namespace dundun
