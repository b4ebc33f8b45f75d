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
  EXPECT_EQ(field("=cmd(\"a\",1)"), "\"'=cmd(\"\"a\"\",1)\"");
  EXPECT_EQ(field("1=1"), "1=1");
}

TEST(CsvTest, FieldsAndLinesAreSeparated) {
  CsvWriter csv;
  csv.plain("+254712345678").text("").plain("-1.20").end_line().plain("").plain("x").end_line();
  EXPECT_EQ(csv.take(), "+254712345678,,-1.20\r\n,x\r\n");
}

}  // namespace csv_test
}  // namespace dundun
