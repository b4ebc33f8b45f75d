// The words of delivery receipts (SMPP 3.4 appendix B).
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/sms/status.h"

namespace dundun {

struct DlrVerdict {
  std::optional<MessageStatus> status;  // nullopt: the word is kept but moves nothing
  bool retry_worthy = false;            // failed for a cause that another try may cure
  bool never_taken = false;             // no carrier has it, or nobody knows: refundable
};

// `word` in upper case, as normalize_dlr_word gives it.
DlrVerdict judge_dlr(std::string_view word);

// Upper case, letters, digits and `_` only, at most 20: what a carrier says reaches the timeline.
std::string normalize_dlr_word(std::string_view word);

// A part of a long text and a word about it.
struct PartWord {
  int part;
  std::string word;  // normalised
};
struct PartsVerdict {
  std::optional<std::string> word;  // about the message; nullopt: none yet
  bool finished = false;            // every part has its last word
};
// One verdict for a message of `parts` parts: delivered when all are, failed as soon as one is,
// sent when all are at least that. A part's DELIVRD outweighs its failure.
PartsVerdict judge_parts(int parts, const std::vector<PartWord>& words);

}  // namespace dundun
