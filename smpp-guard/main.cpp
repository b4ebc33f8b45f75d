// smpp-guard: between Kannel and one SMSC, so that nothing is sent twice (deploy/kannel.md).
#include <algorithm>
#include <charconv>
#include <csignal>
#include <cstring>
#include <string_view>
#include <vector>

#include "common/base/log.h"
#include "smpp-guard/guard.h"

namespace {

using namespace dundun;

volatile std::sig_atomic_t stopping = 0;

void on_stop_signal(int) { stopping = 1; }

bool read_number(std::string_view text, int& number) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  return error == std::errc() && end == text.data() + text.size() && number > 0;
}

bool read_address(std::string_view text, std::string& host, int& port) {
  const size_t colon = text.rfind(':');
  if (colon == std::string_view::npos) return false;
  host = text.substr(0, colon);
  return read_number(text.substr(colon + 1), port);
}

constexpr std::string_view kUsage =
    "usage: smpp-guard LISTEN:PORT SMSC:PORT LOGFILE RECEIPTS_URL [ANSWER_S [KEEP_S]] "
    "[--busy-s=S] [--doubt-s=S] [--keep-max=N] [--status=0x400=temporary|throttled|permanent]… "
    "[--tls [--tls-ca=FILE] [--tls-own=FILE]]";

bool read_option(std::string_view option, GuardSettings& settings) {
  int number = 0;
  if (option.starts_with("--busy-s=")) {
    const bool good = read_number(option.substr(9), number);
    settings.busy_max = std::chrono::seconds(number);
    return good;
  }
  if (option.starts_with("--doubt-s=")) {
    const bool good = read_number(option.substr(10), number);
    settings.doubt_max = std::chrono::seconds(number);
    return good;
  }
  if (option.starts_with("--keep-max=")) {
    const bool good = read_number(option.substr(11), number);
    settings.log.entries_max = static_cast<size_t>(number);
    return good;
  }
  if (option == "--tls") return settings.tls = true;
  if (option.starts_with("--tls-ca=")) {
    settings.tls_ca_file = option.substr(9);
    return !settings.tls_ca_file.empty();
  }
  if (option.starts_with("--tls-own=")) {
    settings.tls_own_file = option.substr(10);
    return !settings.tls_own_file.empty();
  }
  return option.starts_with("--status=") && settings.statuses.learn(option.substr(9));
}

bool read_settings(int count, char** arguments, GuardSettings& settings) {
  std::vector<std::string_view> words;
  for (int i = 1; i < count; ++i) {
    const std::string_view word = arguments[i];
    if (!word.starts_with("--")) {
      words.push_back(word);
    } else if (!read_option(word, settings)) {
      return false;
    }
  }
  if (words.size() < 4 || words.size() > 6) return false;
  int answer_s = 30, keep_s = 3 * 24 * 3600;
  settings.log_path = words[2];
  settings.receipts_url = words[3];
  const bool files = !settings.tls_ca_file.empty() || !settings.tls_own_file.empty();
  if (files && !settings.tls) return false;
  const bool good = read_address(words[0], settings.listen_host, settings.listen_port) &&
                    read_address(words[1], settings.smsc_host, settings.smsc_port) &&
                    (words.size() < 5 || read_number(words[4], answer_s)) &&
                    (words.size() < 6 || read_number(words[5], keep_s));
  settings.answer_max = std::chrono::seconds(answer_s);
  settings.log.keep = std::chrono::seconds(keep_s);
  settings.doubt_max = std::min(settings.doubt_max, settings.log.keep);
  return good;
}

}  // namespace

int main(int count, char** arguments) {
  set_log_program("smpp-guard");
  GuardSettings settings;
  if (!read_settings(count, arguments, settings)) {
    log(LogLevel::kError, "bad_setting", {{"detail", kUsage}});
    return 2;
  }
  std::signal(SIGTERM, on_stop_signal);
  std::signal(SIGINT, on_stop_signal);
  std::signal(SIGPIPE, SIG_IGN);
  auto guard = Guard::create(settings);
  if (!guard) {
    log(LogLevel::kError, "failed",
        {{"message", std::string_view(guard.error().message)},
         {"detail", std::string_view(guard.error().detail)}});
    return 1;
  }
  log(LogLevel::kInfo, "started");
  while (stopping == 0) (*guard)->run_once();
  log(LogLevel::kInfo, "stopped");
  return 0;
}
