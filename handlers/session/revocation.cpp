#include "handlers/session/revocation.h"

#include "common/identity/control.h"

namespace dundun {

void forget_revoked(Context& context, const PgRows& revoked) {
  std::vector<std::string> hashes;
  for (int row = 0; row < revoked.size(); ++row) hashes.emplace_back(revoked.text(row, 0));
  context.services.control.forget_sessions(hashes);
}

}  // namespace dundun
