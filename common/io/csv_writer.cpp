#include "common/io/csv_writer.h"

#include <algorithm>

namespace dundun {

namespace {

// Spreadsheets read full-width signs as the plain ones.
bool begins_formula(std::string_view value) {
  constexpr std::string_view kSigns[] = {"=",      "+",      "-",      "@",      "\t",     "\r",
                                         "\n",     "\uff1d", "\uff0b", "\uff0d", "\uff20", "\ufe66",
                                         "\ufe62", "\ufe63", "\ufe6b", "\u2212"};
  return std::ranges::any_of(kSigns, [value](auto sign) { return value.starts_with(sign); });
}

}  // namespace

void CsvWriter::separate() {
  if (line_begun_) out_ += ',';
  line_begun_ = true;
}

CsvWriter& CsvWriter::plain(std::string_view value) {
  separate();
  out_ += value;
  return *this;
}

CsvWriter& CsvWriter::text(std::string_view value) {
  separate();
  const bool formula = begins_formula(value);
  const bool special = value.find_first_of(",\"\r\n") != std::string_view::npos;
  if (!special) {
    if (formula) out_ += '\'';
    out_ += value;
    return *this;
  }
  out_ += formula ? "\"'" : "\"";
  for (const char c : value) {
    if (c == '"') out_ += '"';
    out_ += c;
  }
  out_ += '"';
  return *this;
}

CsvWriter& CsvWriter::end_line() {
  out_ += "\r\n";
  line_begun_ = false;
  return *this;
}

}  // namespace dundun
