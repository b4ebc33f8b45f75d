#include "ws-bridge/hub.h"

#include <algorithm>
#include <utility>

#include "common/base/log.h"

namespace dundun {
namespace {

using std::chrono::milliseconds;

// Every session is looked at once in kTicksARound, a few at a time: ten thousand in one go would
// hold up an event for milliseconds.
constexpr milliseconds kTick{20};
constexpr int kTicksARound = 50;
// A burst of changes is one recheck; a revoked key is still gone within the second.
constexpr milliseconds kRecheckGap{250};
constexpr milliseconds kRecheckRetry{1000};  // PostgreSQL was away
constexpr milliseconds kShutdownPoll{20};
constexpr milliseconds kShutdownMax{3000};

template <class Key>
void decrement(std::unordered_map<Key, int>& counts, const Key& key) {
  const auto entry = counts.find(key);
  if (entry != counts.end() && --entry->second == 0) counts.erase(entry);
}

template <class Key>
int count_of(const std::unordered_map<Key, int>& counts, const Key& key) {
  const auto entry = counts.find(key);
  return entry == counts.end() ? 0 : entry->second;
}

}  // namespace

Hub::Hub(Loop& loop, const BridgeSettings& settings, const Config& config)
    : loop_(loop),
      settings_(settings),
      config_(config),
      lookup_(
          {config.database_url, config.redis_url, config.statement_timeout, config.redis_timeout}),
      recheck_due_at_(Session::Clock::now() + settings.recheck_interval),
      connections_(gauge("dundun_ws_connections")),
      redis_up_(gauge("dundun_ws_redis_up")),
      dropped_(counter("dundun_ws_dropped_total")),
      ignored_(counter("dundun_ws_ignored_messages_total")),
      tick_timer_(loop, [this] { tick(); }),
      recheck_timer_(loop, [this] { start_lookup(); }),
      shutdown_timer_(loop,
                      [this] {
                        if (sessions_.empty() || Session::Clock::now() > shut_down_at_) {
                          loop_.stop();
                        }
                      }),
      channels_(loop, config, *this) {
  tick_timer_.every(kTick);
  channels_.start();
  report();
}

Hub::~Hub() {
  while (lookup_running_) loop_.wait_once();
  sessions_.clear();
  remove_metrics_file(config_.metrics_dir, config_.program);
}

Hub::Admission Hub::may_enter(const std::string& address) const {
  if (shutting_down_) return Admission::kShuttingDown;
  if (address.empty()) return Admission::kWelcome;
  if (count_of(per_address_, address) >= settings_.connections_per_address_max ||
      wrong_keys_.blocked_s(address, config_) > 0) {
    return Admission::kTooManyFromAddress;
  }
  return Admission::kWelcome;
}

Session& Hub::enter(Socket& socket, std::string address) {
  if (!address.empty()) ++per_address_[address];
  const uint64_t id = next_id_++;
  auto session = std::make_unique<Session>(*this, socket, id, std::move(address));
  Session& entered = *session;
  sessions_.emplace(id, std::move(session));
  if (shutting_down_) entered.close({CloseCode::kGoingAway, "Shutting down"});
  return entered;
}

void Hub::exit(Session& session) {
  decrement(per_address_, session.address());
  sessions_.erase(session.id());
}

void Hub::shut_down() {
  if (shutting_down_) return;
  shutting_down_ = true;
  log(LogLevel::kInfo, "shutting_down", {{"connections", static_cast<int64_t>(sessions_.size())}});
  for (const auto& [id, session] : sessions_) {
    session->close({CloseCode::kGoingAway, "Shutting down"});
  }
  shut_down_at_ = Session::Clock::now() + kShutdownMax;
  shutdown_timer_.every(kShutdownPoll);
}

bool Hub::join(Session& session, const Subscription& subscription, const Channels::Wish& wish) {
  int& connections = per_account_[subscription.account_id];
  if (connections >= settings_.connections_per_account_max) return false;
  ++connections;
  session.seated_for = subscription.account_id;
  channels_.join(session, subscription, wish);
  return true;
}

void Hub::leave(Session& session) {
  if (session.seat.channel == nullptr) return;
  decrement(per_account_, session.seated_for);
  channels_.leave(session);
}

void Hub::count_wrong_key(const Session& session) {
  if (!session.address().empty()) (void)wrong_keys_.bad_key(session.address(), config_);
}

void Hub::want_tenant(int64_t account_id) {
  if (nameless_.insert(account_id).second) start_lookup();
}

void Hub::tick_some(Session::Clock::time_point now) {
  for (size_t left = sessions_.bucket_count() / kTicksARound + 1; left > 0; --left) {
    if (next_bucket_ >= sessions_.bucket_count()) next_bucket_ = 0;
    for (auto entry = sessions_.begin(next_bucket_); entry != sessions_.end(next_bucket_);
         ++entry) {
      entry->second->tick(now);
    }
    ++next_bucket_;
  }
}

void Hub::tick() {
  const auto now = Session::Clock::now();
  tick_some(now);
  if (++ticks_ % kTicksARound != 0) return;
  if (now >= recheck_due_at_) want_recheck();
  start_lookup();  // for tenants that could not be looked up a second ago
  report();
}

void Hub::report() const {
  connections_.set(static_cast<int64_t>(sessions_.size()));
  redis_up_.set(channels_.up() ? 1 : 0);
  write_metrics_file(config_.metrics_dir, config_.program);
}

void Hub::ask(const Session& session, const Credential& credential) {
  questions_.push_back({session.id(), credential});
  start_lookup();
}

void Hub::want_recheck() {
  recheck_wanted_ = true;
  start_lookup();
}

void Hub::start_lookup() {
  if (lookup_running_) return;
  const auto now = Session::Clock::now();
  const bool recheck = recheck_wanted_ && now >= recheck_not_before_;
  if (recheck_wanted_ && !recheck) recheck_timer_.once(kRecheckGap);
  if (!recheck && questions_.empty() && nameless_.empty()) return;

  auto job = std::make_shared<Job>();
  job->questions = std::exchange(questions_, {});
  job->nameless = nameless_;
  if (recheck) {
    recheck_wanted_ = false;
    recheck_not_before_ = now + kRecheckGap;
    recheck_due_at_ = now + settings_.recheck_interval;
    for (const auto& [id, session] : sessions_) {
      if (session->is_open()) job->rechecked.insert(session->credential());
    }
  }
  lookup_running_ = true;
  loop_.work(
      [this, job] {
        std::set<Credential> credentials = job->rechecked;
        for (const Question& question : job->questions) credentials.insert(question.credential);
        job->verdicts = lookup_.look_up(credentials);
        job->tenants = lookup_.tenants(job->nameless);
      },
      [this, job] { finish_lookup(*job); });
}

void Hub::finish_lookup(const Job& job) {
  lookup_running_ = false;
  if (!job.rechecked.empty()) {
    for (const auto& [id, session] : sessions_) {
      if (!session->is_open() || !job.rechecked.contains(session->credential())) continue;
      const Verdict& verdict = job.verdicts.at(session->credential());
      if (verdict.outcome == Verdict::Outcome::kUnavailable) {
        recheck_wanted_ = true;
        recheck_not_before_ = Session::Clock::now() + kRecheckRetry;
      }
      session->recheck(verdict);
    }
  }
  for (const auto& [account_id, tenant_id] : job.tenants) {
    nameless_.erase(account_id);
    channels_.tenant_known(account_id, tenant_id);
  }
  for (const Question& question : job.questions) {
    const auto entry = sessions_.find(question.session_id);
    if (entry != sessions_.end()) entry->second->decide(job.verdicts.at(question.credential));
  }
  if (recheck_wanted_ || !questions_.empty()) start_lookup();
}

}  // namespace dundun
