// PostgreSQL through libpq. Each Pg is one connection; it runs named statements only, each with a
// deadline.
#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <initializer_list>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "common/base/ids.h"
#include "common/base/result.h"
#include "common/io/owned.h"
#include "common/io/pg_statement.h"

struct pg_conn;
struct pg_result;
extern "C" void PQfinish(pg_conn*);
extern "C" void PQclear(pg_result*);

namespace dundun {

// An enumeration whose numbers are those of a smallint column.
template <class E>
concept SmallintEnum = std::is_enum_v<E> && std::is_same_v<std::underlying_type_t<E>, int16_t>;

// A parameter in PostgreSQL's binary format, or null. Casts in the statement give the types.
class PgParam {
 public:
  PgParam(std::nullptr_t) : null_(true) {}
  PgParam(int16_t value);
  PgParam(int32_t value);
  PgParam(int64_t value);
  PgParam(bool value);
  template <SmallintEnum E>
  PgParam(E value) : PgParam(static_cast<int16_t>(value)) {}
  PgParam(std::string_view text) : bytes_(text) {}
  PgParam(const char* text) : bytes_(text) {}
  PgParam(const std::string& text) : bytes_(text) {}
  PgParam(const Uuid& id);
  PgParam(Instant at);  // timestamptz
  template <class T>
  PgParam(const std::optional<T>& value) : PgParam(value ? PgParam(*value) : PgParam(nullptr)) {}
  static PgParam bytea(std::string_view bytes) { return PgParam(bytes); }

  bool is_null() const { return null_; }
  const std::string& bytes() const { return bytes_; }

 private:
  std::string bytes_;
  bool null_ = false;
};

// One-dimensional binary arrays for `unnest`: built element by element.
class PgArray {
 public:
  enum class Type : uint32_t {
    kInt2 = 21,
    kInt4 = 23,
    kInt8 = 20,
    kBool = 16,
    kText = 25,
    kBytea = 17,
    kUuid = 2950,
    kTimestamptz = 1184,
    kDate = 1082
  };
  explicit PgArray(Type type);
  void add(int16_t value);  // integers are stored in the width of the array's type
  void add(int32_t value);
  void add(int64_t value);
  void add(bool value);
  template <SmallintEnum E>
  void add(E value) {
    add(static_cast<int16_t>(value));
  }
  void add(std::string_view bytes);                            // text and bytea
  void add(const char* text) { add(std::string_view(text)); }  // or it would become a bool
  void add(const Uuid& id);
  void add(Instant at);
  void add_date(Instant at);  // the UTC day
  void add_null();
  template <class T>
  void add(const std::optional<T>& value) {
    if (value)
      add(*value);
    else
      add_null();
  }
  size_t size() const { return count_; }
  PgParam finish() const;

 private:
  void raw(const void* data, size_t size);
  Type type_;
  int32_t count_ = 0;
  bool has_null_ = false;
  std::string data_;
};

// Rows of an answer, all in binary format. A column is its place, which its statement knows by name
// (common/io/pg_statement.h).
class PgRows {
 public:
  PgRows() = default;
  explicit PgRows(pg_result* result) : result_(result) {}
  int size() const;
  int64_t affected() const;  // rows changed by insert, update, delete
  bool is_null(int row, int column) const;
  int16_t i16(int row, int column) const;
  int32_t i32(int row, int column) const;
  int64_t i64(int row, int column) const;  // int2, int4 and int8 alike
  bool boolean(int row, int column) const;
  std::string_view text(int row, int column) const;  // text, bytea; lives as long as the rows
  Uuid uuid(int row, int column) const;
  Instant instant(int row, int column) const;   // timestamptz
  std::string date(int row, int column) const;  // date as YYYY-MM-DD
  std::vector<std::string> text_array(int row, int column) const;
  std::optional<std::string> maybe_text(int row, int column) const;
  std::optional<Instant> maybe_instant(int row, int column) const;

 private:
  Owned<pg_result, PQclear> result_;
};

// What failed. kStatement: the server refused the statement (bad data, a constraint). kLink: the
// connection broke, so the outcome of a COMMIT is unknown. kHeld: the database was restored, and
// waits for an operator (platform_open() of migration 0046).
enum class PgFailure { kNone, kStatement, kLink, kHeld };

// Not thread-safe. Connects on first use, reconnects after a lost link (at most every 100 ms).
// Prepares a statement at its first use on each connection.
class Pg {
 public:
  struct Options {
    std::string url;  // libpq conninfo or URI; several hosts allowed
    std::chrono::milliseconds statement_timeout{5000};
    std::chrono::milliseconds connect_timeout{2000};
    std::string application = "dundun";
    bool generic_plans = true;
    // PostgreSQL plans a generic `unnest` join for a guessed number of rows, perhaps while the
    // tables are empty. Without this setting such a plan would scan whole tables from then on. All
    // our joins on a batch go by primary key.
    bool joins_by_index = true;
    std::optional<int64_t> account_id = std::nullopt;  // as of restrict_to()
  };
  explicit Pg(Options options);
  ~Pg();
  Pg(Pg&&) noexcept;

  // Runs one statement as a transaction of its own. kUnavailable when the server cannot be
  // reached or answers too late; kInternal when it refuses the statement.
  Result<PgRows> run(const Statement& statement, std::span<const PgParam> params);
  Result<PgRows> run(const Statement& statement, std::initializer_list<PgParam> params) {
    return run(statement, std::span<const PgParam>(params.begin(), params.size()));
  }

  // Several statements in one round trip (pipeline mode, one sync). kPgBegin, kPgCommit and
  // kPgRollback are statements too. If a statement fails, the rest is skipped, the transaction is
  // rolled back, and the error names the statement.
  struct Call {
    const Statement* statement;
    std::vector<PgParam> params;
  };
  Result<std::vector<PgRows>> run_pipeline(std::span<const Call> calls);

  // Why the last call failed. After kLink the connection is gone.
  PgFailure last_failure() const { return last_failure_; }
  // From now on each transaction sees and changes the rows of this account alone, whatever its
  // statements ask for (migration 0049); nullopt: those of all. Not in an open transaction.
  void restrict_to(std::optional<int64_t> account_id);
  // ROLLBACK if a transaction is open. Drops the connection if that fails.
  void rollback();
  bool connected() const;
  void disconnect();

 private:
  struct State;
  std::unique_ptr<State> state_;
  PgFailure last_failure_ = PgFailure::kNone;
};

extern const Statement kPgBegin;     // begin isolation level read committed
extern const Statement kPgCommit;    // commit
extern const Statement kPgRollback;  // rollback

// A few connections that the threads of a process share. lease() blocks until one is free, but at
// most wait_max: then kUnavailable.
class PgPool {
  struct State;

 public:
  PgPool(Pg::Options options, int size, std::chrono::milliseconds wait_max);
  ~PgPool();
  // The same connections, each restricted to the account while it is leased. Lives no longer than
  // this pool.
  PgPool restricted_to(int64_t account_id) const;

  class Lease {
   public:
    Lease(State* state, Pg* pg) : state_(state), pg_(pg) {}
    Lease(Lease&& other) noexcept
        : state_(std::exchange(other.state_, nullptr)), pg_(std::exchange(other.pg_, nullptr)) {}
    ~Lease();
    Pg* operator->() const { return pg_; }

   private:
    State* state_;
    Pg* pg_;
  };
  Result<Lease> lease();
  Result<PgRows> run(const Statement& statement, std::span<const PgParam> params);
  Result<PgRows> run(const Statement& statement, std::initializer_list<PgParam> params) {
    return run(statement, std::span<const PgParam>(params.begin(), params.size()));
  }
  // Independent reads in one round trip (Pg::run_pipeline); no calls: no answers, and no trip.
  Result<std::vector<PgRows>> run_pipeline(std::span<const Pg::Call> calls);
  Result<std::vector<PgRows>> run_pipeline(std::initializer_list<Pg::Call> calls) {
    return run_pipeline(std::span<const Pg::Call>(calls.begin(), calls.size()));
  }
  // For coroutines: g++ 12 cannot compile a braced list inside `co_await`.
  template <class... Values>
  Result<PgRows> query(const Statement& statement, const Values&... values) {
    const std::array<PgParam, sizeof...(Values)> params{PgParam(values)...};
    return run(statement, std::span<const PgParam>(params));
  }

 private:
  PgPool(State* state, int64_t account_id);

  std::unique_ptr<State> owned_;  // null: it is another's
  State* state_;
  std::optional<int64_t> account_id_;
};

}  // namespace dundun
