#include "tests/support/passkey.h"

#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iterator>

#include "common/io/json.h"
#include "tests/support/process.h"
#include "tests/support/stack.h"

namespace dundun {
namespace {

std::string next_file() {
  static std::atomic<int> count = 0;
  return Stack::shared().folder() + "/passkey" + std::to_string(++count);
}

}  // namespace

SoftPasskey::SoftPasskey(std::string origin) : origin_(std::move(origin)), key_file_(next_file()) {}

std::string SoftPasskey::credential(const std::string& answer, const std::string& tweaks) const {
  const auto document = JsonDocument::parse(answer);
  if (!document || !document->root().find("public_key")) {
    std::fprintf(stderr, "no options of a passkey: %s\n", answer.c_str());
    std::abort();
  }
  const std::string asked = key_file_ + ".asked";
  std::ofstream(asked) << R"({"origin":")" << origin_ << R"(","options":)"
                       << to_json(*document->root().find("public_key")) << R"(,"tweaks":)" << tweaks
                       << "}";
  const std::string command = "/usr/bin/python3 " + Stack::shared().root() +
                              "/tests/support/passkey.py " + key_file_ + " < " + asked;
  FILE* const pipe = popen(command.c_str(), "r");
  std::string said;
  for (int c = 0; pipe != nullptr && (c = fgetc(pipe)) != EOF;) said += static_cast<char>(c);
  if (pipe == nullptr || pclose(pipe) != 0) {
    std::fprintf(stderr, "passkey.py failed: make deps\n");
    std::abort();
  }
  return said;
}

}  // namespace dundun
