#include "common/sms/dlr.h"

#include <algorithm>
#include <cctype>
#include <map>

#include "common/base/text.h"

namespace dundun {
namespace {

constexpr size_t kWordMax = 20;

struct Word {
  std::string_view text;
  MessageStatus status;
  bool never_taken = false;
};

constexpr Word kWords[] = {
    {"DELIVRD", MessageStatus::kDelivered},
    {"DELIVERED", MessageStatus::kDelivered},
    {"ACCEPTD", MessageStatus::kSent},
    {"ACCEPTED", MessageStatus::kSent},
    {"ENROUTE", MessageStatus::kSent},
    {"EN_ROUTE", MessageStatus::kSent},
    {"SCHEDULED", MessageStatus::kSent},
    {"ESME_ROK", MessageStatus::kSent},
    {"UNDELIV", MessageStatus::kFailed},
    {"UNDELIVRD", MessageStatus::kFailed},
    {"UNDELIVERED", MessageStatus::kFailed},
    {"UNDELIVERABLE", MessageStatus::kFailed},
    {"REJECTD", MessageStatus::kFailed},
    {"REJECTED", MessageStatus::kFailed},
    {"EXPIRED", MessageStatus::kFailed},
    {"DELETED", MessageStatus::kFailed},
    {"SKIPPED", MessageStatus::kFailed},
    // The carrier has lost track: nothing more will come, unless a late DELIVRD does.
    {"UNKNOWN", MessageStatus::kFailed},
    {"FAILED", MessageStatus::kFailed},
    {"SUBMIT_FAIL", MessageStatus::kFailed, true},
    {"SUBMIT_UNKNOWN", MessageStatus::kFailed, true},
    {"THROTTLED", MessageStatus::kFailed},
};

// By their numbers.
constexpr std::string_view kSmppStates[] = {"SCHEDULED", "ENROUTE", "DELIVRD", "EXPIRED",
                                            "DELETED",   "UNDELIV", "ACCEPTD", "UNKNOWN",
                                            "REJECTD",   "SKIPPED"};

bool is_word_sign(char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_'; }

}  // namespace

DlrVerdict judge_dlr(std::string_view word) {
  for (const Word& known : kWords) {
    if (known.text == word) return {known.status, known.never_taken};
  }
  return {};
}

std::vector<std::string_view> words_of_outcome(std::string_view name) {
  if (name == "undelivered") return {"UNDELIV", "UNDELIVRD", "UNDELIVERED", "UNDELIVERABLE"};
  if (name == "rejected") return {"REJECTD", "REJECTED"};
  if (name == "unknown") return {"UNKNOWN"};
  if (name == "expired") return {"EXPIRED"};
  return {};
}

std::string normalize_dlr_word(std::string_view word) {
  std::string clean;
  for (char c : word) {
    const auto byte = static_cast<unsigned char>(c);
    if (clean.size() == kWordMax) break;
    if (is_word_sign(c)) clean += static_cast<char>(std::toupper(byte));
  }
  return clean;
}

std::string_view smpp_state_name(std::string_view number) {
  while (number.size() > 1 && number.front() == '0') number.remove_prefix(1);
  if (number.size() != 1 || number.front() < '0' || number.front() > '9') return {};
  return kSmppStates[number.front() - '0'];
}

std::string_view receipt_field(std::string_view text, std::string_view label) {
  for (size_t at = 0; at + label.size() <= text.size(); ++at) {
    const bool begins = at == 0 || !is_word_sign(text[at - 1]);
    if (!begins || !equal_ignoring_case(text.substr(at, label.size()), label)) continue;
    text.remove_prefix(at + label.size());
    while (text.starts_with(' ')) text.remove_prefix(1);
    size_t size = 0;
    while (size < text.size() && static_cast<unsigned char>(text[size]) > ' ') ++size;
    return text.substr(0, size);
  }
  return {};
}

std::string receipt_word(std::string_view text) {
  std::string_view word = receipt_field(text, "stat:");
  const auto* const end = std::ranges::find_if_not(word, is_word_sign);
  word = word.substr(0, static_cast<size_t>(end - word.begin()));
  const std::string_view name = smpp_state_name(word);
  return std::string(name.empty() ? word : name);
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
    if (failed++ > 0) continue;
    verdict.word = one.word;
    verdict.error = one.error;
  }
  verdict.finished = delivered + failed == parts;
  const bool all_known = static_cast<int>(last.size()) == parts;
  if (failed == 0 && all_known) verdict.word = delivered == parts ? "DELIVRD" : "ACCEPTD";
  return verdict;
}

}  // namespace dundun
