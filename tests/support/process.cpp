#include "tests/support/process.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <grp.h>
#include <pwd.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <condition_variable>
#include <csignal>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <mutex>
#include <thread>
#include <utility>

namespace dundun {
namespace {

// All that a new process needs, made before the fork: after it another thread's locks, malloc's for
// one, are held for ever, so the child may call what signal handlers may call, and no more.
struct Birth {
  explicit Birth(const Process::Options& of) : options(of) {
    for (const std::string& word : options.command) arguments.push_back(writable(word));
    arguments.push_back(nullptr);
    for (char** inherited = environ; *inherited != nullptr; ++inherited) {
      const std::string_view text(*inherited);
      if (!options.environment.contains(std::string(text.substr(0, text.find('='))))) {
        environment.push_back(*inherited);
      }
    }
    for (const auto& [name, value] : options.environment) added.push_back(name + "=" + value);
    for (const std::string& text : added) environment.push_back(writable(text));
    environment.push_back(nullptr);
    const passwd* user = options.as_postgres && getuid() == 0 ? getpwnam("postgres") : nullptr;
    if (user != nullptr) uid = user->pw_uid, gid = user->pw_gid;
  }
  // What exec wants and does not write to.
  static char* writable(const std::string& text) { return const_cast<char*>(text.c_str()); }

  const Process::Options& options;
  std::vector<char*> arguments, environment;
  std::vector<std::string> added;
  uid_t uid = 0;  // 0: stays who it is
  gid_t gid = 0;
};

[[noreturn]] void become(const Birth& birth) {
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  const Process::Options& options = birth.options;
  const int log = open(options.log.c_str(), O_WRONLY | O_APPEND | O_CREAT, 0666);
  dup2(log, 1);
  dup2(log, 2);
  dup2(options.stdin_fd >= 0 ? options.stdin_fd : open("/dev/null", O_RDONLY), 0);
  if (!options.folder.empty() && chdir(options.folder.c_str()) != 0) _exit(126);
  if (birth.uid != 0) {
    if (setgroups(0, nullptr) != 0 || setgid(birth.gid) != 0 || setuid(birth.uid) != 0) _exit(126);
    prctl(PR_SET_PDEATHSIG, SIGKILL);  // a change of user clears it
  }
  execvpe(birth.arguments[0], birth.arguments.data(), birth.environment.data());
  _exit(127);
}

// Forks in one thread that lasts as long as the program: a process gets its PDEATHSIG when the
// thread that forked it ends.
class Forker {
 public:
  static Forker& shared() {
    static auto* one = new Forker;
    return *one;
  }
  pid_t fork_for(const Process::Options& options) {
    const std::lock_guard turn(turn_);
    std::unique_lock lock(mutex_);
    wanted_ = &options;
    changed_.notify_all();
    changed_.wait(lock, [this] { return wanted_ == nullptr; });
    return pid_;
  }

 private:
  Forker() {
    std::thread([this] { fork_when_asked(); }).detach();
  }
  [[noreturn]] void fork_when_asked() {
    std::unique_lock lock(mutex_);
    while (true) {
      changed_.wait(lock, [this] { return wanted_ != nullptr; });
      const Birth birth(*wanted_);
      pid_ = fork();
      if (pid_ == 0) become(birth);
      wanted_ = nullptr;
      changed_.notify_all();
    }
  }

  std::mutex turn_, mutex_;
  std::condition_variable changed_;
  const Process::Options* wanted_ = nullptr;
  pid_t pid_ = -1;
};

}  // namespace

Process::Process(const Options& options) : pid_(Forker::shared().fork_for(options)) {}

Process::Process(Process&& other) noexcept : pid_(std::exchange(other.pid_, -1)) {}

Process& Process::operator=(Process&& other) noexcept {
  kill_now();
  pid_ = std::exchange(other.pid_, -1);
  return *this;
}

Process::~Process() { kill_now(); }

bool Process::running() {
  if (pid_ <= 0) return false;
  int status = 0;
  if (waitpid(pid_, &status, WNOHANG) == 0) return true;
  pid_ = -1;
  return false;
}

void Process::signal(int number) const {
  if (pid_ > 0) kill(pid_, number);
}

int Process::wait() {
  if (pid_ <= 0) return -1;
  int status = 0;
  waitpid(pid_, &status, 0);
  pid_ = -1;
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

int Process::stop() {
  signal(SIGTERM);
  return wait();
}

void Process::kill_now() {
  signal(SIGKILL);
  wait();
}

int run_command(const std::vector<std::string>& command,
                const std::map<std::string, std::string>& environment, const std::string& log) {
  return Process({.command = command, .environment = environment, .log = log, .folder = ""}).wait();
}

int free_port() {
  const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  if (bind(fd, reinterpret_cast<sockaddr*>(&address), size) != 0 ||
      getsockname(fd, reinterpret_cast<sockaddr*>(&address), &size) != 0) {
    std::abort();
  }
  close(fd);
  return ntohs(address.sin_port);
}

std::string read_file(const std::string& path) {
  std::ifstream file(path);
  return {std::istreambuf_iterator<char>(file), {}};
}

}  // namespace dundun
