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
  bool never_taken = false;             // no carrier has it, or none can say: refundable
};

// `word` in upper case, as normalize_dlr_word gives it.
DlrVerdict judge_dlr(std::string_view word);

// The words behind an outcome that clients filter by: `undelivered`, `rejected`, `unknown` or
// `expired`. Empty for any other name.
std::vector<std::string_view> words_of_outcome(std::string_view name);

// Upper case; only letters, digits and `_`; at most 20 characters. So a carrier's word is safe to
// show in the timeline.
std::string normalize_dlr_word(std::string_view word);

// The name of a message state that is written as a number (SMPP 5.0 section 4.7.15: 0 SCHEDULED to
// 9 SKIPPED); empty for anything else.
std::string_view smpp_state_name(std::string_view number);

// What stands behind `label` ("id:", "stat:") in a receipt's text, up to a blank or a control
// character. The label may come in any case, at the beginning of a word.
std::string_view receipt_field(std::string_view text, std::string_view label);

// The word of a receipt "id:… stat:EXPIRED err:000 …" (SMPP 3.4 appendix B), whatever sign stands
// behind it, a state's number as its name; empty: the text has none.
std::string receipt_word(std::string_view text);

// A part of a long text and a word about it.
struct PartWord {
  int part;
  std::string word;     // normalised
  std::string error{};  // the carrier's code; or empty
};
struct PartsVerdict {
  std::optional<std::string> word;  // about the whole message; nullopt: none yet
  std::string error;                // of the part that failed; or empty
  bool finished = false;            // every part has its last word
};
// One verdict for a message of `parts` parts: delivered when all parts are, failed as soon as one
// part is, sent when all parts are at least sent. A part's DELIVRD outweighs its failure.
PartsVerdict judge_parts(int parts, const std::vector<PartWord>& words);

}  // namespace dundun
