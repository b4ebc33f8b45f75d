#include "handlers/verify/app_json.h"

#include "common/base/time.h"
#include "sql/verify.h"

namespace dundun {
namespace {

constexpr size_t kNameBytesMax = 100;

}  // namespace

VerifyApp verify_app_of(const PgRows& rows, int row) {
  constexpr auto& col = sql::verify_app_by_id;
  static_assert(begins_with_columns(sql::verify_apps_all, col));
  static_assert(begins_with_columns(sql::verify_app_replace, col));
  return {std::string(rows.text(row, col.app_id)), std::string(rows.text(row, col.name)),
          verify_settings_of(rows, row, col),      rows.boolean(row, col.landlines),
          rows.instant(row, col.created_at),       rows.instant(row, col.updated_at)};
}

Result<VerifyApp> parse_verify_app(std::string_view body) {
  const JsonDocument document = TRY(JsonDocument::parse(body));
  const JsonObject object = TRY(JsonObject::of(document));
  VerifyApp app{};
  app.name = TRY(object.required_text("name"));
  if (app.name.size() > kNameBytesMax) {
    return invalid_field("name", "ensure this value has at most 100 bytes",
                         "value_error.any_str.max_length");
  }
  app.settings = TRY(parse_verify_settings(object, {}));
  app.landlines = TRY(object.optional_bool("landlines")).value_or(false);
  return app;
}

void write_verify_app(JsonWriter& json, const VerifyApp& app) {
  json.begin_object()
      .member("id", app.app_id)
      .member("name", app.name)
      .member("sender_id", app.settings.sender)
      .member("code_length", app.settings.code_length)
      .member("expiry_seconds", static_cast<int64_t>(app.settings.expiry.count()))
      .member("template", app.settings.text_template)
      .member("landlines", app.landlines)
      .member("created_at", format_z(app.created_at))
      .member("updated_at", format_z(app.updated_at))
      .end_object();
}

}  // namespace dundun
