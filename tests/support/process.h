// A child process of a test: dies with it, logs to a file, is ended by pid.
#pragma once

#include <sys/types.h>

#include <map>
#include <string>
#include <vector>

namespace dundun {

class Process {
 public:
  struct Options {
    std::vector<std::string> command;
    std::map<std::string, std::string> environment;  // on top of the test's own
    std::string log;                                 // stdout and stderr are appended
    std::string folder;                              // working directory; empty: the test's
    int stdin_fd = -1;                               // becomes fd 0
    bool as_postgres = false;                        // drop root
  };
  Process() = default;
  explicit Process(const Options& options);
  Process(Process&& other) noexcept;
  Process& operator=(Process&& other) noexcept;
  ~Process();  // SIGKILL if it still runs

  pid_t pid() const { return pid_; }
  bool running();
  void signal(int number) const;
  int wait();  // exit status, or 128 + signal
  int stop();  // SIGTERM and wait
  void kill_now();

 private:
  pid_t pid_ = -1;
};

// Runs to the end; exit status.
int run_command(const std::vector<std::string>& command,
                const std::map<std::string, std::string>& environment = {},
                const std::string& log = "/dev/null");

int free_port();                                 // of 127.0.0.1, which nobody listens on now
std::string read_file(const std::string& path);  // "" if it is not there

}  // namespace dundun
