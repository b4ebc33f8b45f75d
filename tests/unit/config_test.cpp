// Settings from files, and what is wrong with them.
#include "common/base/config.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>

#include "tests/support/text.h"

namespace dundun {
namespace config_test {

class ConfigTest : public testing::Test {
 protected:
  ConfigTest() {
    set("DATABASE_URL", "host=/nowhere");
    set("REDIS_URL", "unix:/nowhere");
  }
  ~ConfigTest() override {
    for (const std::string& name : names_) unsetenv(name.c_str());
  }
  void set(const std::string& name, const std::string& value) {
    setenv(name.c_str(), value.c_str(), 1);
    names_.push_back(name);
  }
  void set_file(const std::string& name, const std::string& text) {
    const std::string path = testing::TempDir() + "config-test-" + name;
    std::ofstream(path) << text;
    set(name + "_FILE", path);
  }
  std::string error(const char* program = "verify") {
    const auto config = Config::from_environment(program);
    return config ? "" : config.error().message;
  }

  std::vector<std::string> names_;
};

TEST_F(ConfigTest, ASecretMayStandInAFile) {
  unsetenv("DATABASE_URL");
  unsetenv("REDIS_URL");
  set_file("DATABASE_URL", "host=db password=x\n");
  set_file("REDIS_URL", "redis://u:p@cache\r\n");
  set_file("VERIFY_SECRET", "0123456789abcdef\n");
  set("PAYMENT_PROVIDER", "flutterwave");
  set("PUBLIC_URL", "https://x.test");
  set("FLUTTERWAVE_CUSTOMER_EMAIL", "x@x.test");
  set_file("PAYMENT_SECRET", "payment secret 16");
  set_file("FLUTTERWAVE_SECRET_KEY", "key");
  set_file("FLUTTERWAVE_SECRET_HASH", "hash of 16 bytes");
  const auto config = Config::from_environment("verify");
  ASSERT_TRUE(config) << config.error().message;
  EXPECT_EQ(config->database_url, "host=db password=x");
  EXPECT_EQ(config->redis_url, "redis://u:p@cache");
  EXPECT_EQ(config->verify.secret, "0123456789abcdef");
  EXPECT_EQ(config->payments.secret, "payment secret 16");
  EXPECT_EQ(config->payments.flutterwave_secret_key, "key");
  EXPECT_EQ(config->payments.flutterwave_secret_hash, "hash of 16 bytes");
}

TEST_F(ConfigTest, AFileThatCannotBeReadIsNamed) {
  set("VERIFY_SECRET_FILE", "/nowhere/secret");
  EXPECT_EQ(error(), "VERIFY_SECRET_FILE names a file that cannot be read");
  set("VERIFY_SECRET_FILE", testing::TempDir());
  EXPECT_EQ(error(), "VERIFY_SECRET_FILE names a file that cannot be read");
  set_file("VERIFY_SECRET", "\n");
  EXPECT_EQ(error(), "VERIFY_SECRET_FILE names an empty file");
  set_file("VERIFY_SECRET", "short");
  EXPECT_EQ(error(), "VERIFY_SECRET is too short");
  set("VERIFY_SECRET", "0123456789abcdef");
  EXPECT_EQ(error(), "VERIFY_SECRET_FILE is set beside the variable itself");
}

TEST_F(ConfigTest, ARedisThatCannotBeMeantIsRefusedAtTheStart) {
  set("REDIS_URL", "rediss://cache");
  EXPECT_TRUE(contains(error("messages"), "stunnel")) << error("messages");
  set("REDIS_URL", "redis://cache/x");
  EXPECT_TRUE(error("messages").starts_with("REDIS_URL ")) << error("messages");
}

}  // namespace config_test
}  // namespace dundun
