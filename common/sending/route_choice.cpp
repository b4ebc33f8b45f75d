#include "common/sending/route_choice.h"

#include <algorithm>
#include <cctype>

#include "common/base/text.h"
#include "common/sms/sender_id.h"

namespace dundun {
namespace {

Error sender_not_approved(const std::string& name) {
  return fail(ErrorCode::kSenderIdNotApproved,
              "Sender ID '" + name +
                  "' not found or not approved. Check your sender IDs at "
                  "/sender-ids");
}

Error sender_waits(const std::string& name, const Route& route) {
  return fail(ErrorCode::kSenderIdNotApproved,
              "Sender ID '" + name +
                  "' is not approved: the request for it is pending, or was rejected. See "
                  "/sender-ids; until it is approved, leave sender_id out to send as '" +
                  route.sender_default + "'.");
}

std::string joined(const std::vector<std::string>& words) {
  std::string text;
  for (const std::string& word : words) text += (text.empty() ? "" : ", ") + word;
  return text;
}

}  // namespace

Result<std::string> choose_sender(const std::optional<std::string>& wanted,
                                  std::span<const SenderIdGrant> granted, const Route& route) {
  if (!wanted || *wanted == route.sender_default) return route.sender_default;
  if (!is_valid_sender_name(*wanted)) return sender_not_approved(*wanted);
  for (const SenderIdGrant& grant : granted) {
    if (!equal_ignoring_case(grant.name, *wanted)) continue;
    if (!grant.approved) return sender_waits(grant.name, route);
    if (std::ranges::find(grant.countries, route.country) != grant.countries.end()) {
      return grant.name;
    }
    return fail(ErrorCode::kSenderIdNotApproved,
                "Sender ID '" + grant.name + "' is not approved for " + route.country +
                    ". Approved countries: " + joined(grant.countries));
  }
  return sender_not_approved(*wanted);
}

Result<const Route*> choose_route(const std::string& country,
                                  const std::optional<std::string>& wanted,
                                  const Snapshot& snapshot) {
  if (!wanted) {
    const Route* route = snapshot.route_for_country(country);
    if (route == nullptr) {
      return fail(ErrorCode::kNoRoute, "No active route for country " + country + ".");
    }
    return route;
  }
  const Route* route = snapshot.route_by_code(*wanted);
  if (route == nullptr || !route->active) {
    return fail(ErrorCode::kNoRoute, "Route '" + *wanted + "' is unknown or not active.");
  }
  if (route->country != country) {
    return fail(ErrorCode::kNoRoute,
                "Route '" + *wanted + "' does not serve country " + country + ".");
  }
  return route;
}

}  // namespace dundun
