#include "handlers/contacts/list_json.h"

#include "sql/contacts.h"

namespace dundun {
namespace {

void write_texts(JsonWriter& json, const char* name, const std::vector<std::string>& texts) {
  json.key(name).begin_array();
  for (const std::string& text : texts) json.value(std::string_view(text));
  json.end_array();
}

}  // namespace

void write_list(JsonWriter& json, const PgRows& rows, int row) {
  constexpr auto& col = sql::contact_lists_page;
  static_assert(begins_with_columns(sql::contact_list_by_id, col));
  json.begin_object()
      .member("id", rows.i64(row, col.list_id))
      .member("name", rows.text(row, col.name))
      .member("count", rows.i64(row, col.count));
  write_texts(json, "columns", rows.text_array(row, col.columns));
  write_texts(json, "tags", rows.text_array(row, col.tags));
  json.member("created_at", format_z(rows.instant(row, col.created_at)))
      .member("updated_at", format_z(rows.instant(row, col.updated_at)))
      .end_object();
}

}  // namespace dundun
