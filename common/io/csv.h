// CSV as people's spreadsheets write it (RFC 4180 and its neighbours), parsed as it comes.
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

struct csv_parser;

namespace dundun {

// Quoted fields with doubled quotes and line ends, CR, LF or CRLF; blank lines do not count.
// Fields reach the caller as UTF-8: what is not is taken for Windows-1252.
class CsvReader {
 public:
  using Row = std::vector<std::string>;
  // `row` returns false to stop.
  CsvReader(char separator, std::function<bool(Row&)> row);
  ~CsvReader();
  CsvReader(const CsvReader&) = delete;

  // False once `row` has said so, or memory is out.
  bool feed(std::string_view bytes);
  bool finish();  // the last row may lack its line end

 private:
  static void on_field(void* text, size_t size, void* self);
  static void on_row(int end, void* self);
  std::unique_ptr<csv_parser> parser_;
  std::function<bool(Row&)> row_;
  Row fields_;
  size_t used_ = 0;
  bool stopped_ = false;
};

// Comma, semicolon or tab: whichever the first line has most of, outside quotes.
char csv_separator(std::string_view beginning);

}  // namespace dundun
