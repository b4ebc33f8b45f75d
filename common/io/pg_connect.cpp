#include <poll.h>

#include <algorithm>
#include <array>

#include "common/io/pg_link.h"

namespace dundun {

namespace {

// Settings that may name one value for each host.
constexpr std::array<std::string_view, 3> kLists{"host", "hostaddr", "port"};

std::vector<std::string> split_list(const std::string& list) {
  std::vector<std::string> parts;
  size_t start = 0;
  for (;;) {
    const size_t comma = list.find(',', start);
    parts.push_back(list.substr(start, comma - start));
    if (comma == std::string::npos) return parts;
    start = comma + 1;
  }
}

std::string server_options(const Pg::Options& options) {
  const std::string timeout = std::to_string(options.statement_timeout.count());
  // A process that stops between two statements must not keep the wallets locked.
  std::string text = "-c statement_timeout=" + timeout +
                     " -c idle_in_transaction_session_timeout=" + timeout + " -c timezone=UTC";
  // Compiling takes 50 ms; no statement of ours runs that long. What joins_by_index forbids looks
  // expensive enough to the planner to be compiled, the look at a table of one row too.
  text += " -c jit=off";
  if (options.generic_plans) text += " -c plan_cache_mode=force_generic_plan";
  if (options.joins_by_index) {
    text += " -c enable_seqscan=off -c enable_hashjoin=off -c enable_mergejoin=off";
  }
  return text;
}

PgConnector::Settings our_settings(const Pg::Options& options) {
  return {{"tcp_user_timeout", std::to_string(options.connect_timeout.count())},
          {"keepalives", "1"},
          {"keepalives_idle", "10"},
          {"keepalives_interval", "5"},
          {"keepalives_count", "3"},
          {"gssencmode", "disable"},
          {"client_encoding", "UTF8"},
          {"application_name", options.application}};
}

}  // namespace

PgConnector::PgConnector(const Pg::Options& options) : timeout_(options.connect_timeout) {
  // No error text is asked for: libpq's words may quote the password.
  Owned<PQconninfoOption, PQconninfoFree> parsed(PQconninfoParse(options.url.c_str(), nullptr));
  if (!parsed) return;
  // The URL's own settings come later and win, except those that are lists or ours alone.
  Settings common = our_settings(options);
  std::string session = server_options(options);
  std::array<std::vector<std::string>, kLists.size()> lists{{{""}, {""}, {""}}};
  for (const PQconninfoOption* option = parsed.get(); option->keyword != nullptr; ++option) {
    if (option->val == nullptr) continue;
    const std::string keyword = option->keyword;
    const auto list = std::find(kLists.begin(), kLists.end(), keyword);
    if (list != kLists.end()) {
      lists[static_cast<size_t>(list - kLists.begin())] = split_list(option->val);
    } else if (keyword == "options") {
      session = std::string(option->val) + " " + session;
    } else {
      common.emplace_back(keyword, option->val);
    }
  }
  common.emplace_back("options", session);
  const size_t hosts = std::max(lists[0].size(), lists[1].size());
  for (size_t host = 0; host < hosts; ++host) {
    Settings settings = common;
    for (size_t name = 0; name < kLists.size(); ++name) {
      // One port may stand for all hosts.
      const std::string& value = lists[name][std::min(host, lists[name].size() - 1)];
      if (!value.empty()) settings.emplace_back(kLists[name], value);
    }
    hosts_.push_back(std::move(settings));
  }
}

Result<Owned<pg_conn, PQfinish>> PgConnector::connect() {
  if (hosts_.empty()) return unavailable("postgresql: DATABASE_URL cannot be read");
  std::string failures;
  for (size_t tried = 0; tried < hosts_.size(); ++tried) {
    const size_t host = (last_good_ + tried) % hosts_.size();
    auto connection = connect_to(hosts_[host]);
    if (connection) {
      last_good_ = host;
      return connection;
    }
    failures += (failures.empty() ? "" : "; ") + connection.error().detail;
  }
  return unavailable("postgresql: " + failures);
}

Result<Owned<pg_conn, PQfinish>> PgConnector::connect_to(const Settings& settings) const {
  const SteadyTime deadline = std::chrono::steady_clock::now() + timeout_;
  std::vector<const char*> keywords;
  std::vector<const char*> values;
  for (const auto& [keyword, value] : settings) {
    keywords.push_back(keyword.c_str());
    values.push_back(value.c_str());
  }
  keywords.push_back(nullptr);
  values.push_back(nullptr);
  Owned<pg_conn, PQfinish> connection(PQconnectStartParams(keywords.data(), values.data(), 0));
  if (!connection) return unavailable("out of memory");
  // libpq asks to begin as if the last poll had said "writing".
  PostgresPollingStatusType state = PGRES_POLLING_WRITING;
  while (state != PGRES_POLLING_OK) {
    if (state == PGRES_POLLING_FAILED || PQstatus(connection.get()) == CONNECTION_BAD) {
      return unavailable(PQerrorMessage(connection.get()));
    }
    const short events = state == PGRES_POLLING_READING ? POLLIN : POLLOUT;
    if (!wait_for_socket(PQsocket(connection.get()), events, deadline)) {
      return unavailable("no connection before the deadline");
    }
    state = PQconnectPoll(connection.get());
  }
  if (PQsetnonblocking(connection.get(), 1) != 0 || PQenterPipelineMode(connection.get()) != 1) {
    return unavailable(PQerrorMessage(connection.get()));
  }
  // The server's warnings would go to stderr between the log's JSON lines.
  PQsetNoticeReceiver(
      connection.get(), [](void*, const pg_result*) {}, nullptr);
  return connection;
}

}  // namespace dundun
