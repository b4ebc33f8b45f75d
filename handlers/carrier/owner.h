// To which account a text goes, and what it asks for.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "common/web/route.h"
#include "handlers/carrier/mo_request.h"

namespace dundun {

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

}  // namespace dundun
