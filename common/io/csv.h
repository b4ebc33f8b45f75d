// CSV as spreadsheets write it (RFC 4180 and common variants), parsed piece by piece.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/result.h"

struct csv_parser;

namespace dundun {

// Checks the quotes of a CSV and counts its lines. A quote opens a quoted field only at the field's
// beginning. Anywhere else (12" pipe) it is an ordinary character, as spreadsheets read it. It is a
// fault if a quoted field is never closed, or goes on after its closing quote ("Ann"x): the rows
// after it would become part of the field.
class CsvQuotes {
 public:
  explicit CsvQuotes(char separator) : separator_(separator) {}
  // False at the first fault, and from then on.
  bool walk(std::string_view bytes);
  bool end();  // false when a field is still open
  // The line where the faulty field begins, counted from 1; 0: no fault.
  int64_t fault_line() const { return fault_line_; }
  // The line where the next row begins of those that were walked and not taken; blank lines are no
  // rows.
  int64_t take_row_line();

 private:
  // kQuote: after a quote in a quoted field; it closes the field, or the next one doubles it.
  // kClosed: after the closing quote; only blanks may follow.
  enum class State { kFieldBegins, kPlain, kQuoted, kQuote, kClosed, kFault };
  State after(char c) const;
  static bool is_blank(char c) { return c == ' ' || c == '\t'; }
  void count_line(char c);
  void note_row(char c);
  char separator_;
  State state_ = State::kFieldBegins;
  bool after_cr_ = false;
  int64_t line_ = 1;
  int64_t opened_line_ = 0;
  int64_t fault_line_ = 0;
  bool in_row_ = false;
  std::deque<int64_t> row_lines_;
};

// Quoted fields with doubled quotes and line ends, CR, LF or CRLF; blank lines do not count, nor
// does a first line `sep=;`.
// Fields reach the caller as UTF-8: what is not is taken for Windows-1252.
class CsvReader {
 public:
  using Row = std::vector<std::string>;
  // `row` returns false to stop.
  CsvReader(char separator, std::function<bool(Row&)> row);
  ~CsvReader();
  CsvReader(const CsvReader&) = delete;

  // False once `row` has returned false, a quote is out of place, or memory is out.
  bool feed(std::string_view bytes);
  bool finish();  // the last row may lack its line end
  // Why feed() or finish() returned false, unless `row` did: kInvalidCsv that names the line. The
  // rows before the fault were handed out.
  std::optional<Error> fault() const;
  int64_t row_line() const { return row_line_; }  // where the row begins that is handed out
  bool guessed() const { return guessed_; }       // a field was not UTF-8

 private:
  static void on_field(void* text, size_t size, void* self);
  static void on_row(int end, void* self);
  std::unique_ptr<csv_parser> parser_;
  CsvQuotes quotes_;
  std::function<bool(Row&)> row_;
  Row fields_;
  size_t used_ = 0;
  int64_t row_line_ = 0;
  bool guessed_ = false;
  bool begun_ = false;
  bool stopped_ = false;
  bool failed_ = false;
};

// What a first line `sep=;` says, which spreadsheets write and CsvReader leaves out; otherwise
// comma, semicolon or tab: whichever the first line that is not empty has most of, outside quotes.
char csv_separator(std::string_view beginning);

}  // namespace dundun
