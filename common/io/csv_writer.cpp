#include "common/io/csv_writer.h"

namespace dundun {

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
  const bool formula =
      !value.empty() && std::string_view("=+-@\t\r").find(value.front()) != std::string_view::npos;
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
