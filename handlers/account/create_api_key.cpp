// POST /api-keys: a new key, shown this once.
#include "common/base/config.h"
#include "common/identity/api_key.h"
#include "common/identity/authorization.h"
#include "common/identity/control.h"
#include "common/io/crypto.h"
#include "common/io/pg.h"
#include "common/web/audited_change.h"
#include "common/web/text_fields.h"
#include "handlers/account/endpoints.h"
#include "handlers/account/key_fields.h"
#include "sql/api_keys.h"

namespace dundun {
namespace {

struct MadeKey {
  std::string key;
  int64_t key_id;
  Instant created_at;
};

std::string audit_detail(const KeyRequest& request) {
  JsonWriter json;
  json.begin_object()
      .member("name", request.name)
      .member("environment", environment_name(request.environment));
  write_texts(json, "scopes", request.scopes);
  write_texts(json, "allowed_ips", request.allowed_ips);
  write_time(json, "expires_at", request.expires_at);
  json.end_object();
  return json.take();
}

KeyRights rights_of(const KeyRequest& request) {
  return {.environment = request.environment,
          .scopes = request.scopes,
          .networks = request.allowed_ips,
          .expires_at = request.expires_at};
}

Response answer(const KeyRequest& request, const MadeKey& made) {
  JsonWriter json;
  json.begin_object()
      .member("id", made.key_id)
      .member("key", made.key)
      .member("name", request.name)
      .member("prefix", masked_key(made.key))
      .member("environment", environment_name(request.environment));
  write_texts(json, "scopes", request.scopes);
  write_texts(json, "allowed_ips", request.allowed_ips);
  write_time(json, "expires_at", request.expires_at);
  write_time(json, "created_at", made.created_at);
  json.end_object();
  Response response = Response::json(json.take());
  response.headers.emplace_back("Cache-Control", "no-store");
  return response;
}

Result<Response> make(Context& context, const KeyRequest& request) {
  const int64_t account = context.caller.account_id;
  AuditedChange change = TRY(AuditedChange::begin(context));
  if (auto earlier = TRY(change.earlier_answer())) return *std::move(earlier);
  const PgRows in_force = TRY(change.run(sql::keys_in_force, account));
  const int keys_max = context.services.config.api_keys_max;
  if (in_force.i64(0, 0) >= keys_max) {
    return fail(ErrorCode::kAlreadyExists,
                "There are " + std::to_string(keys_max) + " API keys in force: revoke one first.");
  }
  const std::string key = new_api_key(request.environment);
  const PgRows row = TRY(change.run(sql::key_make, sha256(key), account, request.environment,
                                    request.name, masked_key(key), text_array(request.scopes),
                                    text_array(request.allowed_ips), request.expires_at));
  const MadeKey made{key, row.i64(0, sql::key_make.key_id),
                     row.instant(0, sql::key_make.created_at)};
  TRY(change.record({account, "api_key.created", "api_key " + std::to_string(made.key_id),
                     audit_detail(request)}));
  // A reload, because processes remember which keys they did not find.
  return change.commit(AuditedChange::Effect::kConfiguration, answer(request, made));
}

}  // namespace

Result<Response> create_api_key(Context& context) {
  const KeyRequest request = TRY(parse_key_request(context.request.body));
  const KeyRights wanted = rights_of(request);
  TRY(may_give(context.caller, wanted));
  return make(context, request);
}

}  // namespace dundun
