// A change of rights, money or configuration: one transaction that leaves its line in the audit log
// and, where others have to know, moves config_version.
#pragma once

#include <array>
#include <optional>
#include <span>
#include <string>

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

  // What this Idempotency-Key was answered before; the key is this change's from now on if there
  // is nothing. A request with the same key that runs at the same time is waited for.
  // kIdempotencyKeyReused, kIdempotencyInProgress.
  Result<std::optional<Response>> earlier_answer(const std::optional<IdempotencyKey>& key);

  struct Line {
    int64_t account_id;        // whose; 0: the platform's
    const char* action;        // "api_key.created"
    std::string subject;       // "api_key 12"
    std::string detail{"{}"};  // JSON without secrets
  };
  Status record(const Line& line);

  // What a repeat of the key is answered: with commit().
  Status keep_answer(int http_status, const std::string& body);

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
