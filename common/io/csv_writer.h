// Writes CSV lines by RFC 4180 that no spreadsheet reads as formulas.
#pragma once

#include <string>
#include <string_view>

namespace dundun {

class CsvWriter {
 public:
  // Text that somebody else wrote. What begins like a formula (= + - @, full-width ones too, tab,
  // CR, LF) gets a leading '.
  CsvWriter& text(std::string_view value);
  // Our own ids, numbers, times, words and E.164 numbers. They need no quotes, and a leading + or -
  // stays (a spreadsheet reads a sign and digits as a number).
  CsvWriter& plain(std::string_view value);
  CsvWriter& end_line();

  size_t size() const { return out_.size(); }
  std::string take() { return std::move(out_); }

 private:
  void separate();
  std::string out_;
  bool line_begun_ = false;
};

}  // namespace dundun
