#include "common/web/health.h"

#include "common/base/config.h"
#include "common/base/metrics.h"
#include "common/base/version.h"
#include "common/io/pg.h"
#include "common/io/redis.h"
#include "sql/snapshot.h"

namespace dundun {

Result<Response> healthz(Context&) {
  return Response::json(R"({"status":"ok","version":")" + std::string(version()) + R"("})");
}

Result<Response> health(Context&) { return Response::json(R"({"status":"ok"})"); }

Result<Response> readyz(Context& context) {
  (void)TRY(context.services.pg.query(sql::config_version_now));
  Redis redis(
      {.url = context.services.config.redis_url, .timeout = context.services.config.redis_timeout});
  // Sends go on without Redis: that is degraded, not down.
  const bool redis_up = redis.run({"PING"}).has_value();
  return Response::json(redis_up ? R"({"status":"ok","postgresql":"ok","redis":"ok"})"
                                 : R"({"status":"degraded","postgresql":"ok","redis":"down"})");
}

Result<Response> metrics(Context& context) {
  Response response = Response::json(read_metrics_files(context.services.config.metrics_dir));
  response.content_type = "text/plain; version=0.0.4";
  return response;
}

}  // namespace dundun
