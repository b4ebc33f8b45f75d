// Takes delivery receipts to the journal: in any order, repeated or not, many in a batch.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "common/base/time.h"
#include "common/journal/journal.h"

namespace dundun {

struct Dlr {
  int64_t account_id;
  Environment environment;
  Uuid message_id;
  std::string word;                     // as the carrier wrote it
  std::string carrier_message_id = {};  // or empty, as the next two
  std::string error = {};               // the carrier's reason
  std::string carrier_time = {};        // when, as the carrier wrote it
};

// One change for each receipt. Its event key holds the word, so a repeat changes nothing.
std::vector<Change> changes_of(std::span<const Dlr> receipts);

// Commits the receipts and waits. False if any could not be committed: then the caller must bring
// them again.
bool ingest(Journal& journal, std::span<const Dlr> receipts);

}  // namespace dundun
