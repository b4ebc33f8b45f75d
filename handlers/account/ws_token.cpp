// POST /v1/ws/token: a token that opens one WebSocket as the key would, for pages that must not
// know the key.
#include "common/identity/ws_token.h"

#include "common/base/config.h"
#include "common/io/json.h"
#include "common/io/redis.h"
#include "handlers/account/endpoints.h"

namespace dundun {

Result<Response> ws_token(Context& context) {
  if (context.caller.is_session()) {
    return fail(ErrorCode::kInsufficientScope,
                "A session needs no token: its cookie opens the WebSocket.");
  }
  const Config& config = context.services.config;
  const std::string token = std::string(kWsTokenPrefix) + to_hex(random_bytes(32));
  Redis redis({.url = config.redis_url, .timeout = config.redis_timeout});
  // Only Redis can let it be used once and then end by itself.
  const RedisCommand keep{"SET", ws_token_key(sha256(token)), context.caller.key_hash, "EX",
                          std::to_string(kWsTokenSeconds)};
  if (!redis.run(keep)) return unavailable("redis: no token kept");
  JsonWriter json;
  json.begin_object().member("token", token).member("expiresIn", kWsTokenSeconds).end_object();
  return Response::json(json.take());
}

}  // namespace dundun
