// The journal alone: how many accepted messages a second one writer commits, and what one costs
// PostgreSQL. Usage: bench_journal DATABASE_URL REDIS_URL [messages] [submitters] [batch_max]
// [accounts]. Needs a migrated database; makes its own accounts with full wallets. In the
// environment: ZIPF=1.0 takes the accounts by that law instead of in turn, CHARGES_ONLY=1 records
// no submit, so that what is counted are transfers, as other ledgers count them.
#include "common/journal/journal.h"

#include <atomic>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <random>
#include <semaphore>
#include <vector>

#include "common/io/pg.h"

namespace {

using namespace dundun;

constexpr Statement kMakeAccount{
    "bench_account",
    "with a as (insert into accounts (name, currency) values ('bench', 'KES') returning account_id)"
    ", l as (insert into ledger_entries (account_id, environment, seq, type, amount_micros,"
    " balance_after_micros, description) select account_id, 0, 1, 1, 1000000000000, 1000000000000,"
    " 'opening' from a)"
    " insert into wallets (account_id, environment, currency, balance_micros, seq)"
    " select account_id, 0, 'KES', 1000000000000, 1 from a returning account_id",
    0};

AcceptMessage message(int64_t account) {
  AcceptMessage accept{};
  accept.account_id = account;
  accept.environment = Environment::kLive;
  accept.message_id = new_uuid7();
  accept.phone = "+254712345678";
  accept.body = "Gate 4 opens at nine, bring the blue ticket and be on time please.";
  accept.sender = "eSMSAfrica";
  accept.route = "ESMS_KE";
  accept.country = "KE";
  accept.segments = 1;
  accept.encoding = Encoding::kGsm7;
  accept.cost_micros = 1'200'000;
  accept.cost_currency = "KES";
  accept.route_cost_micros = 1'200'000;
  accept.route_currency = "KES";
  accept.description = "SMS to +254712345678 via ESMS_KE (1 seg)";
  accept.source = "api_key";
  return accept;
}

AdvanceMessage submitted(const AcceptMessage& accept) {
  AdvanceMessage advance{};
  advance.account_id = accept.account_id;
  advance.environment = accept.environment;
  advance.message_id = accept.message_id;
  advance.to = MessageStatus::kSubmitted;
  advance.event = advance.event_key = "submitted";
  advance.detail = "Gateway accepted";
  advance.regular_submit = true;
  advance.dispatch = DispatchStep::kFinish;
  advance.claimed_as = MessageStatus::kQueued;
  advance.carrier_message_id = "lo-" + to_string(accept.message_id);
  advance.receipts = {{"DELIVRD", std::chrono::milliseconds(1000)}};
  return advance;
}

double number_of(const char* variable) {
  const char* const text = std::getenv(variable);
  return text == nullptr ? 0 : std::atof(text);
}

// Whose turn it is: each account in turn, or the k-th as often as 1 / k^exponent says.
class Turns {
 public:
  Turns(size_t accounts, double exponent) : accounts_(accounts) {
    std::vector<double> weights;
    for (size_t k = 1; k <= accounts && exponent > 0; ++k) {
      weights.push_back(1 / std::pow(static_cast<double>(k), exponent));
    }
    law_ = std::discrete_distribution<size_t>(weights.begin(), weights.end());
    is_law_ = !weights.empty();
  }
  size_t next() { return is_law_ ? law_(random_) : turn_++ % accounts_; }

 private:
  size_t accounts_, turn_ = 0;
  bool is_law_ = false;
  std::discrete_distribution<size_t> law_;
  std::mt19937_64 random_{1};
};

}  // namespace

int main(int argc, char** argv) {
  if (argc < 3) return 2;
  const int total = argc > 3 ? std::atoi(argv[3]) : 100'000;
  const int submitters = argc > 4 ? std::atoi(argv[4]) : 256;
  Pg pg({.url = argv[1]});
  std::vector<int64_t> accounts;
  for (int i = argc > 6 ? std::atoi(argv[6]) : 1; i > 0; --i) {
    auto account = pg.run(kMakeAccount, {});
    if (!account) {
      std::fprintf(stderr, "%s\n", account.error().detail.c_str());
      return 1;
    }
    accounts.push_back(account->i64(0, 0));
  }
  Journal::Options options;
  options.database_url = argv[1];
  options.redis_url = argv[2];
  if (argc > 5 && std::atoi(argv[5]) > 0) options.batch_max = std::atoi(argv[5]);
  Journal journal(options);
  Turns turns(accounts.size(), number_of("ZIPF"));
  const bool charges_only = number_of("CHARGES_ONLY") > 0;
  std::counting_semaphore<> free(submitters);
  std::atomic<int> failed{0};
  const auto start = std::chrono::steady_clock::now();
  for (int i = 0; i < total; ++i) {
    free.acquire();
    AcceptMessage accept = message(accounts[turns.next()]);
    AdvanceMessage advance = submitted(accept);
    journal.submit(std::move(accept), [&, advance](Result<CommitResult> result) mutable {
      if (result) advance.claim = result->claim;
      if (!result || result->outcome != CommitResult::Outcome::kCommitted) ++failed;
      if (charges_only) return free.release();
      journal.submit(advance, [&](Result<CommitResult> done) {
        if (!done || done->outcome != CommitResult::Outcome::kCommitted) ++failed;
      });
      free.release();
    });
  }
  journal.flush();
  const double seconds =
      std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  std::printf("%d messages accepted and recorded in %.2f s: %.0f/s, %d failed\n", total, seconds,
              total / seconds, failed.load());
  return failed == 0 ? 0 : 1;
}
