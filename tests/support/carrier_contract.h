// What carriers' own documents say of their interfaces: tests/data/carriers/<name>.txt. Our
// connectors and the tests' stand-ins are held to the same lines.
#pragma once

#include <string>

#include "common/carrier/submit_outcome.h"
#include "tests/support/cases.h"

namespace dundun {

// The lines of a kind: request, answer, receipt, status.
inline std::vector<Case> contract_of(const std::string& carrier, const std::string& kind) {
  std::vector<Case> lines = cases_of("data/carriers/" + carrier + ".txt");
  std::erase_if(lines, [&](const Case& line) { return line.front() != kind; });
  return lines;
}

// The body of the carrier's answer of this name.
inline std::string contract_answer(const std::string& carrier, const std::string& name) {
  for (const Case& line : contract_of(carrier, "answer")) {
    if (line.at(1) == name) return line.at(3);
  }
  ADD_FAILURE() << carrier << " has no answer " << name;
  return "";
}

// The word of an `answer` or `status` line for what became of a submit.
inline std::string meaning_of(SubmitOutcome::Kind kind) {
  using Kind = SubmitOutcome::Kind;
  switch (kind) {
    case Kind::kAccepted:
      return "accepted";
    case Kind::kRefused:
      return "refused";
    case Kind::kFailed:
      return "failed";
    case Kind::kRetryLater:
    case Kind::kPaced:
      return "later";
    case Kind::kUnknown:
      break;
  }
  return "doubt";
}

}  // namespace dundun
