// What an attempt at a code does. Pure.
#pragma once

#include <optional>

#include "common/journal/changes/verify.h"

namespace dundun {

struct CheckState {
  VerifyStatus status;
  bool expired;
  int attempts;
  int attempts_max;
};

struct CheckVerdict {
  bool counts = false;  // an attempt is used up and the state becomes `status`
  VerifyStatus status;
  int attempts_remaining = 0;
};

// kNone: what was typed has not the form of a code, by which no attempt is used up.
enum class Typed { kNone, kWrong, kRight };
CheckVerdict judge_attempt(const CheckState& state, Typed typed);

}  // namespace dundun
