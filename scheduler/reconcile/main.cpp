// reconcile: proves the books. Exit 0 and one line when every rule holds; 1 with the rules that do
// not; 2 when it could not look.
#include <cstdio>
#include <string>

#include "common/base/config.h"
#include "common/io/pg.h"
#include "sql/reconcile.h"
#include "sql/statements.h"

int main() {
  using namespace dundun;
  constexpr auto& col = sql::reconcile_totals;
  auto config = Config::from_environment("reconcile");
  if (!config) {
    std::fprintf(stderr, "reconcile: %s\n", config.error().message.c_str());
    return 2;
  }
  constexpr std::chrono::minutes kPatience{30};  // it reads everything
  Pg pg({.url = config->database_url,
         .statement_timeout = kPatience,
         .application = "reconcile",
         .joins_by_index = false});
  int breaches = 0;
  for (const Statement* statement : sql::all) {
    const std::string name = statement->name;
    if (!name.starts_with("breach_")) continue;
    auto rows = pg.run(*statement, {});
    if (!rows) {
      std::fprintf(stderr, "reconcile: %s: %s\n", name.c_str(), rows.error().detail.c_str());
      return 2;
    }
    if (rows->i64(0, 0) == 0) continue;
    ++breaches;
    std::printf("BREACH %s: %lld\n", name.c_str() + 7, static_cast<long long>(rows->i64(0, 0)));
  }
  auto totals = pg.run(sql::reconcile_totals, {});
  if (!totals) return 2;
  std::printf("%s: %lld wallets, %lld entries, %lld messages\n",
              breaches == 0 ? "reconciled" : "NOT reconciled",
              static_cast<long long>(totals->i64(0, col.wallets)),
              static_cast<long long>(totals->i64(0, col.ledger_entries)),
              static_cast<long long>(totals->i64(0, col.messages)));
  return breaches == 0 ? 0 : 1;
}
