// The words of delivery receipts (SMPP 3.4 appendix B).
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/sms/status.h"

namespace dundun {

struct DlrVerdict {
  std::optional<MessageStatus> status;  // nullopt: the word is kept, and changes no status
  bool retry_worthy = false;            // failed, but another try may succeed
  bool never_taken = false;             // no carrier has it, or none can say: refundable
};

// `word` in upper case, as normalize_dlr_word gives it.
DlrVerdict judge_dlr(std::string_view word);

// Upper case; only letters, digits and `_`; at most 20 characters. So a carrier's word is safe to
// show in the timeline.
std::string normalize_dlr_word(std::string_view word);

// One part of a long text, and a receipt's word about it.
struct PartWord {
  int part;
  std::string word;  // normalised
};
struct PartsVerdict {
  std::optional<std::string> word;  // about the whole message; nullopt: none yet
  bool finished = false;            // every part has its last word
};
// One verdict for a message of `parts` parts: delivered when all parts are, failed as soon as one
// part is, sent when all parts are at least sent. A part's DELIVRD outweighs its failure.
PartsVerdict judge_parts(int parts, const std::vector<PartWord>& words);

}  // namespace dundun
