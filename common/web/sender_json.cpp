#include "common/web/sender_json.h"

#include <algorithm>

namespace dundun {
namespace {

constexpr int kApproved = 6, kRequested = 7, kRejected = 8;  // columns

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
  std::vector<std::string> all;
  for (int column : {kApproved, kRequested, kRejected}) {
    for (std::string& code : rows.text_array(row, column)) all.push_back(std::move(code));
  }
  std::ranges::sort(all);
  json.member("id", rows.i64(row, 0)).member("name", rows.text(row, 1));
  write_countries(json, "countries", all);
  json.member("use_case", rows.maybe_text(row, 2))
      .member("status", status_name(rows.i16(row, 3)))
      .member("rejection_reason", rows.maybe_text(row, 4))
      .member("created_at", format_z(rows.instant(row, 5)));
  write_countries(json, "approved_countries", rows.text_array(row, kApproved));
  write_countries(json, "pending_countries", rows.text_array(row, kRequested));
  write_countries(json, "rejected_countries", rows.text_array(row, kRejected));
}

}  // namespace dundun
