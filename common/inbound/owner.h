// Finds the account of a text that came in, and the wish in it (STOP, START).
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "common/base/result.h"
#include "common/io/pg.h"
#include "common/journal/changes/inbound.h"
#include "common/sms/address.h"
#include "common/sms/opt_out.h"

namespace dundun {

struct MoRequest {
  std::string carrier_message_id;
  Address from;
  Address to;
  std::string text;  // UTF-8
  bool auto_reply = false;
  bool late = false;  // fetched so long after it was written that no machine answers

  // The country in which `to` has a meaning: its own, or for a short code the sender's.
  std::vector<std::string> countries() const {
    if (to.is_number()) return {to.country};
    if (from.is_number()) return {from.country};
    return {};
  }
};

// A row of inbound_numbers with its account.
struct NumberOwner {
  int64_t account_id = 0;
  Environment environment = Environment::kLive;
  std::string app_id;   // or empty
  std::string keyword;  // that named this account, or empty
  std::optional<std::string> auto_reply;
  bool confirms = false;  // a STOP or START is answered
  std::string tenant_id;
  std::string currency;
  bool suspended = false;
};

struct Routed {
  // Mostly one. None: no account has the number. Several: a STOP or START without a keyword to a
  // shared number, which counts for all accounts that share it.
  std::vector<NumberOwner> owners;
  const OptOutWord* wish = nullptr;  // one of the words
};

// Both addresses of `mo` are read first as this carrier may write them: a national form becomes the
// number of its country.
Result<Routed> route_mo(PgPool& pg, const std::vector<OptOutWord>& words,
                        const std::string& carrier, MoRequest& mo);

// The change that records the text for this owner.
RecordInbound record_of(const std::string& carrier, const MoRequest& mo, const NumberOwner& owner,
                        const OptOutWord* wish);

}  // namespace dundun
