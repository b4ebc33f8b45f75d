// A PostgreSQL of a test's own beside the stack's: with an archive, to be restored; or with
// standbys. It begins as a copy of the stack's, by pg_basebackup, with the databases made until
// then.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "tests/support/stack.h"

namespace dundun {

class OwnPostgres {
 public:
  // Listens on a socket in the stack's folder `name`. Not started yet.
  explicit OwnPostgres(const std::string& name);
  ~OwnPostgres();
  OwnPostgres(const OwnPostgres&) = delete;

  // How tools reach it, or its database, as a superuser.
  std::string conninfo(const std::string& database = "postgres") const;
  std::string folder() const { return folder_; }
  std::string data() const { return folder_ + "/data"; }

  // Its data are what this copies: pg_basebackup from another server, with more arguments.
  void copy_from(const std::string& conninfo, const std::vector<std::string>& more = {});
  // `settings` go into postgresql.auto.conf for good; `signal_file`: "standby", "recovery" or "".
  void configure(const std::map<std::string, std::string>& settings,
                 const std::string& signal_file = "");
  void start();  // returns when it takes connections; a standby too
  void kill();   // as a lost machine
  void stop();   // writes all that it has, as by systemctl
  void promote();
  Process& process() { return server_; }
  // Runs a program as the user postgres; exit status.
  int run(std::vector<std::string> command, const std::map<std::string, std::string>& more = {});

 private:
  std::string folder_;
  Process server_;
};

// "host=a,b dbname=… target_session_attrs=read-write": whichever of two servers is the primary.
std::string either_of(const OwnPostgres& one, const OwnPostgres& other,
                      const std::string& database);
// The database's name in a conninfo.
std::string database_of(const std::string& conninfo);

}  // namespace dundun
