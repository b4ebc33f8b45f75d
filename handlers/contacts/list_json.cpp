#include "handlers/contacts/list_json.h"

namespace dundun {
namespace {

void write_texts(JsonWriter& json, const char* name, const std::vector<std::string>& texts) {
  json.key(name).begin_array();
  for (const std::string& text : texts) json.value(std::string_view(text));
  json.end_array();
}

}  // namespace

void write_list(JsonWriter& json, const PgRows& rows, int row) {
  json.begin_object()
      .member("id", rows.i64(row, 0))
      .member("name", rows.text(row, 1))
      .member("count", rows.i64(row, 2));
  write_texts(json, "columns", rows.text_array(row, 3));
  write_texts(json, "tags", rows.text_array(row, 4));
  json.member("created_at", format_z(rows.instant(row, 5)))
      .member("updated_at", format_z(rows.instant(row, 6)))
      .end_object();
}

}  // namespace dundun
