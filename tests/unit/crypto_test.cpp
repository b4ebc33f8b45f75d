#include "common/io/crypto.h"

#include <gtest/gtest.h>

namespace dundun {
namespace crypto_test {

TEST(CryptoTest, Sha256MatchesFips180) {
  EXPECT_EQ(to_hex(sha256("")), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  EXPECT_EQ(to_hex(sha256("abc")),
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

TEST(CryptoTest, HmacMatchesRfc4231) {
  EXPECT_EQ(to_hex(hmac_sha256("Jefe", "what do ya want for nothing?")),
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
  EXPECT_EQ(to_hex(hmac_sha256(std::string(131, '\xaa'),
                               "Test Using Larger Than Block-Size Key - Hash Key First")),
            "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54");
}

TEST(CryptoTest, HexIsLowerCaseAndTakesZeroBytes) {
  EXPECT_EQ(to_hex(std::string_view("\x00\x0f\xff", 3)), "000fff");
  EXPECT_EQ(to_hex(""), "");
}

TEST(CryptoTest, Base64MatchesRfc4648) {
  for (const auto& [bytes, text] : {std::pair{"", ""},
                                    {"f", "Zg=="},
                                    {"fo", "Zm8="},
                                    {"foo", "Zm9v"},
                                    {"foob", "Zm9vYg=="},
                                    {"fooba", "Zm9vYmE="},
                                    {"foobar", "Zm9vYmFy"}}) {
    EXPECT_EQ(to_base64(bytes), text);
    EXPECT_EQ(from_base64(text), bytes);
  }
  EXPECT_EQ(from_base64("Zg"), "f") << "padding may be left out";
  for (const char* text : {"Z", "Zg=", "Zg===", "Zm9v====", "Zm9-", "Zm 9v", "Zm=v"}) {
    EXPECT_FALSE(from_base64(text)) << text;
  }
}

TEST(CryptoTest, WhatIsSealedOpensWithItsKeyForItsOwnerOnly) {
  const std::string key(32, 'k');
  const std::string sealed = seal(key, "a secret", "row 1");
  EXPECT_EQ(unseal(key, sealed, "row 1"), "a secret");
  EXPECT_EQ(sealed.find("secret"), std::string::npos);
  EXPECT_NE(seal(key, "a secret", "row 1"), sealed) << "a nonce is used once";
  EXPECT_EQ(unseal(key, seal(key, "", "row 1"), "row 1"), "");
  EXPECT_FALSE(unseal(key, sealed, "row 2"));
  EXPECT_FALSE(unseal(std::string(32, 'j'), sealed, "row 1"));
  EXPECT_FALSE(unseal("short", sealed, "row 1"));
  for (size_t place = 0; place < sealed.size(); ++place) {
    std::string broken = sealed;
    broken[place] = static_cast<char>(broken[place] ^ 1);
    EXPECT_FALSE(unseal(key, broken, "row 1")) << place;
  }
  EXPECT_FALSE(unseal(key, sealed.substr(0, 27), "row 1"));
  EXPECT_FALSE(unseal(key, "", "row 1"));
}

TEST(CryptoTest, RandomBytesDiffer) {
  EXPECT_EQ(random_bytes(0).size(), 0u);
  EXPECT_EQ(random_bytes(32).size(), 32u);
  EXPECT_NE(random_bytes(32), random_bytes(32));
}

TEST(CryptoTest, ComparesWholeStrings) {
  EXPECT_TRUE(equal_constant_time("", ""));
  EXPECT_TRUE(equal_constant_time("same", "same"));
  EXPECT_FALSE(equal_constant_time("same", "samf"));
  EXPECT_FALSE(equal_constant_time("same", "sam"));
}

}  // namespace crypto_test
}  // namespace dundun
