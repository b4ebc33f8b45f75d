#include "common/io/pg_conninfo.h"

#include <libpq-fe.h>

#include "common/io/owned.h"

namespace dundun {

Status check_conninfo(const char* setting, const std::string& url) {
  char* why = nullptr;
  const Owned<PQconninfoOption, PQconninfoFree> parts(PQconninfoParse(url.c_str(), &why));
  if (parts.get() != nullptr) return Done{};
  // libpq's own words may quote what it could not read, and so a password.
  PQfreemem(why);
  return fail(
      ErrorCode::kInvalidRequest,
      std::string(setting) + " is neither name=value words nor postgresql://user@host/database");
}

}  // namespace dundun
