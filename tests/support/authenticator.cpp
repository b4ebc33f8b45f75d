#include "tests/support/authenticator.h"

#include <cstdio>
#include <cstdlib>
#include <ctime>

namespace dundun {

std::string authenticator_code(const std::string& secret, int64_t from_now_s) {
  // The secret comes from an answer: only base32 goes into a shell.
  if (secret.empty() ||
      secret.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567") != secret.npos) {
    std::fprintf(stderr, "no secret: %s\n", secret.c_str());
    std::abort();
  }
  const std::string command = "oathtool --totp --base32 --now=@" +
                              std::to_string(std::time(nullptr) + from_now_s) + " " + secret;
  FILE* const pipe = popen(command.c_str(), "r");
  char line[32] = "";
  const bool read = pipe != nullptr && fgets(line, sizeof line, pipe) != nullptr;
  if (pipe == nullptr || pclose(pipe) != 0 || !read) {
    std::fprintf(stderr, "oathtool failed: make deps\n");
    std::abort();
  }
  return std::string(line).substr(0, 6);
}

}  // namespace dundun
