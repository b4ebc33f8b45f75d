// The real servers of a test program, on Unix sockets in one temporary folder: PostgreSQL, Redis,
// and per test the product's own processes behind the shipped nginx configuration.
#pragma once

#include <atomic>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "common/io/pg.h"
#include "tests/support/http_client.h"
#include "tests/support/process.h"
#include "tests/support/wait.h"

namespace dundun {

// How tests open a database for statements of their own: these may take as long as the machine
// does.
inline Pg::Options patient(const std::string& url) {
  return {.url = url, .statement_timeout = std::chrono::minutes(5)};
}

// The same database as another role: dundun owns it, and the product's programs are dundun_app.
std::string as_role(const std::string& conninfo, const std::string& role);

class Stack {
 public:
  static Stack& shared();  // one a test program, started at first use
  ~Stack();

  // A migrated database with reference data (coverage, rates) of its own: its conninfo, as a
  // superuser.
  std::string fresh_database();
  std::string redis_url() const { return "unix:" + folder_ + "/redis.sock"; }
  const std::string& folder() const { return folder_; }
  const std::string& root() const { return root_; }  // of the checkout
  std::string binary(const std::string& name) const;

  void start_redis();
  void stop_redis();  // kill -9: nothing is saved
  Process& redis() { return redis_; }
  void restart_postgres(bool immediate, std::chrono::milliseconds away_for = {});

 private:
  Stack();
  std::string cluster_version() const;
  void make_cluster(const std::string& kept);
  void start_postgres();
  void make_template();
  std::string conninfo(const std::string& database) const;

  std::string root_, bin_, folder_;
  Process postgres_, redis_;
  int databases_ = 0;
};

// The product on one database: workers, nginx, and on request scheduler and bridge.
class Service {
 public:
  struct Options {
    int messages_workers = 1;  // two: one process hears of what another did
    std::map<std::string, std::string> environment;
    int http_port = 0;   // listens there too, on 127.0.0.1
    std::string site{};  // more lines of nginx's server
  };
  explicit Service(std::string database) : Service(std::move(database), Options{}) {}
  Service(std::string database, Options options);
  ~Service();

  std::string http_address() const { return folder_ + "/run/http.sock"; }
  const std::string& folder() const { return folder_; }
  std::string handset_log() const { return folder_ + "/handset.log"; }
  HttpClient client() const { return HttpClient(http_address()); }
  Pg& pg() { return pg_; }
  const std::string& database() const { return database_; }
  std::string ws_socket() const { return folder_ + "/run/ws.sock"; }

  Process scheduler(int run_s);  // one more, as cron would start it
  void start_bridge();
  Process& bridge() { return bridge_; }
  Process& worker(size_t index) { return workers_[index]; }
  size_t workers() const { return workers_.size(); }
  void start_worker(size_t index);
  // Every binary that serves requests, one after the other: SIGTERM or SIGKILL, and a new one (of a
  // group when it is asked again).
  void restart_all(int signal);
  void reload_nginx();
  // bin/reconcile: 0 when the books balance; its output goes to the test's on failure.
  int reconcile();
  std::map<std::string, std::string> environment() const;

 private:
  static inline int alive_ = 0;  // services of this process
  // An endpoint group beside `messages`. Its process starts when somebody first connects: a test
  // asks two or three of the dozen.
  struct Group {
    int socket = -1;  // ours until the process has it
    Process process;
  };
  int listen_on(const std::string& name);
  void open_group(const std::string& name);
  void start_groups_when_asked();
  void start_nginx();

  std::string database_, folder_;
  Options options_;
  Pg pg_;
  int messages_socket_;
  std::vector<Process> workers_;
  std::mutex groups_mutex_;
  std::map<std::string, Group> groups_;  // by binary
  Process nginx_, bridge_;
  std::atomic<bool> stopping_{false};
  std::thread starter_;
};

}  // namespace dundun
