// One WebSocket: its account, the events that it may have, and what waits to be sent. Independent
// of libwebsockets.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "ws-bridge/channels.h"
#include "ws-bridge/frame.h"
#include "ws-bridge/key_lookup.h"

namespace dundun {

class Hub;
class JsonValue;

// RFC 6455 section 7.4.1 and the IANA registry of close codes.
enum class CloseCode : uint16_t {
  kGoingAway = 1001,
  kUnsupportedData = 1003,
  kPolicyViolation = 1008,
  kMessageTooBig = 1009,
  kTryAgainLater = 1013,
};

// What a client asks for; otherwise its way in (cookie or auth frame) decides.
struct StreamWish {
  std::optional<EventKinds> kinds;
  std::optional<Uuid> resume_from;
};
// Reads names of events with commas between, and an event's id evt_…. False: not such a text.
[[nodiscard]] bool wish_events(std::string_view names, StreamWish& wish);
[[nodiscard]] bool wish_resume(std::string_view event_id, StreamWish& wish);

// The connection below a session.
class Socket {
 public:
  virtual ~Socket() = default;
  virtual void want_write() = 0;  // the owner will call Session::take() when it can write
  virtual void abort() = 0;       // ends the connection soon, without a close frame
};

class Session {
 public:
  using Clock = std::chrono::steady_clock;
  struct Goodbye {
    CloseCode code;
    std::string_view reason;  // a literal
  };
  struct Fragment {
    std::string_view bytes;
    bool is_binary;
    bool ends_frame;
    bool ends_message;
  };

  Session(Hub& hub, Socket& socket, uint64_t id, std::string address);
  ~Session();
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;

  // What the query of the upgrade asks for. An auth frame may ask for something else.
  void wish(const StreamWish& wish) { wish_ = wish; }
  // A cookie came with the upgrade.
  void check_cookie(std::string_view token);
  void receive(const Fragment& fragment);
  // The look-up's verdict on this session's credential, and on a recheck of it.
  void decide(const Verdict& verdict);
  void recheck(const Verdict& verdict);
  // From now on the session gets every event of its account.
  void joined();
  void deliver(const Served& served);
  void say_resync();
  void tick(Clock::time_point now);
  void close(Goodbye goodbye);

  // For the writer: first the frames, and when there are none, the goodbye.
  FrameQueue::Batch take(std::string& scratch, size_t bytes_max);
  bool has_frames() const { return !queue_.empty(); }
  const std::optional<Goodbye>& goodbye() const { return goodbye_; }

  uint64_t id() const { return id_; }
  const std::string& address() const { return address_; }
  size_t queued_bytes() const { return queue_.bytes(); }
  bool is_open() const { return phase_ == Phase::kOpen || phase_ == Phase::kJoining; }
  const Credential& credential() const { return credential_; }  // if is_open()

  Seat seat;               // the channels' note on where this session listens
  int64_t seated_for = 0;  // the hub's: the account it counts for

 private:
  enum class Phase {
    kWaiting,   // for the auth frame
    kChecking,  // the lookup has not answered yet
    kJoining,   // granted, waits for the subscription
    kOpen,      // hears its account's events
    kClosing,
  };
  enum class Way { kCookie, kInBand };

  void handle(std::string_view text);
  void handle_auth(const JsonValue& frame);
  void authenticate(Credential credential, Way way);
  void refuse_unknown();
  // Whether the caller may listen, from this session's address.
  Status may_listen(const Caller& caller) const;
  void refuse(std::string_view error, CloseCode code = CloseCode::kPolicyViolation);
  void release_held();
  void say(const Frame& frame);
  void queued(bool fits);
  bool over_frame_rate(Clock::time_point now);

  Hub& hub_;
  Socket& socket_;
  const uint64_t id_;
  const std::string address_;
  Phase phase_ = Phase::kWaiting;
  Way way_ = Way::kCookie;
  bool write_wanted_ = false;
  int frames_in_window_ = 0;
  StreamWish wish_;
  Credential credential_;
  Subscription subscription_;
  std::optional<Instant> expires_at_;  // of the key or the session
  FrameQueue queue_;
  std::string incoming_;           // fragments of the message under way
  std::vector<std::string> held_;  // whole messages that wait for a verdict
  std::optional<Goodbye> goodbye_;
  Clock::time_point opened_at_;
  Clock::time_point window_began_at_;
  Clock::time_point ping_at_;
  Clock::time_point closing_since_{};
};

}  // namespace dundun
