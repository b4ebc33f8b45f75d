// References of receipts, the ids and the files of carriers.
#include "common/carrier/receipt_url.h"

#include <gtest/gtest.h>

#include "common/carrier/carrier_file.h"
#include "smpp-guard/carrier_id.h"

namespace dundun {
namespace receipt_url_test {

TEST(CarrierIdTest, OneIdInBothNotations) {
  EXPECT_EQ(normalize_carrier_id(" 00AF1 "), "af1");
  const auto forms = carrier_id_forms("af1");
  EXPECT_EQ(forms, (std::vector<std::string>{"af1", "2801"}));
  EXPECT_EQ(carrier_id_forms("2801"), (std::vector<std::string>{"2801", "10241", "af1"}));
  EXPECT_EQ(carrier_id_forms("x-y"), (std::vector<std::string>{"x-y"}));
  EXPECT_EQ(carrier_id_forms("12-y"), (std::vector<std::string>{"12-y"}));
  EXPECT_EQ(normalize_carrier_id("0100"), "100");
  EXPECT_EQ(normalize_carrier_id("000"), "");
}

TEST(ReceiptUrlTest, AReferenceComesBackAsItWas) {
  const PartReference reference{7, Environment::kLive, new_uuid7(), 2, 3};
  const auto back = parse_reference(reference_text(reference));
  ASSERT_TRUE(back);
  EXPECT_EQ(back->account_id, 7);
  EXPECT_EQ(back->message_id, reference.message_id);
  EXPECT_EQ(back->part, 2);
  EXPECT_EQ(back->parts, 3);
}

TEST(ReceiptUrlTest, WhatIsNoReferenceIsNone) {
  const std::string id(32, 'a');
  for (const std::string& text :
       {std::string(), std::string("7"), "7-0-" + id, "7-0-" + id + "-1", "7-0-" + id + "-0-1",
        "7-0-" + id + "-2-1", "7-2-" + id + "-1-1", "x-0-" + id + "-1-1",
        "7-0-" + id.substr(1) + "-1-1", "7-0-" + id + "-1-1-1", "7-0-" + id + "-1-256"}) {
    EXPECT_FALSE(parse_reference(text)) << text;
  }
}

TEST(ReceiptUrlTest, TheSignatureIsOfOnePartOnly) {
  EXPECT_NE(receipt_signature("secret", "7-0-a-1-2"), receipt_signature("secret", "7-0-a-2-2"));
  EXPECT_NE(receipt_signature("secret", "7-0-a-1-2"), receipt_signature("other", "7-0-a-1-2"));
}

TEST(CarrierFileTest, ANameIsNoPath) {
  EXPECT_TRUE(is_carrier_name("kannel-2"));
  for (const char* name : {"", "../kannel", "a/b", "Kannel", "a b"}) {
    EXPECT_FALSE(is_carrier_name(name)) << name;
    EXPECT_FALSE(read_carrier_file("/tmp", name));
  }
}

}  // namespace receipt_url_test
}  // namespace dundun
