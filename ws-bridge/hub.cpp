#include "ws-bridge/hub.h"

#include <algorithm>
#include <utility>

#include "common/base/log.h"

namespace dundun {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds kTick{1000};
// A burst of changes is one recheck; a revoked key is still gone within the second.
constexpr milliseconds kRecheckGap{250};
constexpr milliseconds kRecheckRetry{1000};  // PostgreSQL was away
constexpr milliseconds kShutdownPoll{20};
constexpr milliseconds kShutdownMax{3000};

std::string channel_name(const Grant& grant) {
  return "events:{" + std::to_string(grant.account_id) +
         "}:" + std::string(environment_name(grant.environment));
}

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
      deliveries_(counter("dundun_ws_deliveries_total")),
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
      subscriber_(loop, config.redis_url, *this) {
  tick_timer_.every(kTick);
  subscriber_.start();
  report();
}

Hub::~Hub() {
  while (lookup_running_) loop_.wait_once();
  sessions_.clear();
  remove_metrics_file(config_.metrics_dir, config_.program);
}

Hub::Admission Hub::may_enter(const std::string& address) const {
  if (shutting_down_) return Admission::kShuttingDown;
  if (!address.empty() &&
      count_of(per_address_, address) >= settings_.connections_per_address_max) {
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

bool Hub::join(Session& session, const Grant& grant) {
  int& connections = per_account_[grant.account_id];
  if (connections >= settings_.connections_per_account_max) return false;
  ++connections;
  const std::string name = channel_name(grant);
  const auto [entry, is_new] =
      channels_.try_emplace(name, EventChannel{name, grant.account_id, {}});
  EventChannel& channel = entry->second;
  session.seat = {&channel, channel.listeners.size()};
  channel.listeners.push_back(&session);
  if (is_new) subscriber_.subscribe(name);
  return true;
}

void Hub::leave(Session& session) {
  EventChannel* channel = std::exchange(session.seat.channel, nullptr);
  if (channel == nullptr) return;
  decrement(per_account_, channel->account_id);
  Session* const last = channel->listeners.back();
  channel->listeners[session.seat.index] = last;
  last->seat.index = session.seat.index;
  channel->listeners.pop_back();
  if (!channel->listeners.empty()) return;
  subscriber_.unsubscribe(channel->name);
  channels_.erase(channels_.find(channel->name));
}

bool Hub::can_hear(const Session& session) const {
  return !subscriber_.up() || subscriber_.subscribed(session.seat.channel->name);
}

// Sessions only mark themselves here (queue, goodbye); they leave their seats from the server's
// callbacks, so the list of listeners stands still while we walk it.
void Hub::on_message(std::string_view channel_name, std::string_view payload) {
  if (channel_name == Subscriber::kControl) {
    if (payload == "config") want_recheck();
    return;
  }
  const auto entry = channels_.find(channel_name);
  if (entry == channels_.end()) return;
  const std::vector<Session*>& listeners = entry->second.listeners;
  while (!payload.empty()) {
    const std::string_view event = payload.substr(0, payload.find('\n'));
    payload.remove_prefix(std::min(payload.size(), event.size() + 1));
    if (event.empty()) continue;
    const Frame frame = text_frame(event);
    for (Session* session : listeners) session->deliver(frame);
    deliveries_.add(listeners.size());
  }
}

void Hub::on_subscribed(std::string_view channel_name) {
  const auto entry = channels_.find(channel_name);
  if (entry == channels_.end()) return;
  for (Session* session : entry->second.listeners) session->subscribed();
}

// Whatever `control` said while the link was away has to be asked for.
void Hub::on_link_up() { want_recheck(); }

void Hub::on_link_down() {
  for (const auto& [name, channel] : channels_) {
    for (Session* session : channel.listeners) session->subscribed();
  }
}

void Hub::tick() {
  const auto now = Session::Clock::now();
  for (const auto& [id, session] : sessions_) session->tick(now);
  if (now >= recheck_due_at_) want_recheck();
  report();
}

void Hub::report() const {
  connections_.set(static_cast<int64_t>(sessions_.size()));
  redis_up_.set(subscriber_.up() ? 1 : 0);
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
  if (!recheck && questions_.empty()) return;

  auto job = std::make_shared<Job>();
  job->questions = std::exchange(questions_, {});
  for (const Question& question : job->questions) job->batch.asked.insert(question.credential);
  if (recheck) {
    recheck_wanted_ = false;
    recheck_not_before_ = now + kRecheckGap;
    recheck_due_at_ = now + settings_.recheck_interval;
    for (const auto& [id, session] : sessions_) {
      if (session->is_open()) job->batch.rechecked.insert(session->credential());
    }
  }
  lookup_running_ = true;
  loop_.work([this, job] { job->verdicts = lookup_.look_up(job->batch); },
             [this, job] { finish_lookup(*job); });
}

void Hub::finish_lookup(const Job& job) {
  lookup_running_ = false;
  if (!job.batch.rechecked.empty()) {
    for (const auto& [id, session] : sessions_) {
      if (!session->is_open() || !job.batch.rechecked.contains(session->credential())) continue;
      const Verdict& verdict = job.verdicts.at(session->credential());
      if (verdict.outcome == Verdict::Outcome::kUnavailable) {
        recheck_wanted_ = true;
        recheck_not_before_ = Session::Clock::now() + kRecheckRetry;
      }
      session->recheck(verdict);
    }
  }
  for (const Question& question : job.questions) {
    const auto entry = sessions_.find(question.session_id);
    if (entry != sessions_.end()) entry->second->decide(job.verdicts.at(question.credential));
  }
  start_lookup();
}

}  // namespace dundun
