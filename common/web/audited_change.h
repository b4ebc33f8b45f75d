// A change by statements of its own, not through the journal: one transaction with its line in the
// audit log and the answer that a repeat of its Idempotency-Key gets; where others have to know, it
// moves config_version.
#pragma once

#include <array>
#include <optional>
#include <span>
#include <string>

#include "common/io/pg.h"
#include "common/journal/change.h"
#include "common/web/route.h"

namespace dundun {

class AuditedChange {
 public:
  // Begins. The caller of the context is who does it.
  static Result<AuditedChange> begin(Context& context);
  // Without commit() everything is rolled back.
  AuditedChange(AuditedChange&&) noexcept = default;

  template <class... Values>
  Result<PgRows> run(const Statement& statement, const Values&... values) {
    const std::array<PgParam, sizeof...(Values)> params{PgParam(values)...};
    return lease_->run(statement, std::span<const PgParam>(params));
  }
  // The connection of the transaction, for who writes much.
  Pg& connection() { return *lease_.operator->(); }

  // What the request's Idempotency-Key was answered before. If nothing, the key is this change's,
  // and commit() keeps the answer; so this comes before anything is changed.
  // kIdempotencyKeyReused, kIdempotencyInProgress.
  Result<std::optional<Response>> earlier_answer();
  // The same for a request that does not equal its repeats byte by byte.
  Result<std::optional<Response>> earlier_answer(const std::optional<IdempotencyKey>& key);

  // For a change that talks to others in the middle: its first transaction claims the key for
  // `work`, and the answer comes by finish_work(). If a process died in between, whoever repeats
  // the request `gone_after` the claim goes on with the work of then.
  struct Work {
    std::optional<Response> answer;
    Uuid id;
    bool begun_before = false;
  };
  Result<Work> claim_work(const Uuid& work, std::chrono::milliseconds gone_after);
  // The end of it: keeps the answer.
  static Result<Response> finish_work(Context& context, Response response);
  // Nothing came of it: the key is free again.
  static void abandon_work(Context& context);

  struct Line {
    int64_t account_id;        // whose; 0: the platform's
    const char* action;        // "api_key.created"
    std::string subject;       // "api_key 12"
    std::string detail{"{}"};  // JSON without secrets
  };
  Status record(const Line& line);

  // Ends it. kConfiguration: every process reads anew what it keeps in memory.
  enum class Effect { kNone, kConfiguration };
  Status commit(Effect effect);
  // The same, and keeps the answer.
  Result<Response> commit(Effect effect, Response response);

 private:
  AuditedChange(Context& context, PgPool::Lease lease)
      : context_(&context), lease_(std::move(lease)) {}

  Context* context_;
  PgPool::Lease lease_;
  std::optional<IdempotencyKey> key_;
};

}  // namespace dundun
