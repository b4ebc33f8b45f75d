// Makes a hidden contact list of the recipients inside a request, so that all later code reads
// contacts in one way only.
#pragma once

#include "common/io/json.h"
#include "common/io/pg.h"
#include "handlers/bulk/campaign_request.h"

namespace dundun {

struct InvalidRecipient {
  int64_t index = 0;        // in the request's `recipients`
  std::string to;           // as given
  std::string_view reason;  // a number_fault_name()
  std::string detail;       // why, and the way out
};

struct RecipientList {
  int64_t list_id = 0;
  std::vector<InvalidRecipient> invalid;  // numbers that no plan allows
};

Result<RecipientList> store_recipients(PgPool& pg, int64_t account_id, Environment environment,
                                       const std::vector<InlineRecipient>& recipients);

// The member `invalid_recipients`: the first 100, each with its reason.
void write_invalid_recipients(JsonWriter& json, const RecipientList& list);

}  // namespace dundun
