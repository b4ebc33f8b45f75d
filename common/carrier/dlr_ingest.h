// Takes delivery receipts to the journal: in any order, repeated or not, many in a batch.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/time.h"
#include "common/journal/journal.h"

namespace dundun {

struct Dlr {
  int64_t account_id;
  Environment environment;
  Uuid message_id;
  std::string word;                     // as the carrier wrote it
  std::string carrier_message_id = {};  // or empty, as all below
  std::string error = {};               // the carrier's own code or reason
  std::string carrier_time = {};        // when, as the carrier wrote it
  std::string network = {};             // the network's code (MCC and MNC)
  std::string cost = {};                // what the carrier asks, as it writes it
};

// One change for each receipt. Its event key holds the word, so a repeat changes nothing.
std::vector<Change> changes_of(std::span<const Dlr> receipts);

// Counts a receipt's error code, so that an operator sees what a carrier suffers from. Of a carrier
// the first 50 codes have a series each, all others one together.
void count_carrier_error(std::string_view carrier, std::string_view code);

// Counts a receipt by what its word says. A word that nobody here knows counts besides: such a
// receipt moves nothing until somebody looks.
void count_receipt_word(std::string_view carrier, std::string_view word);

// Commits them as one batch. False if any could not be committed: the carrier (or the playback)
// has to bring them again.
bool ingest(Journal& journal, std::span<const Dlr> receipts);

}  // namespace dundun
