// A change with its own statements, not through the journal. One transaction holds the change, its
// line in the audit log, and the answer for repeats of its Idempotency-Key. If other processes have
// to know, it also moves config_version.
#pragma once

#include <array>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "common/io/pg.h"
#include "common/journal/change.h"
#include "common/web/endpoint.h"

namespace dundun {

class AuditedChange {
 public:
  // Begins the transaction. The context's caller is recorded as its author.
  static Result<AuditedChange> begin(Context& context);
  // Without commit() everything is rolled back.
  AuditedChange(AuditedChange&&) noexcept = default;

  template <class... Values>
  Result<PgRows> run(const Statement& statement, const Values&... values) {
    const std::array<PgParam, sizeof...(Values)> params{PgParam(values)...};
    return lease_->run(statement, std::span<const PgParam>(params));
  }
  // The transaction's connection, for code that writes many rows.
  Pg& connection() { return *lease_.operator->(); }

  // The earlier answer for the request's Idempotency-Key. nullopt: the key now belongs to this
  // change, and commit() keeps its answer. Call this before anything is changed.
  // kIdempotencyKeyReused, kIdempotencyInProgress.
  Result<std::optional<Response>> earlier_answer();
  // The same, for a request whose repeats may differ in some bytes.
  Result<std::optional<Response>> earlier_answer(const std::optional<IdempotencyKey>& key);

  // For a change that calls another server in the middle. Its first transaction claims the key for
  // `work`; finish_work() keeps the answer. If the process dies in between, a repeat of the request
  // that comes `gone_after` the claim goes on with the same work.
  struct Work {
    std::optional<Response> answer;
    Uuid id;
    bool begun_before = false;
  };
  Result<Work> claim_work(const Uuid& work, std::chrono::milliseconds gone_after);
  // Ends the work and keeps the answer.
  static Result<Response> finish_work(Context& context, Response response);
  // Ends the work without a result: the key is free again.
  static void abandon_work(Context& context);

  struct Line {
    int64_t account_id;          // whose; 0: the platform's
    const char* action;          // "api_key.created"
    std::string subject;         // "api_key 12"
    std::string detail{"{}"};    // JSON without secrets
    const Caller* by = nullptr;  // who did it; nullptr: the context's caller
  };
  // Written by commit(), as the last locks that it takes but one: the lines of an account are a
  // chain, and whoever adds to it holds it until the end.
  Status record(const Line& line);
  // The line of what changes nothing: a download.
  static Status record_alone(Context& context, const Line& line);

  // Commits. kConfiguration: every process loads its copy of the configuration again.
  enum class Effect { kNone, kConfiguration };
  Status commit(Effect effect);
  // Commits, and keeps the answer.
  Result<Response> commit(Effect effect, Response response);

 private:
  AuditedChange(Context& context, PgPool::Lease lease)
      : context_(&context), lease_(std::move(lease)) {}

  struct Recorded {
    Line line;
    std::string actor_kind;
    int64_t actor_id;
    std::string actor;
  };
  Status write_lines();

  Context* context_;
  PgPool::Lease lease_;
  std::vector<Recorded> lines_;
  std::optional<IdempotencyKey> key_;
};

}  // namespace dundun
