#include "handlers/session/user_json.h"

#include "sql/sessions.h"

namespace dundun {

void write_user(JsonWriter& json, const PgRows& row, const Caller& caller) {
  constexpr auto& col = sql::user_by_id;
  json.key("user")
      .begin_object()
      .member("id", caller.user_id)
      .member("email", row.text(0, col.email))
      .member("name", row.text(0, col.name))
      .member("role", role_name(Role(row.i16(0, col.role))))
      .end_object();
  json.key("account")
      .begin_object()
      .member("id", caller.account_id)
      .member("name", row.text(0, col.account_name))
      .member("currency", row.text(0, col.currency))
      .end_object();
}

void write_recovery_codes(JsonWriter& json, const std::vector<std::string>& codes) {
  if (codes.empty()) return;
  json.key("recovery_codes").begin_array();
  for (const std::string& code : codes) json.value(std::string_view(code));
  json.end_array();
}

void write_permissions(JsonWriter& json, const Caller& caller) {
  json.key("permissions").begin_array();
  if (caller.may_query) json.value("query");
  if (caller.may_send) json.value("send");
  if (caller.may_webhooks) json.value("webhooks");
  if (caller.may_admin) json.value("admin");
  if (caller.role == Role::kAdmin) json.value("platform");
  json.end_array();
}

}  // namespace dundun
