// Stands between Kannel and an SMSC and passes SMPP on, except that no message goes to the SMSC
// twice. Kannel sends again whatever had no answer when a link broke or it was killed; here such a
// repeat gets the first submit's answer, or is refused as in doubt.
//
// A message is known by the reference in its option kReferenceTag, which goes no further. A submit
// without one is passed on as it is.
#pragma once

#include <chrono>
#include <list>
#include <string>
#include <unordered_map>

#include "common/io/smpp.h"
#include "smpp-guard/submit_log.h"

namespace dundun {

inline constexpr uint16_t kReferenceTag = 0x1E00;  // of those left to vendors
// What a submit is refused with if nobody knows whether the SMSC took it.
inline constexpr uint32_t kSmppInDoubt = 0x400;

struct GuardSettings {
  std::string listen_host = "127.0.0.1";
  int listen_port = 0;
  std::string smsc_host;
  int smsc_port = 0;
  std::string log_path;
  // Without an answer by then, the submit is in doubt.
  std::chrono::milliseconds answer_max{30'000};
  std::chrono::seconds keep{6 * 3600};
};

class Guard {
 public:
  static Result<Guard> create(const GuardSettings& settings);
  Guard(Guard&& other) = default;

  // One round: waits up to 100 ms for something to do.
  void run_once();

 private:
  using Clock = std::chrono::steady_clock;
  struct Side {
    int fd = -1;
    std::string in, out;
  };
  struct Pending {
    std::string reference;
    Clock::time_point until;
    bool given_up = false;  // Kannel has been told
    SmppPdu request;        // its header
  };
  // Kannel's link and the one to the SMSC that was opened for it.
  struct Link {
    Side kannel, smsc;
    bool connecting = true;
    bool broken = false;
    std::unordered_map<uint32_t, Pending> pending;  // by sequence number
  };

  Guard(const GuardSettings& settings, SubmitLog log, int listener)
      : settings_(settings), log_(std::move(log)), listener_(listener) {}
  void accept_link();
  void read_side(Link& link, Side& side);
  void from_kannel(Link& link, SmppPdu pdu);
  void submit(Link& link, const SmppPdu& pdu, SmppMessage message, const std::string& reference);
  void from_smsc(Link& link, const SmppPdu& pdu);
  void give_up_late(Link& link);
  void write_side(Link& link, Side& side);
  void end_broken();

  GuardSettings settings_;
  SubmitLog log_;
  int listener_;
  std::list<Link> links_;
  Clock::time_point forget_at_{};
};

}  // namespace dundun
