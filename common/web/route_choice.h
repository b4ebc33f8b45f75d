// Over which route and under which name a message may leave.
#pragma once

#include <optional>
#include <string>

#include "common/base/result.h"
#include "common/web/caller.h"
#include "common/web/snapshot.h"

namespace dundun {

// The named route, which must serve the country, or the country's first. kNoRoute.
Result<const Route*> choose_route(const std::string& country,
                                  const std::optional<std::string>& wanted,
                                  const Snapshot& snapshot);

// The route's default sender is everybody's; any other must be approved for the country.
// kSenderIdNotApproved.
Result<std::string> choose_sender(const std::optional<std::string>& wanted, const Caller& caller,
                                  const Route& route);

}  // namespace dundun
