#include "common/web/health.h"

#include "common/base/config.h"
#include "common/base/metrics.h"
#include "common/io/pg.h"
#include "common/io/redis.h"
#include "sql/snapshot.h"

namespace dundun {

Task<Response> healthz(Context&) { co_return Response::json(R"({"status":"ok"})"); }

Task<Response> readyz(Context& context) {
  (void)co_await context.app.pg.query(sql::config_version_now);
  Redis redis({.url = context.app.config.redis_url, .timeout = context.app.config.redis_timeout});
  // Sends go on without Redis: that is degraded, not down.
  const bool redis_up = redis.run({"PING"}).has_value();
  co_return Response::json(redis_up ? R"({"status":"ok","postgresql":"ok","redis":"ok"})"
                                    : R"({"status":"degraded","postgresql":"ok","redis":"down"})");
}

Task<Response> metrics(Context& context) {
  Response response = Response::json(read_metrics_files(context.app.config.metrics_dir));
  response.content_type = "text/plain; version=0.0.4";
  co_return response;
}

}  // namespace dundun
