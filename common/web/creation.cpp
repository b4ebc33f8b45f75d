#include "common/web/creation.h"

#include "common/web/refusal.h"
#include "sql/statements.h"

namespace dundun {

Creation::~Creation() {
  if (open_) pg_.rollback();
}

Result<std::optional<Response>> Creation::begin() {
  TRY(pg_.run(kPgBegin, {}));
  open_ = true;
  if (!key_) return std::optional<Response>();
  const PgParam hash = PgParam::bytea(key_->key_hash);
  const PgRows lock = TRY(pg_.run(sql::lock_key, {account_id_, hash}));
  Receipt known;
  known.outcome = Receipt::Outcome::kInProgress;
  if (lock.boolean(0, 0)) {
    const PgRows rows = TRY(pg_.run(sql::answer_of_key, {account_id_, hash}));
    if (rows.size() == 0) return std::optional<Response>();
    if (rows.text(0, 0) != key_->request_hash) {
      known.outcome = Receipt::Outcome::kKeyReused;
    } else if (!rows.is_null(0, 1)) {
      known.outcome = Receipt::Outcome::kReplay;
      known.answer = {key_->key_hash, rows.i16(0, 1), std::string(rows.text(0, 2))};
    }
  }
  Result<Response> answer = *answer_of_key(known);
  return std::optional<Response>(TRY(std::move(answer)));
}

Status Creation::commit(int16_t http_status, const std::string& body) {
  if (key_) {
    TRY(pg_.run(sql::insert_answered_key, {account_id_, PgParam::bytea(key_->key_hash),
                                           PgParam::bytea(key_->request_hash), http_status, body}));
  }
  TRY(pg_.run(kPgCommit, {}));
  open_ = false;
  return Done{};
}

}  // namespace dundun
