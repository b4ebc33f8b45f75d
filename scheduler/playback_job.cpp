#include "scheduler/playback_job.h"

#include "common/carrier/dlr_ingest.h"
#include "sql/statements.h"

namespace dundun {
namespace {

constexpr int64_t kRoundMax = 2000;

}  // namespace

bool play_loopback_receipts(Pg& pg, Journal& journal) {
  auto rows = pg.run(sql::lease_loopback_receipts, {kRoundMax});
  if (!rows || rows->size() == 0) return false;
  std::vector<Dlr> receipts;
  PgArray played(PgArray::Type::kInt8);
  for (int row = 0; row < rows->size(); ++row) {
    receipts.push_back({rows->i64(row, 1), Environment(rows->i16(row, 5)), rows->uuid(row, 2),
                        std::string(rows->text(row, 3)), std::string(rows->text(row, 4))});
    played.add(rows->i64(row, 0));
  }
  // Not deleted unless committed: they come again after their lease, and repeat nothing.
  if (ingest(journal, receipts)) (void)pg.run(sql::delete_loopback_receipts, {played.finish()});
  return rows->size() == kRoundMax;
}

}  // namespace dundun
