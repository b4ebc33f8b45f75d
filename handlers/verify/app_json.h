// A Verify app: a row of verify_apps as its answers show it.
#pragma once

#include "common/io/json.h"
#include "common/io/pg.h"
#include "handlers/verify/settings.h"

namespace dundun {

inline constexpr int kVerifyAppsMax = 100;  // an account

// From a row with `sender`, `code_length`, `expiry_seconds` and `template_text`.
template <class Columns>
VerifySettings verify_settings_of(const PgRows& rows, int row, const Columns& col) {
  VerifySettings settings;
  settings.sender = rows.maybe_text(row, col.sender);
  settings.code_length = rows.i16(row, col.code_length);
  settings.expiry = std::chrono::seconds(rows.i32(row, col.expiry_seconds));
  settings.text_template = rows.maybe_text(row, col.template_text);
  return settings;
}

struct VerifyApp {
  std::string app_id;
  std::string name;
  VerifySettings settings;
  bool landlines = false;  // codes may go to numbers that the plan calls landlines
  Instant created_at, updated_at;
};

// A row of verify_app_by_id or verify_apps_all.
VerifyApp verify_app_of(const PgRows& rows, int row);

// The body of POST and PATCH: `name`, and whatever is left out as by default.
Result<VerifyApp> parse_verify_app(std::string_view body);

void write_verify_app(JsonWriter& json, const VerifyApp& app);

}  // namespace dundun
