// smpp-guard: between Kannel and one SMSC, so that nothing is sent twice (deploy/kannel.md).
#include <charconv>
#include <csignal>
#include <cstring>
#include <string_view>

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

bool read_settings(int count, char** arguments, GuardSettings& settings) {
  if (count < 5 || count > 7) return false;
  int answer_s = 30, keep_s = 6 * 3600;
  settings.log_path = arguments[3];
  settings.receipts_url = arguments[4];
  const bool good = read_address(arguments[1], settings.listen_host, settings.listen_port) &&
                    read_address(arguments[2], settings.smsc_host, settings.smsc_port) &&
                    (count < 6 || read_number(arguments[5], answer_s)) &&
                    (count < 7 || read_number(arguments[6], keep_s));
  settings.answer_max = std::chrono::seconds(answer_s);
  settings.keep = std::chrono::seconds(keep_s);
  return good;
}

}  // namespace

int main(int count, char** arguments) {
  set_log_program("smpp-guard");
  GuardSettings settings;
  if (!read_settings(count, arguments, settings)) {
    log(LogLevel::kError, "bad_setting",
        {{"detail", std::string_view("usage: smpp-guard LISTEN:PORT SMSC:PORT LOGFILE "
                                     "RECEIPTS_URL [ANSWER_S [KEEP_S]]")}});
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
