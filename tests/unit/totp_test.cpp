// One-time codes against the tables of RFC 4226 (appendix D) and RFC 6238 (appendix B).
#include "common/identity/totp.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace dundun {
namespace totp_test {

constexpr std::string_view kSecret = "12345678901234567890";  // of both RFCs

Instant at_second(int64_t seconds) { return Instant(std::chrono::seconds(seconds)); }

TEST(TotpTest, CodesAreThoseOfTheStandards) {
  const char* const of_4226[] = {"755224", "287082", "359152", "969429", "338314",
                                 "254676", "287922", "162583", "399871", "520489"};
  for (int step = 0; step < 10; ++step) EXPECT_EQ(totp_code(kSecret, step), of_4226[step]);
  const std::pair<int64_t, const char*> of_6238[] = {
      {59, "287082"},         {1111111109, "081804"}, {1111111111, "050471"},
      {1234567890, "005924"}, {2000000000, "279037"}, {20000000000, "353130"}};
  for (const auto& [second, code] : of_6238) {
    EXPECT_EQ(totp_code(kSecret, totp_step(at_second(second))), code) << second;
  }
}

TEST(TotpTest, AStepEarlyOrLatePassesAndTwoDoNot) {
  const Instant time = at_second(1'234'567'890);
  const int64_t here = totp_step(time);
  for (const int64_t step : {here - 1, here, here + 1}) {
    EXPECT_EQ(matching_step(kSecret, totp_code(kSecret, step), time), step);
  }
  for (const int64_t step : {here - 10, here - 2, here + 2, here + 10}) {
    EXPECT_EQ(matching_step(kSecret, totp_code(kSecret, step), time), std::nullopt);
  }
  for (const char* wrong : {"", "5924", "05924", "0059240", "00592x"}) {
    EXPECT_EQ(matching_step(kSecret, wrong, time), std::nullopt) << wrong;
  }
  EXPECT_EQ(matching_step(kSecret, "005 924", time), here) << "as apps show it";
}

TEST(TotpTest, SecretsAreWrittenAsAppsReadThem) {
  EXPECT_EQ(to_base32(kSecret), "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ");
  // RFC 4648 section 10, without its padding.
  EXPECT_EQ(to_base32(""), "");
  EXPECT_EQ(to_base32("f"), "MY");
  EXPECT_EQ(to_base32("fo"), "MZXQ");
  EXPECT_EQ(to_base32("foo"), "MZXW6");
  EXPECT_EQ(to_base32("foob"), "MZXW6YQ");
  EXPECT_EQ(to_base32("fooba"), "MZXW6YTB");
  EXPECT_EQ(totp_uri(kSecret, {"Kijani & Co", "a@example.com"}),
            "otpauth://totp/Kijani%20%26%20Co:a%40example.com"
            "?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=Kijani%20%26%20Co"
            "&algorithm=SHA1&digits=6&period=30");
}

TEST(TotpTest, CodesOnPaperAreTenAndBoundToTheirUser) {
  std::vector<std::string> codes = new_recovery_codes();
  EXPECT_EQ(codes.size(), 10u);
  const std::string& code = codes.front();
  EXPECT_EQ(code.size(), 19u) << code;
  EXPECT_EQ(code[4], '-') << code;
  std::string shouted = code;
  std::ranges::transform(shouted, shouted.begin(), [](unsigned char c) { return std::toupper(c); });
  std::ranges::replace(shouted, '-', ' ');
  EXPECT_EQ(recovery_hash(shouted, 7), recovery_hash(code, 7));
  EXPECT_NE(recovery_hash(code, 7), recovery_hash(code, 8));
  EXPECT_EQ(recovery_hash("123456", 7), std::nullopt);
  EXPECT_EQ(recovery_hash(code + "a", 7), std::nullopt);
  std::ranges::sort(codes);
  EXPECT_EQ(std::ranges::adjacent_find(codes), codes.end());
}

}  // namespace totp_test
}  // namespace dundun
