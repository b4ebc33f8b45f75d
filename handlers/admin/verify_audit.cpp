// Proves that no line of the audit log was changed, taken out or put in. Only dundunctl runs it: it
// reads every line. Who could rewrite a whole chain is found by an earlier proof that was kept
// elsewhere (`before`).
#include "common/base/time.h"
#include "common/io/crypto.h"
#include "common/io/json.h"
#include "common/io/pg.h"
#include "handlers/admin/endpoints.h"
#include "sql/audit.h"

namespace dundun {
namespace {

// All chains are seen at one moment.
const Statement kBeginSnapshot{"begin_snapshot", "begin isolation level repeatable read read only",
                               0};

constexpr int64_t kLinesAtOnce = 2000;

struct Chain {
  int64_t account_id;
  int64_t seq;       // of the last line
  std::string hash;  // of it
  int64_t base_seq;  // of the last line that retention removed
  std::string base_hash;
};

std::string text_of(const Chain& chain, int64_t seq) {
  return "Account " + std::to_string(chain.account_id) + ", line " + std::to_string(seq);
}

Error broken(std::string what) { return fail(ErrorCode::kInvalidState, std::move(what)); }

Result<std::vector<Chain>> read_chains(Pg& pg) {
  constexpr auto& col = sql::audit_chains;
  const PgRows rows = TRY(pg.run(sql::audit_chains, {}));
  std::vector<Chain> chains;
  for (int row = 0; row < rows.size(); ++row) {
    Chain chain{
        rows.i64(row, col.account_id), rows.i64(row, col.seq), {}, rows.i64(row, col.base_seq), {}};
    if (rows.is_null(row, col.hash)) return broken(text_of(chain, 1) + ": stands in no chain.");
    chain.hash = rows.text(row, col.hash);
    chain.base_hash = rows.text(row, col.base_hash);
    chains.push_back(std::move(chain));
  }
  return chains;
}

// Moves `at` (number and hash of a line that is good) over one page. The first line that is not
// good is an error.
Result<int> verify_page(Pg& pg, const Chain& chain, Chain& at) {
  constexpr auto& col = sql::audit_chain_page;
  const PgRows rows = TRY(pg.run(
      sql::audit_chain_page, {chain.account_id, at.seq, PgParam::bytea(at.hash), kLinesAtOnce}));
  for (int row = 0; row < rows.size(); ++row) {
    const int64_t seq = rows.i64(row, col.seq);
    if (seq != at.seq + 1) return broken(text_of(chain, at.seq + 1) + ": is missing.");
    if (rows.text(row, col.hash) != rows.text(row, col.expected_hash)) {
      return broken(
          text_of(chain, seq) + " (audit_id " + std::to_string(rows.i64(row, col.audit_id)) + ", " +
          format_z(rows.instant(row, col.at)) + ", " + std::string(rows.text(row, col.action)) +
          "): was changed, or put in, or is not the one that followed.");
    }
    at.seq = seq;
    at.hash = rows.text(row, col.hash);
  }
  return rows.size();
}

Status verify_chain(Pg& pg, const Chain& chain) {
  Chain at{chain.account_id, chain.base_seq, chain.base_hash, 0, {}};
  while (TRY(verify_page(pg, chain, at)) == kLinesAtOnce) continue;
  if (at.seq < chain.seq) return broken(text_of(chain, at.seq + 1) + ": is missing at the end.");
  if (at.seq > chain.seq) return broken(text_of(chain, chain.seq + 1) + ": was put in at the end.");
  if (at.hash != chain.hash) return broken(text_of(chain, at.seq) + ": is not the last that was.");
  return Done{};
}

// What an earlier proof said of a chain's end.
Result<Chain> parse_earlier(const JsonValue& one) {
  const auto account = one.is_object() ? one.find("account_id") : std::nullopt;
  const auto seq = one.is_object() ? one.find("last_line") : std::nullopt;
  const auto hash = one.is_object() ? one.find("hash") : std::nullopt;
  if (!account || !account->is_integer() || !seq || !seq->is_integer() || !hash ||
      !hash->is_string()) {
    return invalid_field("before", "is no answer of audit verify --json", "value_error");
  }
  return Chain{account->integer(), seq->integer(), std::string(hash->string()), 0, {}};
}

// The last line of then still stands, or was removed by retention.
Status verify_before(Pg& pg, const std::vector<Chain>& chains, const Chain& then) {
  for (const Chain& chain : chains) {
    if (chain.account_id != then.account_id) continue;
    if (then.seq <= chain.base_seq) return Done{};
    const PgRows line = TRY(pg.run(sql::audit_line_at, {then.account_id, then.seq}));
    if (line.size() == 1 && to_hex(line.text(0, sql::audit_line_at.hash)) == then.hash)
      return Done{};
    return broken(text_of(then, then.seq) + ": is not the one of the earlier proof.");
  }
  return broken(text_of(then, then.seq) + ": the whole chain of the earlier proof is gone.");
}

Status verify_earlier(Pg& pg, const std::vector<Chain>& chains, const std::string& body) {
  const JsonDocument document = TRY(JsonDocument::parse(body));
  const JsonObject object = TRY(JsonObject::of(document));
  const std::optional<JsonObject> before = TRY(object.optional_object("before"));
  if (!before) return Done{};
  for (const JsonValue& one : TRY(before->optional_array("chains"))) {
    const Chain then = TRY(parse_earlier(one));
    TRY(verify_before(pg, chains, then));
  }
  return Done{};
}

}  // namespace

Result<Response> verify_audit(Context& context) {
  PgPool::Lease lease = TRY(context.services.pg.lease());
  Pg& pg = *lease.operator->();
  (void)TRY(pg.run(kBeginSnapshot, {}));
  const std::vector<Chain> chains = TRY(read_chains(pg));
  JsonWriter json;
  json.begin_object().member("verified_at", format_z(now())).key("chains").begin_array();
  for (const Chain& chain : chains) {
    TRY(verify_chain(pg, chain));
    json.begin_object()
        .member("account_id", chain.account_id)
        .member("lines", chain.seq - chain.base_seq)
        .member("last_line", chain.seq)
        .member("hash", to_hex(chain.hash))
        .end_object();
  }
  TRY(verify_earlier(pg, chains, context.request.body));
  return Response::json(json.end_array().end_object().take());
}

}  // namespace dundun
