// POST /api-keys: a new key, shown this once (api.md section 9).
#include "common/io/crypto.h"
#include "common/web/api_key.h"
#include "common/web/audited_change.h"
#include "common/web/idempotency.h"
#include "common/web/text_fields.h"
#include "handlers/account/key_fields.h"
#include "handlers/account/routes.h"
#include "sql/statements.h"

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
      .member("name", std::string_view(request.name))
      .member("environment", environment_name(request.environment));
  write_texts(json, "scopes", request.scopes);
  write_texts(json, "allowed_ips", request.allowed_ips);
  write_time(json, "expires_at", request.expires_at);
  json.end_object();
  return json.take();
}

// The answer holds a secret: it is kept for repeats under a key that only the client has, its
// Idempotency-Key.
std::string sealing_key(const Context& context) {
  return sha256("sealed answer\n" + context.request.idempotency_key);
}

Result<Response> replayed(const Context& context, const IdempotencyKey& key, Response kept) {
  const std::optional<std::string> sealed = from_base64(kept.body);
  const std::optional<std::string> body =
      sealed ? unseal(sealing_key(context), *sealed, key.key_hash) : std::nullopt;
  if (!body) return fail(ErrorCode::kInternal, "Internal server error", "a kept answer is broken");
  kept.body = *body;
  return kept;
}

Response answer(const KeyRequest& request, const MadeKey& made) {
  JsonWriter json;
  json.begin_object()
      .member("id", made.key_id)
      .member("key", std::string_view(made.key))
      .member("name", std::string_view(request.name))
      .member("prefix", std::string_view(masked_key(made.key)))
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
  const std::optional<IdempotencyKey> repeat =
      TRY(idempotency_key(context.request, context.caller));
  AuditedChange change = TRY(AuditedChange::begin(context));
  std::optional<Response> earlier = TRY(change.earlier_answer(repeat));
  if (earlier) return replayed(context, *repeat, *std::move(earlier));
  const PgRows in_force = TRY(change.run(sql::keys_in_force, account));
  const int keys_max = context.app.config.api_keys_max;
  if (in_force.i64(0, 0) >= keys_max) {
    return fail(ErrorCode::kAlreadyExists,
                "There are " + std::to_string(keys_max) + " API keys in force: revoke one first.");
  }
  const std::string key = new_api_key(request.environment);
  const PgRows row =
      TRY(change.run(sql::key_make, sha256(key), account, static_cast<int16_t>(request.environment),
                     request.name, masked_key(key), text_array(request.scopes),
                     text_array(request.allowed_ips), request.expires_at));
  const MadeKey made{key, row.i64(0, 0), row.instant(0, 1)};
  TRY(change.record({account, "api_key.created", "api_key " + std::to_string(made.key_id),
                     audit_detail(request)}));
  Response response = answer(request, made);
  if (repeat) {
    const std::string sealed = seal(sealing_key(context), response.body, repeat->key_hash);
    TRY(change.keep_answer(response.status, to_base64(sealed)));
  }
  // A reload, because processes remember which keys they did not find.
  TRY(change.commit(AuditedChange::Effect::kConfiguration));
  return response;
}

}  // namespace

Task<Response> create_api_key(Context& context) {
  const KeyRequest request = co_await parse_key_request(context.request.body);
  const std::optional<int16_t> only = manageable_environment(context.caller);
  if (only && *only != static_cast<int16_t>(request.environment)) {
    co_return fail(ErrorCode::kInsufficientScope, "A test key manages test keys only.");
  }
  co_return co_await make(context, request);
}

}  // namespace dundun
