// The words of delivery receipts (SMPP 3.4 appendix B, api.md 2.9).
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "common/sms/status.h"

namespace dundun {

struct DlrVerdict {
  std::optional<MessageStatus> status;  // nullopt: the word is kept but moves nothing
  bool retry_worthy = false;            // failed for a cause that another try may cure
};

// `word` in upper case, as normalize_dlr_word gives it.
DlrVerdict judge_dlr(std::string_view word);

// Upper case, letters, digits and `_` only, at most 20: what a carrier says reaches the timeline.
std::string normalize_dlr_word(std::string_view word);

}  // namespace dundun
