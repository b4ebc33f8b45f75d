// Carriers of kind http for tests: a shipped description, pointed at a server of this machine.
#pragma once

#include <map>
#include <string>

#include "common/io/pg.h"

namespace dundun {

// deploy/carriers/<name>.json, allowed to call this machine, with more members before the others.
std::string shipped_description(const std::string& name, const std::string& members = "");

// The secret by which the test's carriers prove themselves, where they have no better way.
inline constexpr const char* kCarrierSecret = "secret-of-the-tests";

struct HttpCarrier {
  std::string name;
  std::string description;
  std::map<std::string, std::string> secrets;  // of its file
};
// Writes the carrier's file into `folder` and its row, and lets all routes leave by it.
void take_over(Pg& pg, const std::string& folder, const HttpCarrier& carrier);

}  // namespace dundun
