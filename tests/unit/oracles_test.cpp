// Others' programs are asked the same, and say the same: npm's libphonenumber-js of numbers.
// DUNDUN_FULL=1 asks a million times.
#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <functional>
#include <sstream>

#include "common/sms/msisdn.h"

namespace dundun {
namespace oracles_test {

bool full_size() { return std::getenv("DUNDUN_FULL") != nullptr; }

// Each line that a command prints; its status.
int for_each_line(const std::string& command, const std::function<void(const std::string&)>& take) {
  FILE* const output = popen(command.c_str(), "r");
  if (output == nullptr) return -1;
  char* line = nullptr;
  size_t room = 0;
  for (ssize_t size = 0; (size = getline(&line, &room, output)) > 0;) {
    take(std::string(line, static_cast<size_t>(size) - 1));
  }
  free(line);
  return pclose(output);
}

// The version of npm's package that the plans of the build are of: "1.13.16".
std::string version_of_plans() {
  std::ifstream file("common/sms/numbering_plans.txt");
  std::string word;
  while (file >> word) {
    if (word == "libphonenumber-js") break;
  }
  file >> word;
  return word;
}

// Where node finds that package; empty: npm cannot bring it.
std::string npm_folder() {
  const std::string package = "libphonenumber-js@" + version_of_plans();
  const std::string folder = "build/npm/" + package;
  const std::string install = "mkdir -p " + folder + " && test -d " + folder + "/node_modules || " +
                              "npm install --silent --no-fund --no-audit --prefix " + folder + " " +
                              package + " >/dev/null 2>&1";
  return std::system(install.c_str()) == 0 ? folder + "/node_modules" : "";
}

std::string dash_if_empty(std::string_view text) { return text.empty() ? "-" : std::string(text); }

// What we say, in the oracle's words.
std::string said_of(const std::string& text) {
  const PhoneFacts facts = describe_phone(text);
  if (!facts.valid) return text + " - - -";
  return text + " " + facts.e164 + " " + dash_if_empty(facts.country) + " " +
         std::string(facts.type);
}

// Npm's library calls every number of a country without mobiles fixed_line_or_mobile; Google's,
// which is ours, does not. That is Tristan da Cunha.
std::string without_known_differences(std::string line) {
  constexpr std::string_view kTheirs = " TA fixed_line_or_mobile";
  if (line.ends_with(kTheirs))
    line.replace(line.size() - kTheirs.size(), kTheirs.size(), " TA fixed_line");
  return line;
}

TEST(OraclesTest, NumbersAreWhatNpmSaysOfThem) {
  const std::string folder = npm_folder();
  if (folder.empty() && !full_size()) GTEST_SKIP() << "npm cannot be reached";
  const std::string sizes = full_size() ? "4 1000000 " : "2 20000 ";
  int64_t asked = 0, valid = 0, differences = 0;
  const int status =
      for_each_line("NODE_PATH=" + folder + " node tests/oracles/numbers.mjs " + sizes + "7",
                    [&](const std::string& line) {
                      const std::string text = line.substr(0, line.find(' '));
                      const std::string ours = said_of(text);
                      ++asked;
                      valid += line.ends_with(" - - -") ? 0 : 1;
                      if (ours != without_known_differences(line) && ++differences <= 20)
                        ADD_FAILURE() << "npm: " << line << "\nwe:  " << ours;
                    });
  EXPECT_EQ(status, 0);
  EXPECT_EQ(differences, 0) << "of " << asked;
  EXPECT_GT(asked, full_size() ? 1'000'000 : 30'000);
  EXPECT_GT(valid, asked / 20);
}

}  // namespace oracles_test
}  // namespace dundun
