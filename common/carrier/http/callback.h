// What an HTTP carrier's callback says, according to its description.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "common/base/result.h"
#include "common/carrier/http/description.h"

namespace dundun {

inline constexpr size_t kCallbackItemsMax = 1000;

struct HttpReceipt {
  std::string carrier_message_id;   // as it came; or empty
  std::string reference;            // ours, as it came; or empty
  std::string word;                 // ours, if the description maps it; else the carrier's
  std::string error, time, number;  // or empty
  std::string network, cost;        // or empty
};

// kInvalidRequest: a receipt lacks an id or a word, there is no list where one should be, or there
// are more than kCallbackItemsMax.
Result<std::vector<HttpReceipt>> read_receipts(const DlrMapping& mapping,
                                               const CarrierDocument& document);

// The same, without those that cannot be read: a carrier that gives each report once would not give
// the good ones again. `unreadable` counts the others. kInvalidRequest: there is no list.
Result<std::vector<HttpReceipt>> read_good_receipts(const DlrMapping& mapping,
                                                    const CarrierDocument& document,
                                                    int& unreadable);

// The fields of each text that came in, under our names: id, from, to, text, time.
using MoFields = CarrierDocument::Fields;
Result<std::vector<MoFields>> read_texts(const MoMapping& mapping, const CarrierDocument& document);

// Printable ASCII or UTF-8 without control characters, at most 200 bytes.
bool is_carrier_id(std::string_view id);

}  // namespace dundun
