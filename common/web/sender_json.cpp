#include "common/web/sender_json.h"

#include <algorithm>

#include "sql/admin.h"
#include "sql/senders.h"

namespace dundun {
namespace {

std::string_view status_name(int16_t status) {
  return status == 2 ? "approved" : status == 3 ? "rejected" : "pending";
}

void write_countries(JsonWriter& json, const char* name, const std::vector<std::string>& codes) {
  json.key(name).begin_array();
  for (const std::string& code : codes) json.value(std::string_view(code));
  json.end_array();
}

}  // namespace

void write_sender(JsonWriter& json, const PgRows& rows, int row) {
  constexpr auto& col = sql::sender_by_id;
  static_assert(begins_with_columns(sql::senders_of_account, col));
  static_assert(begins_with_columns(sql::sender_request, col));
  static_assert(begins_with_columns(sql::sender_approve, col));
  static_assert(begins_with_columns(sql::sender_reject, col));
  static_assert(begins_with_columns(sql::admin_sender_requests, col));
  std::vector<std::string> all;
  for (int column : {col.approved_countries, col.requested, col.rejected}) {
    for (std::string& code : rows.text_array(row, column)) all.push_back(std::move(code));
  }
  std::ranges::sort(all);
  json.member("id", rows.i64(row, col.sender_id)).member("name", rows.text(row, col.name));
  write_countries(json, "countries", all);
  json.member("use_case", rows.maybe_text(row, col.use_case))
      .member("status", status_name(rows.i16(row, col.status)))
      .member("rejection_reason", rows.maybe_text(row, col.rejection_reason))
      .member("created_at", format_z(rows.instant(row, col.created_at)));
  write_countries(json, "approved_countries", rows.text_array(row, col.approved_countries));
  write_countries(json, "pending_countries", rows.text_array(row, col.requested));
  write_countries(json, "rejected_countries", rows.text_array(row, col.rejected));
}

}  // namespace dundun
