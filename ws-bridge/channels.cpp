#include "ws-bridge/channels.h"

#include <algorithm>
#include <charconv>

#include "common/journal/events.h"
#include "ws-bridge/session.h"

namespace dundun {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds kRetry{200};
// What is kept of a channel for those who replay; who needs older entries reads on.
constexpr size_t kRecentBytesMax = 1 << 20;
// What admins may miss while a tenant's name is looked up.
constexpr size_t kHeldBytesMax = 1 << 20;

std::optional<int64_t> account_of(std::string_view channel) {
  constexpr std::string_view kBefore = "events:{";
  if (!channel.starts_with(kBefore)) return std::nullopt;
  int64_t account = 0;
  const char* const begin = channel.data() + kBefore.size();
  const auto [end, error] = std::from_chars(begin, channel.data() + channel.size(), account);
  return error == std::errc() && end != begin ? std::optional(account) : std::nullopt;
}

// The journal announces each piece of events by its place; events begin with a brace.
bool is_place(std::string_view payload) { return !payload.empty() && payload.front() != '{'; }

}  // namespace

Channels::Channels(Loop& loop, const Config& config, Owner& owner)
    : owner_(owner),
      deliveries_(counter("dundun_ws_deliveries_total")),
      resyncs_(counter("dundun_ws_resyncs_total")),
      reader_(loop, {.url = config.redis_url, .timeout = config.redis_timeout}),
      replays_(loop, reader_, *this),
      retry_(loop,
             [this] {
               for (auto& [name, channel] : channels_) {
                 if (!channel.position && channel.has_stream) find_position(channel);
                 if (channel.heard && channel.catching_up) {
                   catch_up(channel);
                 }
               }
             }),
      subscriber_(loop, config.redis_url, *this) {}

EventChannel& Channels::open(const Subscription& subscription) {
  const std::string name = subscription.hears_all
                               ? std::string(Subscriber::kAllEvents)
                               : event_channel(subscription.account_id, subscription.environment);
  const auto [entry, is_new] = channels_.try_emplace(name);
  EventChannel& channel = entry->second;
  if (!subscription.tenant_id.empty()) channel.tenant_id = subscription.tenant_id;
  if (is_new) {
    channel.name = entry->first;
    channel.has_stream = !subscription.hears_all;
    if (subscription.hears_all) {
      subscriber_.subscribe(name);
    } else {
      find_position(channel);
    }
  }
  return channel;
}

void Channels::join(Session& session, const Subscription& subscription, const Wish& wish) {
  EventChannel& channel = open(subscription);
  ++channel.members;
  session.seat = {&channel, nullptr, 0};
  newcomers_[&session] = {
      {wish.kinds, subscription.hears_all ? std::string() : subscription.app_id}, wish.resume_from};
  if (channel.heard || !subscriber_.up()) {
    admit(session);
  } else {
    channel.waiting.push_back(&session);
  }
}

void Channels::leave(Session& session) {
  EventChannel* const channel = session.seat.channel;
  if (channel == nullptr) return;
  newcomers_.erase(&session);
  replays_.end(session);
  std::erase(channel->waiting, &session);
  std::erase_if(channel->ahead, [&](const auto& entry) { return entry.second == &session; });
  if (Audience* const audience = session.seat.audience) {
    Session* const last = audience->listeners.back();
    audience->listeners[session.seat.index] = last;
    last->seat.index = session.seat.index;
    audience->listeners.pop_back();
    if (audience->listeners.empty()) {
      channel->audiences.remove_if([&](const Audience& one) { return &one == audience; });
    }
  }
  session.seat = {};
  if (--channel->members > 0) return;
  subscriber_.unsubscribe(std::string(channel->name));
  channels_.erase(channels_.find(channel->name));
}

void Channels::admit(Session& session) {
  session.joined();
  EventChannel& channel = *session.seat.channel;
  const auto newcomer = newcomers_.find(&session);
  if (!newcomer->second.resume_from) return listen(session);
  if (channel.has_stream) {
    return replays_.start(session, channel, *newcomer->second.resume_from);
  }
  // Nothing keeps the events of all accounts in one order.
  resync(session);
  listen(session);
}

void Channels::listen(Session& session) {
  const auto newcomer = newcomers_.find(&session);
  std::list<Audience>& audiences = session.seat.channel->audiences;
  auto place = std::ranges::find(audiences, newcomer->second.filter, &Audience::filter);
  if (place == audiences.end()) {
    place = audiences.insert(place, Audience{std::move(newcomer->second.filter), {}});
  }
  newcomers_.erase(newcomer);
  session.seat.audience = &*place;
  session.seat.index = place->listeners.size();
  place->listeners.push_back(&session);
}

void Channels::listen_after(Session& session, StreamId place) {
  session.seat.channel->ahead.emplace_back(place, &session);
}

void Channels::serve_to(Session& session, std::string_view events) {
  const Served served =
      serve(events, newcomers_.at(&session).filter, session.seat.channel->tenant_id);
  session.deliver(served);
  deliveries_.add(static_cast<uint64_t>(served.events));
}

void Channels::resync(Session& session) {
  resyncs_.add();
  session.say_resync();
}

void Channels::on_message(std::string_view channel_name, std::string_view payload) {
  if (channel_name == Subscriber::kControl) {
    if (payload == "config") owner_.on_control();
    return;
  }
  const auto entry = channels_.find(channel_name);
  if (entry == channels_.end()) return;
  EventChannel& channel = entry->second;
  if (is_place(payload)) {
    if (const auto place = parse_stream_id(payload)) channel.announced = *place;
  } else {
    hear(channel, channel.announced, payload);
  }
}

// Sessions only mark themselves here (queue, goodbye); they leave their seats from the server's
// callbacks, so the list of listeners stands still while we walk it.
void Channels::hear(EventChannel& channel, StreamId id, std::string_view events) {
  if (channel.skip_until) {
    if (id <= *channel.skip_until) return;
    channel.skip_until.reset();
  }
  if (channel.catching_up || channel.replays > 0) keep_recent(channel, id, events);
  if (!channel.catching_up) deliver(channel, id, events);
}

void Channels::deliver(EventChannel& channel, StreamId id, std::string_view events) {
  // Flushed, the stream began anew within the millisecond: places before and after say nothing
  // about each other.
  const bool began_anew = channel.position && id <= *channel.position;
  if (began_anew) ++channel.beginnings;
  for (auto& [place, session] : channel.ahead) {
    if (place < id || began_anew) listen(*std::exchange(session, nullptr));
  }
  std::erase_if(channel.ahead, [](const auto& entry) { return entry.second == nullptr; });
  channel.position = id;
  serve_audiences(channel, events, channel.tenant_id);
}

void Channels::serve_audiences(EventChannel& channel, std::string_view events,
                               std::string_view tenant_id) {
  for (const Audience& audience : channel.audiences) {
    const Served served = serve(events, audience.filter, tenant_id);
    if (served.events == 0) continue;
    for (Session* session : audience.listeners) session->deliver(served);
    deliveries_.add(audience.listeners.size() * static_cast<uint64_t>(served.events));
  }
}

void Channels::keep_recent(EventChannel& channel, StreamId id, std::string_view events) {
  channel.recent.push_back({id, std::string(events)});
  channel.recent_bytes += events.size();
  while (channel.recent_bytes > kRecentBytesMax && !channel.catching_up) {
    channel.recent_bytes -= channel.recent.front().events.size();
    channel.recent_floor = channel.recent.front().id;
    channel.recent.pop_front();
  }
}

void Channels::begin_replay(EventChannel& channel) {
  if (channel.replays++ == 0 && !channel.catching_up) forget_recent(channel);
}

void Channels::end_replay(EventChannel& channel) {
  if (--channel.replays == 0 && !channel.catching_up) forget_recent(channel);
}

void Channels::forget_recent(EventChannel& channel) {
  channel.recent.clear();
  channel.recent_bytes = 0;
  if (channel.position) channel.recent_floor = *channel.position;
}

void Channels::on_subscribed(std::string_view channel_name) {
  const auto entry = channels_.find(channel_name);
  if (entry == channels_.end()) return;
  EventChannel& channel = entry->second;
  channel.heard = true;
  if (channel.was_heard && channel.position) {
    forget_recent(channel);
    channel.catching_up = true;
    catch_up(channel);
  } else {
    // Who listens already was let in while Redis was away.
    resync_all(channel);
  }
  channel.was_heard = true;
  for (Session* session : std::exchange(channel.waiting, {})) admit(*session);
}

// Before the subscription: whatever comes after this place is heard, or is caught up with. The
// other way round, a link that broke unnoticed in between would hide what it lost.
void Channels::find_position(EventChannel& channel) {
  std::string name(channel.name);
  reader_.find_end(event_stream(name), [this, name](const StreamReader::Page& page) {
    const auto entry = channels_.find(name);
    if (entry == channels_.end() || entry->second.position) return;
    if (!page) return retry_.once(kRetry);
    entry->second.position = page->front().id;
    subscriber_.subscribe(name);
  });
}

// The link was away: what was published meanwhile, if the last entry that was served is still
// there.
void Channels::catch_up(EventChannel& channel) {
  reader_.read(event_stream(channel.name), *channel.position,
               [this, name = std::string(channel.name),
                from = *channel.position](const StreamReader::Page& page) {
                 const auto entry = channels_.find(name);
                 if (entry == channels_.end()) return;
                 EventChannel& found = entry->second;
                 if (!found.catching_up || !found.heard || found.position != from) return;
                 if (!page) return retry_.once(kRetry);
                 caught_page(found, *page);
               });
}

void Channels::caught_page(EventChannel& channel, const std::vector<StreamEntry>& page) {
  if (page.empty() || page.front().id != channel.position) {
    resync_all(channel);
    return end_catch_up(channel);
  }
  for (size_t i = 1; i < page.size(); ++i) deliver(channel, page[i].id, page[i].events);
  if (page.size() == static_cast<size_t>(StreamReader::kPageEntries)) return catch_up(channel);
  channel.skip_until = channel.position;
  end_catch_up(channel);
}

void Channels::end_catch_up(EventChannel& channel) {
  channel.catching_up = false;
  for (const StreamEntry& entry : std::exchange(channel.recent, {})) {
    if (channel.skip_until && entry.id <= *channel.skip_until) continue;
    deliver(channel, entry.id, entry.events);
  }
  forget_recent(channel);
}

void Channels::resync_all(EventChannel& channel) {
  for (const Audience& audience : channel.audiences) {
    for (Session* session : audience.listeners) resync(*session);
  }
  for (const auto& [place, session] : channel.ahead) resync(*session);
}

// Whatever `control` said while the link was away has to be asked for.
void Channels::on_link_up() { owner_.on_control(); }

void Channels::on_link_down() {
  for (auto& [name, channel] : channels_) {
    channel.heard = false;
    channel.catching_up = false;
    for (Session* session : std::exchange(channel.waiting, {})) admit(*session);
  }
}

void Channels::on_pattern_message(std::string_view channel_name, std::string_view payload) {
  const auto account = account_of(channel_name);
  if (!account || is_place(payload) || !channels_.contains(Subscriber::kAllEvents)) return;
  held_for_admins_.emplace_back(*account, payload);
  held_bytes_ += payload.size();
  if (held_bytes_ > kHeldBytesMax) {
    held_for_admins_.clear();
    held_bytes_ = 0;
    resync_all(channels_.find(Subscriber::kAllEvents)->second);
  } else {
    serve_admins();
  }
}

void Channels::tenant_known(int64_t account_id, const std::string& tenant_id) {
  tenants_[account_id] = tenant_id;
  serve_admins();
}

void Channels::serve_admins() {
  const auto admins = channels_.find(Subscriber::kAllEvents);
  while (!held_for_admins_.empty()) {
    const auto& [account_id, events] = held_for_admins_.front();
    const auto tenant = tenants_.find(account_id);
    if (tenant == tenants_.end()) return owner_.want_tenant(account_id);
    if (admins != channels_.end()) serve_audiences(admins->second, events, tenant->second);
    held_bytes_ -= events.size();
    held_for_admins_.pop_front();
  }
}

}  // namespace dundun
