// Stands between Kannel and an SMSC and passes SMPP on, except that no message goes to the SMSC
// twice. Kannel sends again whatever had no answer when a link broke or it was killed; here such a
// repeat gets the first submit's answer, or is refused as in doubt.
//
// A message is known by the reference in its option kReferenceTag, which goes no further. A submit
// without one is passed on as it is.
//
// Receipts are brought to our API from here, and confirmed to the SMSC when that has taken them:
// one that comes before the answer to its submit waits for it, and none is lost with a process.
#pragma once

#include <chrono>
#include <list>
#include <memory>
#include <string>
#include <unordered_map>

#include "common/io/smpp.h"
#include "smpp-guard/receipt_post.h"
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
  std::string receipts_url;
  // Without an answer by then, the submit is in doubt.
  std::chrono::milliseconds answer_max{30'000};
  std::chrono::seconds keep{6 * 3600};
};

class Guard {
 public:
  static Result<std::unique_ptr<Guard>> create(const GuardSettings& settings);

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
  // A receipt whose message is not known (yet).
  struct Held {
    SmppPdu pdu;
    std::string id;
    Clock::time_point until;
  };
  // Kannel's link and the one to the SMSC that was opened for it.
  struct Link {
    uint64_t number = 0;
    Side kannel, smsc;
    bool connecting = true;
    bool broken = false;
    std::unordered_map<uint32_t, Pending> pending;  // by sequence number
    std::list<Held> held;
  };
  // On its way to our API. A receipt is confirmed to its link; a refusal has none.
  struct Report {
    std::string reference;
    int type = 0;
    std::string answer, id;
    uint64_t link = 0;
    uint32_t sequence = 0;
    Clock::time_point again{};  // when it is to be brought once more
    bool under_way = false;
  };

  Guard(const GuardSettings& settings, SubmitLog log, int listener)
      : settings_(settings),
        log_(std::move(log)),
        post_(settings.receipts_url),
        listener_(listener) {}
  void accept_link();
  void read_side(Link& link, Side& side);
  void from_kannel(Link& link, SmppPdu pdu);
  void submit(Link& link, const SmppPdu& pdu, SmppMessage message, const std::string& reference);
  void from_smsc(Link& link, const SmppPdu& pdu);
  void give_up_late(Link& link);
  void write_side(Link& link, Side& side);
  void end_broken();
  bool hold_receipt(Link& link, const SmppPdu& pdu);
  void match_held(Link& link);
  void report_failure(const std::string& reference);
  void bring_reports();
  void confirm(const Report& report);

  GuardSettings settings_;
  SubmitLog log_;
  ReceiptPost post_;
  int listener_;
  std::list<Link> links_;
  uint64_t last_link_ = 0;
  uint64_t last_report_ = 0;
  std::unordered_map<uint64_t, Report> reports_;
  Clock::time_point forget_at_{};
};

}  // namespace dundun
