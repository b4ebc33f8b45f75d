#include "tests/support/own_postgres.h"

#include <pwd.h>
#include <unistd.h>

#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>

namespace dundun {
namespace {

namespace fs = std::filesystem;

const std::string kBin = "/usr/lib/postgresql/15/bin/";

void must(bool done, const std::string& what, const std::string& log) {
  if (done) return;
  std::fprintf(stderr, "own postgres: %s\n%s\n", what.c_str(), read_file(log).c_str());
  std::abort();
}

void give_to_postgres(const std::string& path) {
  if (getuid() != 0) return;
  const passwd* user = getpwnam("postgres");
  must(user != nullptr && chown(path.c_str(), user->pw_uid, user->pw_gid) == 0, "chown", path);
}

}  // namespace

OwnPostgres::OwnPostgres(const std::string& name)
    : folder_(Stack::shared().folder() + "/pg-" + name) {
  fs::create_directories(folder_);
  give_to_postgres(folder_);
}

OwnPostgres::~OwnPostgres() {
  kill();
  std::error_code ignored;
  fs::remove_all(folder_, ignored);
}

std::string OwnPostgres::conninfo(const std::string& database) const {
  return "host=" + folder_ + " user=postgres dbname=" + database;
}

int OwnPostgres::run(std::vector<std::string> command,
                     const std::map<std::string, std::string>& more) {
  if (fs::exists(kBin + command.front())) command.front() = kBin + command.front();
  return Process({.command = command,
                  .environment = more,
                  .log = folder_ + "/log",
                  .folder = "/",
                  .as_postgres = true})
      .wait();
}

void OwnPostgres::copy_from(const std::string& conninfo, const std::vector<std::string>& more) {
  std::error_code ignored;
  fs::remove_all(data(), ignored);
  std::vector<std::string> command{"pg_basebackup", "-d", conninfo, "-D", data(), "-c", "fast"};
  command.insert(command.end(), more.begin(), more.end());
  must(run(command) == 0, "pg_basebackup", folder_ + "/log");
}

void OwnPostgres::configure(const std::map<std::string, std::string>& settings,
                            const std::string& signal_file) {
  std::ofstream file(data() + "/postgresql.auto.conf", std::ios::app);
  for (const auto& [name, value] : settings) file << name << " = '" << value << "'\n";
  file.close();
  if (signal_file.empty()) return;
  std::ofstream(data() + "/" + signal_file + ".signal").close();
  give_to_postgres(data() + "/" + signal_file + ".signal");
}

void OwnPostgres::start() {
  server_ = Process({.command = {kBin + "postgres", "-D", data(), "-k", folder_, "-h", "", "-c",
                                 "max_connections=300", "-c", "autovacuum_naptime=1h"},
                     .environment = {},
                     .log = folder_ + "/log",
                     .folder = "/",
                     .as_postgres = true});
  const bool up = wait_until([&] {
    return run_command({kBin + "pg_isready", "-q", "-h", folder_, "-U", "postgres"}) == 0;
  });
  must(up, "does not start", folder_ + "/log");
}

// As a machine that is gone: its children too, which would else still write what was committed.
void OwnPostgres::kill() {
  if (server_.pid() <= 0) return;
  server_.signal(SIGQUIT);
  server_.wait();
  server_ = Process();
}

void OwnPostgres::stop() {
  server_.signal(SIGINT);
  server_.wait();
  server_ = Process();
}

void OwnPostgres::promote() {
  must(run({"pg_ctl", "-D", data(), "-w", "promote"}) == 0, "promote", folder_ + "/log");
}

std::string either_of(const OwnPostgres& one, const OwnPostgres& other,
                      const std::string& database) {
  return "host=" + one.folder() + "," + other.folder() + " user=postgres dbname=" + database +
         " target_session_attrs=read-write";
}

std::string database_of(const std::string& conninfo) {
  const size_t at = conninfo.find("dbname=") + 7;
  return conninfo.substr(at, conninfo.find(' ', at) - at);
}

}  // namespace dundun
