// A POST that creates rows by statements of its own, not through the journal: the rows and its
// Idempotency-Key (api.md decision 12) commit together.
#pragma once

#include <optional>
#include <string>

#include "common/io/pg.h"
#include "common/journal/change.h"
#include "common/web/request.h"

namespace dundun {

// A transaction on `pg`; rolled back unless committed.
class Creation {
 public:
  Creation(Pg& pg, int64_t account_id, std::optional<IdempotencyKey> key)
      : pg_(pg), account_id_(account_id), key_(std::move(key)) {}
  ~Creation();
  Creation(const Creation&) = delete;

  // Begins. The answer that the key has already, or nullopt: go on. kIdempotencyKeyReused,
  // kIdempotencyInProgress (another connection is between here and commit() with this key).
  Result<std::optional<Response>> begin();
  // `body` is what repeats of the key get for a day.
  Status commit(int16_t http_status, const std::string& body);

 private:
  Pg& pg_;
  const int64_t account_id_;
  const std::optional<IdempotencyKey> key_;
  bool open_ = false;
};

}  // namespace dundun
