// The inside of Pg: one libpq connection in pipeline mode, with deadlines. Only pg*.cpp include
// this file.
#pragma once

#include <libpq-fe.h>

#include <chrono>
#include <optional>
#include <span>
#include <string>
#include <unordered_set>
#include <vector>

#include "common/io/pg.h"

namespace dundun {

using SteadyTime = std::chrono::steady_clock::time_point;

// Waits for `events` on the socket. False when the deadline passed first.
bool wait_for_socket(int socket, short events, SteadyTime deadline);

// The error of a failed statement, as callers see it, and what to do with the connection.
struct PgVerdict {
  Error error;
  PgFailure failure = PgFailure::kStatement;
  bool drop_link = false;
  bool stale_plan = false;  // a migration changed what a prepared statement returns
};
PgVerdict judge(const pg_result* result, const char* statement);
PgVerdict link_lost(std::string detail);

// Tries the hosts of a conninfo in turn, each with its own deadline.
class PgConnector {
 public:
  using Settings = std::vector<std::pair<std::string, std::string>>;

  explicit PgConnector(const Pg::Options& options);
  Result<Owned<pg_conn, PQfinish>> connect();

 private:
  Result<Owned<pg_conn, PQfinish>> connect_to(const Settings& settings) const;

  std::chrono::milliseconds timeout_;
  std::vector<Settings> hosts_;  // empty if the URL cannot be read
  size_t last_good_ = 0;
};

// One connection and the names prepared on it.
class PgLink {
 public:
  explicit PgLink(Owned<pg_conn, PQfinish> connection) : connection_(std::move(connection)) {}

  bool in_transaction() const;
  // False if the server sent something between two exchanges. That is mostly its goodbye (rarely,
  // that a setting was reloaded), so such a connection is better replaced.
  bool quiet() const;
  // Sends all calls with one sync and collects the answers. The verdict, if any, is of the first
  // failure; the answers after it are missing. `before`, if any, goes first and has no answer.
  std::optional<PgVerdict> exchange(const Pg::Call* before, std::span<const Pg::Call> calls,
                                    SteadyTime deadline, std::vector<PgRows>& answers);

 private:
  struct Expected {
    const Statement* statement;
    bool prepare;
  };
  bool send(const Pg::Call* before, std::span<const Pg::Call> calls);
  bool send_one(const Pg::Call& call);
  std::optional<PgVerdict> receive(SteadyTime deadline, std::vector<PgRows>& answers);
  // True when the sync was reached.
  bool take_results(std::vector<PgRows>& answers, std::optional<PgVerdict>& first_failure);
  void take(pg_result* result, std::vector<PgRows>& answers,
            std::optional<PgVerdict>& first_failure);

  Owned<pg_conn, PQfinish> connection_;
  std::unordered_set<std::string> prepared_;
  std::vector<Expected> expected_;
  size_t at_ = 0;  // the expected answer being read
  bool at_answered_ = false;
};

}  // namespace dundun
