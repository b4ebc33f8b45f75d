#include "common/io/csv.h"

#include <gtest/gtest.h>

#include "common/io/csv_writer.h"

namespace dundun {
namespace csv_test {

std::string field(std::string_view text) { return CsvWriter().text(text).take(); }

TEST(CsvTest, WhatIsSpecialIsQuoted) {
  EXPECT_EQ(field("plain text"), "plain text");
  EXPECT_EQ(field("a,b"), "\"a,b\"");
  EXPECT_EQ(field("say \"hi\""), "\"say \"\"hi\"\"\"");
  EXPECT_EQ(field("two\nlines"), "\"two\nlines\"");
  EXPECT_EQ(field("two\r\nlines"), "\"two\r\nlines\"");
  EXPECT_EQ(field("\""), "\"\"\"\"");
  EXPECT_EQ(field(""), "");
}

TEST(CsvTest, NoTextIsTakenForAFormula) {
  for (const char* text : {"=1+1", "+1", "-1", "@sum", "\tx"}) {
    EXPECT_EQ(field(text), "'" + std::string(text));
  }
  EXPECT_EQ(field("\rx"), "\"'\rx\"");
  EXPECT_EQ(field("\n=1+1"), "\"'\n=1+1\"");
  for (const char* wide : {"\uff1d1+1", "\uff0b1", "\uff0d1", "\uff20sum", "\ufe661", "\u22121"}) {
    EXPECT_EQ(field(wide), "'" + std::string(wide));
  }
  EXPECT_EQ(field("=cmd(\"a\",1)"), "\"'=cmd(\"\"a\"\",1)\"");
  EXPECT_EQ(field("1=1"), "1=1");
}

TEST(CsvTest, FieldsAndLinesAreSeparated) {
  CsvWriter csv;
  csv.plain("+254712345678").text("").plain("-1.20").end_line().plain("").plain("x").end_line();
  EXPECT_EQ(csv.take(), "+254712345678,,-1.20\r\n,x\r\n");
}

using Rows = std::vector<CsvReader::Row>;

// The line of the fault, 0: none. Fed whole, and byte by byte.
int64_t fault_line(const std::string& text, Rows* rows = nullptr) {
  const auto read = [&](size_t step, Rows& taken) -> std::string {
    CsvReader reader(',', [&taken](CsvReader::Row& row) { return taken.push_back(row), true; });
    bool whole = true;
    for (size_t at = 0; whole && at < text.size(); at += step) {
      whole = reader.feed(std::string_view(text).substr(at, step));
    }
    whole = whole && reader.finish();
    EXPECT_EQ(whole, !reader.fault()) << text;
    if (whole) return "";
    EXPECT_EQ(reader.fault()->code, ErrorCode::kInvalidCsv);
    return reader.fault()->message;
  };
  Rows at_once, piecewise;
  const std::string message = read(text.size() + 1, at_once);
  EXPECT_EQ(read(1, piecewise), message) << text;
  EXPECT_TRUE(!message.empty() || at_once == piecewise) << text;
  if (rows != nullptr) *rows = at_once;
  const size_t line = message.find("line ");
  return line == std::string::npos ? 0 : std::stoll(message.substr(line + 5));
}

TEST(CsvReaderTest, AQuoteThatIsNotClosedIsNamedByItsLine) {
  EXPECT_EQ(fault_line("phone,name\n+254712000501,\"Ann\n+254712000502,Ben\n"), 2);
  EXPECT_EQ(fault_line("phone,name\n\n1,x\r\n2,\"Ann"), 4);
  EXPECT_EQ(fault_line("phone,name\r1,x\r2,\"Ann\r3,y"), 3);
  EXPECT_EQ(fault_line("\""), 1);
  EXPECT_EQ(fault_line("a,\"b\"\"\n"), 1);
  EXPECT_EQ(fault_line("a, \"b\n"), 1);
  // The next quote closes it, and gives it away.
  EXPECT_EQ(fault_line("p,n\n1,\"Ann\n2,\"Ben\"\n"), 2);
  EXPECT_EQ(fault_line("p,n\n1,\"a\nb\"\n2,\"Ben\"x\n"), 4);
}

TEST(CsvReaderTest, TextBehindAClosingQuoteIsAFault) {
  EXPECT_EQ(fault_line("p,n\n1,\"Ann\"x\n2,y\n"), 2);
  EXPECT_EQ(fault_line("p,n\n1,\"Ann\" \"Lee\"\n"), 2);
  EXPECT_EQ(fault_line("p,n\n1,\"Ann \"the boss\" Lee\"\n"), 2);
}

TEST(CsvReaderTest, WhatSpreadsheetsAndPeopleWriteIsRead) {
  Rows rows;
  EXPECT_EQ(fault_line("a,\"b,c\",\"say \"\"hi\"\"\"\r\n\"x\ny\",\"\",\"z\" \r\n", &rows), 0);
  EXPECT_EQ(rows, (Rows{{"a", "b,c", "say \"hi\""}, {"x\ny", "", "z"}}));
  // A quote inside a field is a character, and merges nothing.
  EXPECT_EQ(fault_line("12\" pipe,5'10\",O\"Neil\n7,8,9", &rows), 0);
  EXPECT_EQ(rows, (Rows{{"12\" pipe", "5'10\"", "O\"Neil"}, {"7", "8", "9"}}));
  EXPECT_EQ(fault_line("1, \"Ann, Lee\"\n", &rows), 0);
  EXPECT_EQ(rows, (Rows{{"1", "Ann, Lee"}}));
}

// Rows as "a|b" with a line each; fed byte by byte.
std::string rows_of(std::string_view text, char separator = ',') {
  std::string out;
  CsvReader reader(separator, [&out](CsvReader::Row& row) {
    for (size_t i = 0; i < row.size(); ++i) out += (i == 0 ? "" : "|") + row[i];
    out += '\n';
    return true;
  });
  for (const char c : text) EXPECT_TRUE(reader.feed(std::string_view(&c, 1)));
  EXPECT_TRUE(reader.finish());
  return out;
}

TEST(CsvReaderTest, ReadsWhatProgramsWrite) {
  EXPECT_EQ(rows_of("a,b\nc,d\n"), "a|b\nc|d\n");
  EXPECT_EQ(rows_of("a,b\r\nc,d"), "a|b\nc|d\n") << "the last line may lack its end";
  EXPECT_EQ(rows_of("a\rb\r"), "a\nb\n");
  EXPECT_EQ(rows_of("\"a,\"\"b\"\"\n\",c\n"), "a,\"b\"\n|c\n");
  EXPECT_EQ(rows_of("a;b,c\n", ';'), "a|b,c\n");
  EXPECT_EQ(rows_of(",\n"), "|\n");
  EXPECT_EQ(rows_of("a\n\n\nb\n"), "a\nb\n") << "blank lines do not count";
  EXPECT_EQ(rows_of("a,b,c\nd\ne,f\n"), "a|b|c\nd\ne|f\n") << "rows of any length";
  EXPECT_EQ(rows_of(""), "");
}

TEST(CsvReaderTest, WhatIsNoUtf8IsTakenForWindows1252) {
  EXPECT_EQ(rows_of("caf\xc3\xa9\n"), "café\n");
  EXPECT_EQ(rows_of("caf\xe9,\x80,\x9f\n"), "café|€|Ÿ\n");
  EXPECT_EQ(rows_of("\xa0x,\xff\n"), "\u00a0x|ÿ\n");
  EXPECT_EQ(rows_of("\x81\n"), "\uFFFD\n");
}

TEST(CsvReaderTest, TheReaderOfRowsMayStop) {
  int rows = 0;
  CsvReader reader(',', [&rows](CsvReader::Row&) { return ++rows < 2; });
  EXPECT_TRUE(reader.feed("a\n"));
  EXPECT_FALSE(reader.feed("b\nc\nd\n"));
  EXPECT_FALSE(reader.finish());
  EXPECT_EQ(rows, 2);
}

TEST(CsvReaderTest, TheSeparatorIsWhatTheFirstLineHasMostOf) {
  const std::pair<const char*, char> cases[] = {
      {"", ','},          {"a", ','},          {"a,b;c", ','},
      {"a;b;c,d", ';'},   {"a\tb\tc;d", '\t'}, {"a;b\n,,,,", ';'},
      {"a;b\r,,,,", ';'}, {"\",,,\";b", ';'},  {"\"a\n,,,\";b", ';'}};
  for (const auto& [text, separator] : cases) EXPECT_EQ(csv_separator(text), separator) << text;
}

}  // namespace csv_test
}  // namespace dundun
