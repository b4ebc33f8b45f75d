// Chooses the route of a message, and the sender name that it may use.
#pragma once

#include <optional>
#include <span>
#include <string>

#include "common/base/result.h"
#include "common/identity/caller.h"
#include "common/sending/snapshot.h"

namespace dundun {

// The named route, if it serves the country; without a name the country's first route. kNoRoute.
Result<const Route*> choose_route(const std::string& country,
                                  const std::optional<std::string>& wanted,
                                  const Snapshot& snapshot);

// The wanted sender name, or the route's default, which everybody may use. Any other must be
// approved for the country: kSenderIdNotApproved.
Result<std::string> choose_sender(const std::optional<std::string>& wanted,
                                  std::span<const SenderIdGrant> granted, const Route& route);

}  // namespace dundun
