// Passes SMPP on between Kannel and an SMSC, and makes sure that no message goes to the SMSC twice.
// When a link breaks or Kannel is killed, Kannel sends again every submit that had no answer. The
// guard answers such a repeat with the first submit's answer, or refuses it as in doubt.
//
// A message is known by the reference in its option kReferenceTag, which is not sent on. A submit
// without this option is passed on as it is. The option kFirstSubmitTag says since when the message
// may have been submitted: what the guard may have forgotten since is refused as in doubt.
//
// What is final here is final to Kannel, which submits again without end what it takes for
// temporary (common/io/smpp_status.h): a status that Kannel would repeat is answered as another.
//
// The guard brings receipts to our API, and confirms them to the SMSC once our API has taken them.
// So no receipt is lost if a process dies. A receipt that comes before the answer to its submit
// waits for that answer. If none comes, it may end the doubt of that submit (smpp-guard/doubts.h):
// our API hears of a doubt only when no receipt has ended it for a while.
#pragma once

#include <chrono>
#include <list>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <unordered_map>

#include "common/io/smpp.h"
#include "common/io/smpp_status.h"
#include "common/io/tls_stream.h"
#include "smpp-guard/doubts.h"
#include "smpp-guard/receipt.h"
#include "smpp-guard/receipt_post.h"
#include "smpp-guard/submit_log.h"

namespace dundun {

inline constexpr uint16_t kReferenceTag = 0x1E00;  // those for vendors
inline constexpr uint16_t kFirstSubmitTag = 0x1E01;
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
  // A message that the SMSC does not take for this long, because it is busy, is refused.
  std::chrono::milliseconds busy_max{600'000};
  // What is in doubt for this long, without a receipt, has failed. Not longer than log.keep.
  std::chrono::seconds doubt_max{3600};
  SubmitLog::Limits log;
  SmppStatuses statuses;
  // The link to the SMSC is TLS (common/io/tls_stream.h).
  bool tls = false;
  std::string tls_ca_file, tls_own_file;  // or empty
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
    std::unique_ptr<TlsStream> tls{};  // null: plain
    ssize_t receive(char* bytes, size_t size);
    ssize_t transmit();
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
    SmscReceipt receipt;
    Clock::time_point until;
    int64_t came_s;  // UNIX time
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
    std::string answer, id, error;
    uint64_t link = 0;
    uint32_t command = 0, sequence = 0;  // of the PDU to confirm
    Clock::time_point again{};           // when to bring it again
    bool under_way = false;
  };

  Guard(const GuardSettings& settings, SubmitLog log, std::optional<TlsSettings> tls, int listener)
      : settings_(settings),
        tls_(std::move(tls)),
        log_(std::move(log)),
        post_(settings.receipts_url),
        listener_(listener) {}
  void accept_link();
  void read_side(Link& link, Side& side);
  void take_pdus(Link& link, Side& side);
  void from_kannel(Link& link, SmppPdu pdu);
  // Answers a message that is known already, or may be. False: it is new.
  bool answer_known(Link& link, const SmppPdu& pdu, const std::string& reference,
                    const SmppMessage& message);
  // sent_s: the earliest time at which it may have gone (UNIX time); by default, as the log says.
  void begin_doubt(const std::string& reference, std::optional<int64_t> sent_s = std::nullopt);
  void end_late_doubts();
  void submit(Link& link, const SmppPdu& pdu, SmppMessage message, const std::string& reference);
  void from_smsc(Link& link, const SmppPdu& pdu);
  void take_answer(Link& link, const Pending& pending, const SmppPdu& pdu);
  // Whether the SMSC has been busy for this message for too long.
  bool busy_too_long(const std::string& reference);
  void note_unknown_status(uint32_t status);
  void give_up_late(Link& link);
  void write_side(Link& link, Side& side);
  void end_broken();
  bool hold_receipt(Link& link, const SmppPdu& pdu);
  void match_held(Link& link);
  // The submit that the receipt is of. Empty: not known, or not yet.
  std::string reference_of(const Held& held);
  void report_receipt(const Link& link, const Held& held, const std::string& reference);
  void report_failure(const std::string& reference);
  void bring_reports();
  void confirm(const Report& report);
  void forget_old();

  GuardSettings settings_;
  std::optional<TlsSettings> tls_;
  SubmitLog log_;
  Doubts doubts_;
  ReceiptPost post_;
  int listener_;
  std::list<Link> links_;
  uint64_t last_link_ = 0;
  uint64_t last_report_ = 0;
  std::unordered_map<uint64_t, Report> reports_;
  std::unordered_map<std::string, Clock::time_point> busy_since_;  // by reference
  std::set<uint32_t> unknown_statuses_;                            // that were logged
  Clock::time_point forget_at_{}, doubts_at_{};
};

}  // namespace dundun
