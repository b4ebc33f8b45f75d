// POST /v1/rc/jwt: connects a tenant by a JWT credential that a RingCentral user made in the
// developer console, for servers without a person to press buttons. For callers who manage the
// tenant's apps.
#include "common/io/json.h"
#include "common/io/pg.h"
#include "handlers/gravity/endpoints.h"
#include "handlers/gravity/rc_setup.h"
#include "handlers/gravity/scope.h"
#include "sql/gravity.h"

namespace dundun {
namespace {

constexpr size_t kJwtBytesMax = 8192;

Error bad_jwt(const char* text) { return fail(ErrorCode::kInvalidRequest, text); }

struct JwtRequest {
  std::string jwt;
  std::string tenant_id;  // the caller's own unless an admin names another
};

Result<JwtRequest> parse_jwt(const Context& context) {
  const JsonDocument document = TRY(JsonDocument::parse(context.request.body));
  const JsonValue root = document.root();
  const auto jwt = root.is_object() ? root.find("jwt") : std::nullopt;
  if (!jwt || !jwt->is_string() || jwt->string().empty() || jwt->string().size() > kJwtBytesMax) {
    return bad_jwt("jwt is required");
  }
  const auto tenant = root.find("tenantId");
  if (tenant && !tenant->is_string()) return bad_jwt("tenantId must be a string");
  const std::string& own = context.caller.tenant_id;
  return JwtRequest{std::string(jwt->string()), tenant ? std::string(tenant->string()) : own};
}

Result<int64_t> jwt_account(Context& context, const std::string& tenant_id) {
  if (tenant_id == context.caller.tenant_id) return context.caller.account_id;
  if (!sees_all_tenants(context.caller)) return fail(ErrorCode::kNotFound, "Tenant not found");
  const PgRows rows =
      TRY(context.services.pg.query(sql::gravity_tenants, std::optional(tenant_id)));
  if (rows.size() == 0) return fail(ErrorCode::kNotFound, "Tenant not found");
  return rows.i64(0, sql::gravity_tenants.account_id);
}

Status connect(Context& context, const JwtRequest& wanted) {
  const int64_t account = TRY(jwt_account(context, wanted.tenant_id));
  const RingCentralApi api = TRY(ringcentral_api(context));
  auto tokens = api.tokens_of_jwt(wanted.jwt);
  if (!tokens && (tokens.error().code == ErrorCode::kExpiredToken ||
                  tokens.error().code == ErrorCode::kInvalidRequest)) {
    return fail(ErrorCode::kInvalidRequest, "RingCentral refused the jwt", tokens.error().detail);
  }
  if (!tokens) return std::move(tokens).error();
  return connect_rc_user(context, api, account,
                         {*std::move(tokens), RcCredential::kJwt, wanted.jwt});
}

}  // namespace

Result<Response> rc_jwt(Context& context) {
  const JwtRequest wanted = TRY(parse_jwt(context));
  TRY(connect(context, wanted));
  return Response::json(R"({"ok":true})");
}

}  // namespace dundun
