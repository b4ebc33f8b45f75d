#include "common/io/pg.h"

#include "common/io/pg_link.h"
#include "sql/row_security.h"

namespace dundun {

const Statement kPgBegin{"begin", "begin isolation level read committed", 0};
const Statement kPgCommit{"commit", "commit", 0};
const Statement kPgRollback{"rollback", "rollback", 0};

namespace {

constexpr std::chrono::milliseconds kReconnectEvery{100};
// The server's statement_timeout speaks first; this is for a server that says nothing at all.
constexpr std::chrono::milliseconds kDeadlineMargin{500};

const Statement kDiscardPlans{"discard_plans", "discard plans", 0};

// When the plans of a connection are made anew. One made while a table is empty may use any index
// that has the columns: nothing tells which is better, until autovacuum looks, a minute later. The
// month's tables are empty when the month begins. So after 30, 300, 3,000 … uses of the connection,
// or of it in this month, plans are made again; what they cost is lost in the uses.
class Replanning {
 public:
  bool is_due() {
    const std::chrono::year_month_day today(floor<std::chrono::days>(now()));
    if (today.month() != month_) {
      month_ = today.month();
      uses_ = 0;
      next_ = kFirst;
    }
    if (++uses_ < next_) return false;
    next_ *= kFactor;
    return true;
  }

 private:
  static constexpr int64_t kFirst = 30, kFactor = 10;
  std::chrono::month month_{0};
  int64_t uses_ = 0;
  int64_t next_ = kFirst;
};

}  // namespace

struct Pg::State {
  explicit State(Options given) : options(std::move(given)), connector(options) {
    restrict_to(options.account_id);
  }
  void restrict_to(std::optional<int64_t> account_id);

  // A usable link, or why there is none.
  Status ensure_link();
  Status renew_plans();
  std::optional<PgVerdict> exchange(std::span<const Call> calls, std::vector<PgRows>& answers);

  Options options;
  PgConnector connector;
  std::optional<PgLink> link;
  std::optional<Call> restriction;  // what each transaction begins with
  Replanning replanning;
  SteadyTime next_attempt{};
};

void Pg::State::restrict_to(std::optional<int64_t> account_id) {
  options.account_id = account_id;
  restriction.reset();
  if (account_id)
    restriction = Call{&sql::restrict_to_account, {PgParam(std::to_string(*account_id))}};
}

Status Pg::State::ensure_link() {
  // Inside a transaction a lost link must be reported, never replaced by a new one.
  if (link && (link->in_transaction() || link->quiet())) return Done{};
  link.reset();
  const SteadyTime now = std::chrono::steady_clock::now();
  if (now < next_attempt) return unavailable("postgresql: not connected, waiting to retry");
  auto connection = connector.connect();
  if (!connection) {
    next_attempt = std::chrono::steady_clock::now() + kReconnectEvery;
    return std::move(connection).error();
  }
  next_attempt = now + kReconnectEvery;
  link.emplace(*std::move(connection));
  replanning = {};
  return Done{};
}

Status Pg::State::renew_plans() {
  if (!options.generic_plans || link->in_transaction() || !replanning.is_due()) return Done{};
  const Call call{&kDiscardPlans, {}};
  std::vector<PgRows> answers;
  std::optional<PgVerdict> failure = exchange({&call, 1}, answers);
  if (!failure) return Done{};
  link.reset();
  return std::move(failure->error);
}

std::optional<PgVerdict> Pg::State::exchange(std::span<const Call> calls,
                                             std::vector<PgRows>& answers) {
  const SteadyTime deadline =
      std::chrono::steady_clock::now() + options.statement_timeout + kDeadlineMargin;
  // The setting lasts until the transaction ends: no connection goes on with another's account.
  const bool is_first = restriction && !link->in_transaction();
  return link->exchange(is_first ? &*restriction : nullptr, calls, deadline, answers);
}

Pg::Pg(Options options) : state_(std::make_unique<State>(std::move(options))) {}
Pg::~Pg() = default;
Pg::Pg(Pg&&) noexcept = default;

Result<PgRows> Pg::run(const Statement& statement, std::span<const PgParam> params) {
  const Call call{&statement, {params.begin(), params.end()}};
  auto answers = run_pipeline({&call, 1});
  if (!answers) return std::move(answers).error();
  return std::move(answers->front());
}

Result<std::vector<PgRows>> Pg::run_pipeline(std::span<const Call> calls) {
  for (int attempt = 0;; ++attempt) {
    last_failure_ = PgFailure::kNone;
    if (Status linked = state_->ensure_link(); !linked) {
      last_failure_ = PgFailure::kLink;
      return std::move(linked).error();
    }
    if (Status renewed = state_->renew_plans(); !renewed) {
      last_failure_ = PgFailure::kLink;
      return std::move(renewed).error();
    }
    const bool was_in_transaction = state_->link->in_transaction();
    std::vector<PgRows> answers;
    std::optional<PgVerdict> failure = state_->exchange(calls, answers);
    if (!failure) return answers;
    if (failure->drop_link) {
      disconnect();
    } else {
      rollback();
    }
    // A migration outdated a plan: nothing was done, and a new link prepares everything anew.
    if (failure->stale_plan) state_->next_attempt = {};
    if (failure->stale_plan && !was_in_transaction && attempt == 0) continue;
    last_failure_ = failure->failure;
    return std::move(failure->error);
  }
}

void Pg::rollback() {
  if (!state_->link || !state_->link->in_transaction()) return;
  const Call call{&kPgRollback, {}};
  std::vector<PgRows> answers;
  if (state_->exchange({&call, 1}, answers)) disconnect();
}

void Pg::restrict_to(std::optional<int64_t> account_id) { state_->restrict_to(account_id); }

bool Pg::connected() const { return state_->link.has_value(); }

void Pg::disconnect() { state_->link.reset(); }

}  // namespace dundun
