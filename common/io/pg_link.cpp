#include "common/io/pg_link.h"

#include <poll.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <optional>

#include "common/base/running_threads.h"

namespace dundun {

bool wait_for_socket(int socket, short events, SteadyTime deadline) {
  // Most answers are here before another thread would have woken up.
  constexpr std::chrono::milliseconds kShortWait{1};
  std::optional<LetOthersRun> waiting;
  for (;;) {
    auto left =
        std::chrono::ceil<std::chrono::milliseconds>(deadline - std::chrono::steady_clock::now());
    if (left.count() <= 0) return false;
    if (!waiting) left = std::min(left, kShortWait);
    pollfd descriptor{socket, events, 0};
    const int ready = poll(&descriptor, 1, static_cast<int>(left.count()));
    if (ready > 0) return true;  // errors show when libpq reads
    if (ready < 0 && errno != EINTR) return false;
    if (ready == 0 && !waiting) waiting.emplace();
  }
}

PgVerdict link_lost(std::string detail) {
  return {unavailable("postgresql: " + std::move(detail)), PgFailure::kLink, true, false};
}

namespace {

bool one_of(std::string_view state, std::initializer_list<std::string_view> states) {
  for (std::string_view candidate : states) {
    if (state == candidate) return true;
  }
  return false;
}

bool means_link_is_gone(std::string_view state) {
  // Shutdown, crash, starting up, no slot, a standby, our own idle-in-transaction limit.
  return state.starts_with("08") ||
         one_of(state, {"57P01", "57P02", "57P03", "53300", "25006", "25P03"});
}

bool means_try_again(std::string_view state) {
  // Timeout, lock not available, serialisation, deadlock, the server's resources, a promoted server
  // that a scheduler has yet to judge (platform_open()).
  return state.starts_with("53") || one_of(state, {"57014", "55P03", "40001", "40P01", "DD001"});
}

std::string_view field(const pg_result* result, int code) {
  const char* text = PQresultErrorField(result, code);
  return text == nullptr ? std::string_view{} : std::string_view(text);
}

// Messages of class 22 quote the offending value after a colon: the log must not have it.
std::string_view without_value(std::string_view state, std::string_view message) {
  return state.starts_with("22") ? message.substr(0, message.find(": \"")) : message;
}

constexpr std::string_view kHeldState = "DD002";  // platform_open()
}  // namespace

PgVerdict judge(const pg_result* result, const char* statement) {
  const std::string_view state = field(result, PG_DIAG_SQLSTATE);
  const std::string_view message = field(result, PG_DIAG_MESSAGE_PRIMARY);
  if (state.empty()) return link_lost(std::string(statement) + ": connection lost");
  std::string detail(state);
  detail.append(" ").append(statement).append(": ").append(without_value(state, message));
  if (state == kHeldState) {
    return {unavailable("postgresql: " + detail), PgFailure::kHeld, false, false};
  }
  if (means_link_is_gone(state)) return link_lost(std::move(detail));
  if (means_try_again(state)) {
    return {unavailable("postgresql: " + detail), PgFailure::kStatement, false, false};
  }
  const bool stale = state == "26000" || (state == "0A000" && message.starts_with("cached plan"));
  if (stale) return {unavailable("postgresql: " + detail), PgFailure::kStatement, true, true};
  return {fail(ErrorCode::kInternal, "Internal error.", std::move(detail)), PgFailure::kStatement,
          false, false};
}

bool PgLink::in_transaction() const {
  return PQtransactionStatus(connection_.get()) != PQTRANS_IDLE;
}

bool PgLink::quiet() const {
  pollfd descriptor{PQsocket(connection_.get()), POLLIN, 0};
  return poll(&descriptor, 1, 0) <= 0;
}

std::optional<PgVerdict> PgLink::exchange(const Pg::Call* before, std::span<const Pg::Call> calls,
                                          SteadyTime deadline, std::vector<PgRows>& answers) {
  expected_.clear();
  at_ = 0;
  at_answered_ = false;
  answers.reserve(calls.size() + 1);
  if (!send(before, calls))
    return link_lost(std::string("send: ") + PQerrorMessage(connection_.get()));
  std::optional<PgVerdict> failure = receive(deadline, answers);
  if (before != nullptr && !answers.empty()) answers.erase(answers.begin());
  return failure;
}

bool PgLink::send(const Pg::Call* before, std::span<const Pg::Call> calls) {
  if (before != nullptr && !send_one(*before)) return false;
  for (const Pg::Call& call : calls) {
    if (!send_one(call)) return false;
  }
  return PQpipelineSync(connection_.get()) == 1;
}

bool PgLink::send_one(const Pg::Call& call) {
  const Statement& statement = *call.statement;
  if (!prepared_.contains(statement.name)) {
    bool already_sent = false;
    for (const Expected& expected : expected_) {
      already_sent |=
          expected.prepare && std::strcmp(expected.statement->name, statement.name) == 0;
    }
    if (!already_sent) {
      if (!PQsendPrepare(connection_.get(), statement.name, statement.text, 0, nullptr)) {
        return false;
      }
      expected_.push_back({&statement, true});
    }
  }
  std::vector<const char*> values;
  std::vector<int> sizes;
  for (const PgParam& param : call.params) {
    values.push_back(param.is_null() ? nullptr : param.bytes().data());
    sizes.push_back(static_cast<int>(param.bytes().size()));
  }
  const std::vector<int> formats(call.params.size(), 1);
  expected_.push_back({&statement, false});
  return PQsendQueryPrepared(connection_.get(), statement.name,
                             static_cast<int>(call.params.size()), values.data(), sizes.data(),
                             formats.data(), 1) == 1;
}

// Writes and reads in turn: the server may answer the first statements before it has read the
// last, and a side that only writes would wait for ever once both buffers are full.
std::optional<PgVerdict> PgLink::receive(SteadyTime deadline, std::vector<PgRows>& answers) {
  pg_conn* const connection = connection_.get();
  std::optional<PgVerdict> first_failure;
  for (;;) {
    const int unsent = PQflush(connection);
    if (unsent >= 0 && take_results(answers, first_failure)) return first_failure;
    const bool lost = unsent < 0 || PQstatus(connection) != CONNECTION_OK;
    if (first_failure && first_failure->failure == PgFailure::kLink) return first_failure;
    if (lost) return link_lost(PQerrorMessage(connection));
    const short events = static_cast<short>(unsent == 1 ? POLLIN | POLLOUT : POLLIN);
    if (!wait_for_socket(PQsocket(connection), events, deadline)) {
      return link_lost("no answer before the deadline");
    }
    // What the server said before it hung up is still in the buffer: read it first.
    if (PQconsumeInput(connection) == 0) {
      take_results(answers, first_failure);
      if (first_failure && first_failure->failure == PgFailure::kLink) return first_failure;
      return link_lost(PQerrorMessage(connection));
    }
  }
}

bool PgLink::take_results(std::vector<PgRows>& answers, std::optional<PgVerdict>& first_failure) {
  int ends = 0;
  while (ends < 2 && PQisBusy(connection_.get()) == 0) {
    pg_result* const result = PQgetResult(connection_.get());
    if (result == nullptr) {  // the end of one statement's answer
      ++ends;
      if (at_answered_) ++at_;
      at_answered_ = false;
      continue;
    }
    ends = 0;
    if (PQresultStatus(result) == PGRES_PIPELINE_SYNC) {
      PQclear(result);
      return true;
    }
    at_answered_ = true;
    take(result, answers, first_failure);
    if (PQstatus(connection_.get()) != CONNECTION_OK) return false;
  }
  return false;
}

void PgLink::take(pg_result* result, std::vector<PgRows>& answers,
                  std::optional<PgVerdict>& first_failure) {
  Owned<pg_result, PQclear> owned(result);
  const ExecStatusType status = PQresultStatus(result);
  if (status == PGRES_PIPELINE_ABORTED) return;
  const char* const name = at_ < expected_.size() ? expected_[at_].statement->name : "?";
  if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK) {
    if (!first_failure) first_failure = judge(result, name);
    return;
  }
  if (at_ >= expected_.size()) return;
  const Expected& expected = expected_[at_];
  if (expected.prepare) {
    prepared_.insert(name);
    return;
  }
  // COMMIT of a transaction that had already failed "succeeds" as a ROLLBACK.
  const bool undone =
      expected.statement == &kPgCommit && std::string_view(PQcmdStatus(result)) == "ROLLBACK";
  if (undone && !first_failure) {
    first_failure = PgVerdict{
        fail(ErrorCode::kInternal, "Internal error.", "commit: the transaction had failed before"),
        PgFailure::kStatement, false, false};
  }
  answers.emplace_back(owned.release());
}

}  // namespace dundun
