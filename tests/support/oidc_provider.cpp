#include "tests/support/oidc_provider.h"

#include <gtest/gtest.h>

#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "common/io/json.h"
#include "tests/support/stack.h"
#include "tests/support/wait.h"

namespace dundun {

OidcProvider::OidcProvider() {
  // Another suite of this program may have had one: its port is nobody's.
  static int made = 0;
  folder_ = Stack::shared().folder() + "/oidc" + std::to_string(++made);
  std::filesystem::create_directories(folder_);
  server_ =
      Process({.command = {"/usr/bin/python3",
                           Stack::shared().root() + "/tests/support/oidc_provider.py", folder_},
               .environment = {},
               .log = folder_ + "/log",
               .folder = ""});
  EXPECT_TRUE(wait_until([&] { return std::filesystem::exists(folder_ + "/port"); }));
  std::ifstream(folder_ + "/port") >> port_;
  std::ofstream(folder_ + "/secret") << "a secret / of & ours";
}

void OidcProvider::tweak(const std::string& json) const {
  std::ofstream(folder_ + "/tweaks") << json;
}

std::map<std::string, std::string> OidcProvider::settings() const {
  return {{"OIDC_ISSUER", issuer()},
          {"OIDC_CLIENT_ID", "dundun at work"},
          {"OIDC_CLIENT_SECRET_FILE", folder_ + "/secret"},
          {"OIDC_PRIVATE_ADDRESSES", "1"},
          {"OIDC_ACCOUNT", "1"},
          {"OIDC_CREATE", "1"}};
}

int64_t OidcProvider::fetched(const char* path) const {
  std::ifstream file(folder_ + "/counts");
  const std::string text{std::istreambuf_iterator<char>(file), {}};
  const auto document = JsonDocument::parse(text);
  if (!document) return 0;
  const auto count = document->root().find(path);
  return count ? count->integer() : 0;
}

std::string OidcProvider::visited(const std::string& url) const {
  const std::string command = "curl -s -o /dev/null -w '%{redirect_url}' '" + url + "'";
  FILE* const pipe = popen(command.c_str(), "r");
  std::string said;
  for (int c = 0; pipe != nullptr && (c = fgetc(pipe)) != EOF;) said += static_cast<char>(c);
  EXPECT_EQ(pipe == nullptr ? -1 : pclose(pipe), 0);
  return said;
}

}  // namespace dundun
