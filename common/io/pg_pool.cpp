#include <condition_variable>
#include <mutex>
#include <optional>

#include "common/base/running_threads.h"
#include "common/io/pg.h"

namespace dundun {

struct PgPool::State {
  std::chrono::milliseconds wait_max;
  std::vector<Pg> connections;
  std::mutex mutex;
  std::condition_variable freed;
  std::vector<Pg*> free;  // last in, first out: the links in use stay warm
};

PgPool::PgPool(Pg::Options options, int size, std::chrono::milliseconds wait_max)
    : owned_(std::make_unique<State>()), state_(owned_.get()) {
  state_->wait_max = wait_max;
  state_->connections.reserve(static_cast<size_t>(size));  // leases point into it
  for (int i = 0; i < size; ++i) {
    state_->free.push_back(&state_->connections.emplace_back(options));
  }
}

PgPool::PgPool(State* state, int64_t account_id) : state_(state), account_id_(account_id) {}

PgPool::~PgPool() = default;

PgPool PgPool::restricted_to(int64_t account_id) const { return {state_, account_id}; }

Result<PgPool::Lease> PgPool::lease() {
  std::unique_lock lock(state_->mutex);
  std::optional<LetOthersRun> waiting;
  if (state_->free.empty()) waiting.emplace();
  const bool got =
      state_->freed.wait_for(lock, state_->wait_max, [this] { return !state_->free.empty(); });
  if (!got) return unavailable("postgresql: no free connection in the pool");
  Pg* const pg = state_->free.back();
  state_->free.pop_back();
  pg->restrict_to(account_id_);
  return Lease(state_, pg);
}

PgPool::Lease::~Lease() {
  if (state_ == nullptr) return;
  pg_->rollback();  // whatever the borrower left open
  {
    std::lock_guard lock(state_->mutex);
    state_->free.push_back(pg_);
  }
  state_->freed.notify_one();
}

Result<PgRows> PgPool::run(const Statement& statement, std::span<const PgParam> params) {
  auto lease_result = lease();
  if (!lease_result) return std::move(lease_result).error();
  return (*lease_result)->run(statement, params);
}

Result<std::vector<PgRows>> PgPool::run_pipeline(std::span<const Pg::Call> calls) {
  if (calls.empty()) return std::vector<PgRows>();
  auto lease_result = lease();
  if (!lease_result) return std::move(lease_result).error();
  return (*lease_result)->run_pipeline(calls);
}

}  // namespace dundun
