// A text that came in: to which account it goes, and what it asks for.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "common/journal/inbound.h"
#include "common/sms/address.h"
#include "common/web/route.h"

namespace dundun {

struct MoRequest {
  std::string carrier_message_id;
  Address from;
  Address to;
  std::string text;  // UTF-8
  bool auto_reply = false;

  // Where `to` may mean something: its own country, or for a short code the sender's.
  std::vector<std::string> countries() const {
    if (to.is_number()) return {to.country};
    if (from.is_number()) return {from.country};
    return {};
  }
};

// A row of inbound_numbers with its account.
struct Owner {
  int64_t account_id = 0;
  Environment environment = Environment::kLive;
  std::string app_id;   // or empty
  std::string keyword;  // by which it was found, or empty
  std::optional<std::string> auto_reply;
  bool confirms = false;  // answers a wish
  std::string tenant_id;
  std::string currency;
  bool suspended = false;
};

struct Routed {
  // One; none: nobody has the number; several: a wish without keyword to a shared number, which
  // counts for all who share it.
  std::vector<Owner> owners;
  const OptOutWord* wish = nullptr;  // of the snapshot
};

Result<Routed> route_mo(const Context& context, const std::string& carrier, const MoRequest& mo);

// What is recorded of it for that owner.
RecordInbound record_of(const std::string& carrier, const MoRequest& mo, const Owner& owner,
                        const OptOutWord* wish);

}  // namespace dundun
