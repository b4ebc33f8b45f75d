// Passes SMPP on between Kannel and an SMSC, and makes sure that no message goes to the SMSC twice.
// When a link breaks or Kannel is killed, Kannel sends again every submit that had no answer. The
// guard answers such a repeat with the first submit's answer, or refuses it as in doubt.
//
// A message is known by the reference in its option kReferenceTag, which is not sent on. A submit
// without this option is passed on as it is.
//
// The guard brings receipts to our API, and confirms them to the SMSC once our API has taken them.
// So no receipt is lost if a process dies. A receipt that comes before the answer to its submit
// waits for that answer.
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

inline constexpr uint16_t kReferenceTag = 0x1E00;  // one of those for vendors
// The status of a refused submit that the SMSC may have taken.
inline constexpr uint32_t kSmppInDoubt = 0x400;

struct GuardSettings {
  std::string listen_host = "127.0.0.1";
  int listen_port = 0;
  std::string smsc_host;
  int smsc_port = 0;
  std::string log_path;
  std::string receipts_url;
  // A submit without an answer for this long is in doubt.
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
  // A link from Kannel, and the link to the SMSC that was opened for it.
  struct Link {
    uint64_t number = 0;
    Side kannel, smsc;
    bool connecting = true;
    bool broken = false;
    std::unordered_map<uint32_t, Pending> pending;  // by sequence number
    std::list<Held> held;
  };
  // A receipt or a refusal on its way to our API. A receipt is confirmed on its link; a refusal has
  // no link.
  struct Report {
    std::string reference;
    int type = 0;
    std::string answer, id;
    uint64_t link = 0;
    uint32_t sequence = 0;
    Clock::time_point again{};  // when to bring it again
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
