#include "common/io/csv.h"

#include <csv.h>

#include <algorithm>
#include <array>
#include <cctype>

#include "common/base/json_text.h"

namespace dundun {
namespace {

// Windows-1252 from 0x80 to 0x9F; 0 stands for what it leaves undefined. From 0xA0 on it is
// Latin-1.
constexpr std::array<uint16_t, 32> kWindows1252 = {
    0x20AC, 0,      0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021, 0x02C6, 0x2030, 0x0160,
    0x2039, 0x0152, 0,      0x017D, 0,      0,      0x2018, 0x2019, 0x201C, 0x201D, 0x2022,
    0x2013, 0x2014, 0x02DC, 0x2122, 0x0161, 0x203A, 0x0153, 0,      0x017E, 0x0178};

void append_code_point(std::string& out, uint32_t code) {
  if (code < 0x80) {
    out += static_cast<char>(code);
  } else if (code < 0x800) {
    out += static_cast<char>(0xC0 | code >> 6);
    out += static_cast<char>(0x80 | (code & 0x3F));
  } else {
    out += static_cast<char>(0xE0 | code >> 12);
    out += static_cast<char>(0x80 | (code >> 6 & 0x3F));
    out += static_cast<char>(0x80 | (code & 0x3F));
  }
}

std::string from_windows1252(std::string_view text) {
  std::string out;
  for (const char c : text) {
    const auto byte = static_cast<uint8_t>(c);
    const bool special = byte >= 0x80 && byte < 0xA0;
    const uint32_t code = special ? kWindows1252[byte - 0x80] : byte;
    append_code_point(out, code == 0 && special ? 0xFFFD : code);
  }
  return out;
}

// What stands behind "sep=" at the beginning of a line, quoted or not; nullopt: that is not there.
std::optional<std::string_view> behind_sep(std::string_view line) {
  if (line.starts_with('"')) line.remove_prefix(1);
  constexpr std::string_view kSep = "sep=";
  const bool is_there = line.size() >= kSep.size() &&
                        std::ranges::equal(line.substr(0, kSep.size()), kSep, [](char a, char b) {
                          return a == b || (a >= 'A' && a <= 'Z' && a - 'A' + 'a' == b);
                        });
  if (!is_there) return std::nullopt;
  line.remove_prefix(kSep.size());
  return line;
}

bool may_separate(char c) {
  return c == '\t' || (c > ' ' && c < '\x7f' && c != '"' && !std::isalnum(static_cast<uint8_t>(c)));
}

// Whether a first row is what such a line becomes, whatever separates.
bool is_sep_row(const CsvReader::Row& row) {
  const std::optional<std::string_view> rest = behind_sep(row.front());
  const auto is_empty = [](const std::string& field) { return field.empty(); };
  return rest && rest->size() <= 1 && std::all_of(row.begin() + 1, row.end(), is_empty);
}

}  // namespace

char csv_separator(std::string_view beginning) {
  beginning.remove_prefix(std::min(beginning.find_first_not_of("\r\n"), beginning.size()));
  const std::optional<std::string_view> said = behind_sep(beginning);
  if (said && !said->empty() && may_separate(said->front())) return said->front();
  std::array<int, 3> counts{};
  constexpr std::string_view kCandidates = ",;\t";
  bool quoted = false;
  for (const char c : beginning) {
    if (c == '"') quoted = !quoted;
    if (!quoted && (c == '\n' || c == '\r')) break;
    const size_t which = quoted ? std::string_view::npos : kCandidates.find(c);
    if (which != std::string_view::npos) ++counts[which];
  }
  return kCandidates[static_cast<size_t>(std::ranges::max_element(counts) - counts.begin())];
}

CsvQuotes::State CsvQuotes::after(char c) const {
  if (state_ == State::kQuoted) return c == '"' ? State::kQuote : State::kQuoted;
  if (state_ == State::kQuote && c == '"') return State::kQuoted;
  if (c == separator_ || c == '\n' || c == '\r') return State::kFieldBegins;
  switch (state_) {
    case State::kFieldBegins:
      if (is_blank(c)) return State::kFieldBegins;
      return c == '"' ? State::kQuoted : State::kPlain;
    case State::kQuote:
    case State::kClosed:
      return is_blank(c) ? State::kClosed : State::kFault;
    default:
      return state_;
  }
}

void CsvQuotes::count_line(char c) {
  if (c == '\r' || (c == '\n' && !after_cr_)) ++line_;
  after_cr_ = c == '\r';
}

// A row begins at the first character that is neither a line end nor a blank.
void CsvQuotes::note_row(char c) {
  const bool line_end = c == '\n' || c == '\r';
  if (line_end && state_ != State::kQuoted) {
    in_row_ = false;
  } else if (!in_row_ && !line_end && (c == separator_ || !is_blank(c))) {
    in_row_ = true;
    row_lines_.push_back(line_);
  }
}

int64_t CsvQuotes::take_row_line() {
  if (row_lines_.empty()) return line_;
  const int64_t line = row_lines_.front();
  row_lines_.pop_front();
  return line;
}

bool CsvQuotes::walk(std::string_view bytes) {
  for (const char c : bytes) {
    if (fault_line_ != 0) return false;
    const State next = after(c);
    if (next == State::kQuoted && state_ == State::kFieldBegins) opened_line_ = line_;
    if (next == State::kFault) fault_line_ = opened_line_;
    state_ = next;
    note_row(c);
    count_line(c);
  }
  return fault_line_ == 0;
}

bool CsvQuotes::end() {
  if (state_ == State::kQuoted) fault_line_ = opened_line_;
  return fault_line_ == 0;
}

CsvReader::CsvReader(char separator, std::function<bool(Row&)> row)
    : parser_(std::make_unique<csv_parser>()), quotes_(separator), row_(std::move(row)) {
  csv_init(parser_.get(), 0);
  csv_set_delim(parser_.get(), static_cast<unsigned char>(separator));
}

CsvReader::~CsvReader() { csv_free(parser_.get()); }

void CsvReader::on_field(void* text, size_t size, void* self) {
  CsvReader& reader = *static_cast<CsvReader*>(self);
  const std::string_view field(static_cast<const char*>(text), size);
  if (reader.fields_.size() <= reader.used_) reader.fields_.emplace_back();
  std::string& out = reader.fields_[reader.used_++];
  if (is_utf8(field)) {
    out = field;
  } else {
    out = from_windows1252(field);
    reader.guessed_ = true;
  }
}

void CsvReader::on_row(int, void* self) {
  CsvReader& reader = *static_cast<CsvReader*>(self);
  reader.row_line_ = reader.quotes_.take_row_line();
  reader.fields_.resize(reader.used_);
  reader.used_ = 0;
  const bool is_first = !reader.begun_;
  reader.begun_ = true;
  if (is_first && !reader.fields_.empty() && is_sep_row(reader.fields_)) return;
  if (!reader.stopped_) reader.stopped_ = !reader.row_(reader.fields_);
}

bool CsvReader::feed(std::string_view bytes) {
  if (stopped_ || failed_ || !quotes_.walk(bytes)) return false;
  const size_t done = csv_parse(parser_.get(), bytes.data(), bytes.size(), on_field, on_row, this);
  failed_ = done != bytes.size();
  return !failed_ && !stopped_;
}

bool CsvReader::finish() {
  if (stopped_ || failed_ || !quotes_.end()) return false;
  failed_ = csv_fini(parser_.get(), on_field, on_row, this) != 0;
  return !failed_ && !stopped_;
}

std::optional<Error> CsvReader::fault() const {
  if (const int64_t line = quotes_.fault_line(); line != 0) {
    return fail(ErrorCode::kInvalidCsv,
                "The quoted field that opens in line " + std::to_string(line) +
                    " is not closed properly; a quote inside it is written twice.");
  }
  if (failed_) return unavailable("no memory for a CSV");
  return std::nullopt;
}

}  // namespace dundun
