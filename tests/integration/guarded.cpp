#include "tests/integration/guarded.h"

#include "common/web/router.h"
#include "handlers/account/endpoints.h"
#include "handlers/admin/endpoints.h"
#include "handlers/bulk/endpoints.h"
#include "handlers/contacts/endpoints.h"
#include "handlers/gravity/endpoints.h"
#include "handlers/inbound/endpoints.h"
#include "handlers/messages/endpoints.h"
#include "handlers/routes/endpoints.h"
#include "handlers/session/endpoints.h"
#include "handlers/verify/endpoints.h"
#include "handlers/webhooks/endpoints.h"

namespace dundun {
namespace {

void add_guarded(std::vector<const Endpoint*>& all, std::span<const Endpoint> table) {
  for (const Endpoint& endpoint : table) {
    if (needs_caller(endpoint.demand.access)) all.push_back(&endpoint);
  }
}

}  // namespace

std::vector<const Endpoint*> guarded() {
  std::vector<const Endpoint*> all;
  add_guarded(all, kAccountEndpoints);
  add_guarded(all, kAdminEndpoints);
  add_guarded(all, kBulkEndpoints);
  add_guarded(all, kContactEndpoints);
  add_guarded(all, kInboundEndpoints);
  add_guarded(all, kMessageEndpoints);
  add_guarded(all, kRouteEndpoints);
  add_guarded(all, kSessionEndpoints);
  add_guarded(all, kVerifyEndpoints);
  add_guarded(all, kWebhookEndpoints);
  return all;
}

std::vector<const Endpoint*> guarded_in_both() {
  std::vector<const Endpoint*> all = guarded();
  add_guarded(all, kGravityEndpoints);
  return all;
}

std::string target(const Endpoint& endpoint, const std::string& id) {
  std::string path = std::string("/v1") + endpoint.path;
  while (path.find('{') != std::string::npos) {
    const size_t begin = path.find('{');
    path.replace(begin, path.find('}') - begin + 1, id);
  }
  return path;
}

bool has_id(const Endpoint& endpoint) {
  return std::string_view(endpoint.path).find('{') != std::string_view::npos;
}

std::string named(const Endpoint& endpoint) {
  return std::string(method_name(endpoint.method)) + " " + endpoint.path;
}

}  // namespace dundun
