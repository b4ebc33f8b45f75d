// An app of the second dialect: found, shown, and its keys made.
#pragma once

#include <string>
#include <string_view>

#include "common/identity/authorization.h"
#include "common/io/json.h"
#include "common/io/pg.h"
#include "common/web/endpoint.h"

namespace dundun {

enum class AppRole : int16_t { kApp = 1, kAdmin = 2 };
std::string_view app_role_name(AppRole role);

struct GravityApp {
  int64_t account_id;
  std::string tenant_id;
  std::string app_id;
  std::string name;
  AppRole role;
  bool is_active;
  Instant created_at;
  std::optional<std::string> key_prefix;
  std::optional<Instant> last_used_at;
  std::optional<std::string> webhook_url;
  KeyRights rights;  // of its key
};

// A row of gravity_apps.
GravityApp gravity_app_of(const PgRows& rows, int row);
void write_gravity_app(JsonWriter& json, const GravityApp& app);

// The app named in the path, if the caller may see it: an admin any, the tenant's manager those of
// the tenant, an app itself. kInvalidRequest for what is no id, kNotFound otherwise.
Result<GravityApp> find_app(Context& context);

// The same for a change: kInsufficientScope for an app that is above the caller.
Result<GravityApp> find_app_to_change(Context& context);

// What the key of an app may do.
KeyRights rights_of_app(AppRole role);

struct AppKey {
  std::string key;     // sgw_ + 32 hex
  std::string prefix;  // its first 8 characters
};
AppKey new_app_key();

// A name of 1 to 100 characters. kInvalidRequest.
Result<std::string> parse_app_name(const JsonValue& root);

}  // namespace dundun
