#include "common/io/pg_trust.h"

#include <algorithm>
#include <string_view>

#include "common/io/pg_link.h"

namespace dundun {
namespace {

bool wants_tls(const std::string& url) {
  const Owned<PQconninfoOption, PQconninfoFree> parsed(PQconninfoParse(url.c_str(), nullptr));
  for (const PQconninfoOption* option = parsed.get();
       option != nullptr && option->keyword != nullptr; ++option) {
    if (std::string_view(option->keyword) != "sslmode" || option->val == nullptr) continue;
    const std::string_view mode = option->val;
    return mode == "require" || mode == "verify-ca" || mode == "verify-full";
  }
  return false;
}

}  // namespace

Status check_pg_trust(const std::string& url) {
  if (!wants_tls(url)) return Done{};
  const auto connection = PgConnector({.url = url}).connect();
  if (connection) return Done{};
  std::string why = connection.error().detail;
  // Libpq has no codes for it. What else may go wrong passes.
  const bool is_distrust =
      why.find("certificate") != why.npos || why.find("does not support SSL") != why.npos;
  if (!is_distrust) return Done{};
  std::ranges::replace(why, '\n', ' ');
  while (why.ends_with(' ')) why.pop_back();
  return fail(ErrorCode::kInvalidRequest, "DATABASE_URL: " + why);
}

}  // namespace dundun
