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

CheckVerdict judge_attempt(const CheckState& state, bool matches);

}  // namespace dundun
