// Makes a hidden contact list of the recipients inside a request, so that all later code reads
// contacts in one way only.
#pragma once

#include "common/io/pg.h"
#include "handlers/bulk/campaign_request.h"

namespace dundun {

// Numbers that no plan allows, as given.
struct RecipientList {
  int64_t list_id = 0;
  std::vector<std::string> invalid;
};

Result<RecipientList> store_recipients(PgPool& pg, int64_t account_id, Environment environment,
                                       const std::vector<InlineRecipient>& recipients);

}  // namespace dundun
