#include <gtest/gtest.h>

#include "common/io/crypto.h"
#include "common/io/pg.h"

namespace dundun {
namespace pg_values_test {

std::string hex(const PgParam& param) { return to_hex(param.bytes()); }

Instant at_unix(int64_t seconds) { return Instant(std::chrono::seconds(seconds)); }

TEST(PgParamTest, IntegersAreBigEndianInTheirWidth) {
  EXPECT_EQ(hex(PgParam(int16_t{-2})), "fffe");
  EXPECT_EQ(hex(PgParam(258)), "00000102");
  EXPECT_EQ(hex(PgParam(int64_t{1})), "0000000000000001");
  EXPECT_EQ(hex(PgParam(true)), "01");
}

TEST(PgParamTest, TimeCountsFrom2000) {
  EXPECT_EQ(hex(PgParam(at_unix(946'684'800))), "0000000000000000");
  EXPECT_EQ(hex(PgParam(at_unix(946'684'801))), "00000000000f4240");
  EXPECT_EQ(hex(PgParam(at_unix(946'684'799))), "fffffffffff0bdc0");
}

TEST(PgParamTest, TextIsNotABool) {
  EXPECT_EQ(PgParam("abc").bytes(), "abc");
  EXPECT_EQ(PgParam(std::string("abc")).bytes(), "abc");
  EXPECT_EQ(PgParam(std::string_view("")).bytes(), "");
  EXPECT_FALSE(PgParam("").is_null());
}

TEST(PgParamTest, AnAbsentOptionalIsNull) {
  EXPECT_TRUE(PgParam(nullptr).is_null());
  EXPECT_TRUE(PgParam(std::optional<std::string>()).is_null());
  EXPECT_EQ(hex(PgParam(std::optional<int16_t>(int16_t{7}))), "0007");
  EXPECT_EQ(PgParam(std::optional<std::string>("x")).bytes(), "x");
}

TEST(PgArrayTest, EmptyHasNoDimension) {
  const PgArray array(PgArray::Type::kInt8);
  EXPECT_EQ(array.size(), 0u);
  EXPECT_EQ(hex(array.finish()), "000000000000000000000014");
}

TEST(PgArrayTest, HeaderThenSizedElements) {
  PgArray array(PgArray::Type::kInt2);
  array.add(int16_t{1});
  array.add_null();
  EXPECT_EQ(hex(array.finish()),
            "00000001"
            "00000001"
            "00000015"
            "00000002"
            "00000001"
            "00000002"
            "0001"
            "ffffffff");
}

TEST(PgArrayTest, IntegersTakeTheArraysWidth) {
  PgArray array(PgArray::Type::kInt8);
  array.add(5);
  EXPECT_TRUE(hex(array.finish()).ends_with("000000080000000000000005"));
}

TEST(PgArrayTest, TextLiteralsAreText) {
  PgArray array(PgArray::Type::kText);
  array.add("hi");
  array.add(std::optional<std::string>());
  EXPECT_TRUE(hex(array.finish()).ends_with("000000026869ffffffff"));
}

TEST(PgArrayTest, DatesRoundDownToTheUtcDay) {
  PgArray array(PgArray::Type::kDate);
  array.add_date(at_unix(946'684'800 + 86'399));
  array.add_date(at_unix(946'684'799));
  EXPECT_TRUE(hex(array.finish())
                  .ends_with("00000004"
                             "00000000"
                             "00000004"
                             "ffffffff"));
}

}  // namespace pg_values_test
}  // namespace dundun
