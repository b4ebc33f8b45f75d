#include "scheduler/playback_job.h"

#include <set>

#include "common/carrier/dlr_ingest.h"
#include "sql/loopback.h"

namespace dundun {
namespace {

// Rows of a round; each holds the receipts of one journal batch, at most 512.
constexpr int64_t kPlaybackRoundMax = 10;

}  // namespace

bool play_loopback_receipts(Pg& pg, Journal& journal, LookBack& back) {
  constexpr auto& col = sql::lease_loopback_receipts;
  auto rows = pg.run(sql::lease_loopback_receipts, {kPlaybackRoundMax, back.begin().count()});
  if (!rows) return false;
  std::vector<Dlr> receipts;
  std::set<int64_t> played;
  for (int row = 0; row < rows->size(); ++row) {
    played.insert(rows->i64(row, col.receipt_id));
    receipts.push_back({rows->i64(row, col.account_id),
                        Environment(rows->i16(row, col.environment)),
                        rows->uuid(row, col.message_id), std::string(rows->text(row, col.word))});
  }
  const bool may_be_more = static_cast<int64_t>(played.size()) == kPlaybackRoundMax;
  if (!may_be_more) back.found_all();
  if (played.empty()) return false;
  // Not deleted unless committed: they come again after their lease, and repeat nothing.
  if (!ingest(journal, receipts)) return false;
  PgArray ids(PgArray::Type::kInt8);
  for (int64_t id : played) ids.add(id);
  (void)pg.run(sql::delete_loopback_receipts, {ids.finish()});
  return may_be_more;
}

}  // namespace dundun
