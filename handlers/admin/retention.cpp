// GET /admin/retention: what is kept how long, and how much is due. POST /admin/retention/run: the
// scheduler's upkeep at once, by the settings of this process.
#include "common/upkeep/retention.h"

#include "common/base/config.h"
#include "common/io/json.h"
#include "common/io/pg.h"
#include "common/web/audited_change.h"
#include "handlers/admin/endpoints.h"

namespace dundun {
namespace {

std::string json_of(const std::vector<Retained>& all, const char* count) {
  JsonWriter json;
  json.begin_object().key("retention").begin_array();
  for (const Retained& retained : all) {
    json.begin_object()
        .member("what", retained.what)
        .member("setting", retained.setting)
        .member("keep", retained.keep)
        .member("unit", retained.unit)
        .member(count, retained.count)
        .end_object();
  }
  return json.end_array().end_object().take();
}

Result<Response> due(Context& context) {
  const PgPool::Lease pg = TRY(context.services.pg.lease());
  return Response::json(
      json_of(TRY(retention_due(*pg.operator->(), context.services.config.retention)), "due"));
}

Result<Response> run(Context& context) {
  std::string body;
  {
    const PgPool::Lease pg = TRY(context.services.pg.lease());
    body =
        json_of(keep_to_retention(*pg.operator->(), context.services.config.retention), "removed");
  }
  AuditedChange change = TRY(AuditedChange::begin(context));
  TRY(change.record({0, "retention.run", "retention", body}));
  TRY(change.commit(AuditedChange::Effect::kNone));
  return Response::json(std::move(body));
}

}  // namespace

Result<Response> show_retention(Context& context) { return due(context); }

Result<Response> run_retention(Context& context) { return run(context); }

}  // namespace dundun
