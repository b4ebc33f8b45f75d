// An SMSC for tests: SMPP 3.4 on 127.0.0.1. It takes what is submitted, keeps it, and sends
// receipts; on request it behaves as badly as real ones do.
#pragma once

#include <atomic>
#include <chrono>
#include <list>
#include <map>
#include <mutex>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include "common/io/smpp.h"

namespace dundun {

class SmscSimulator {
 public:
  struct Behaviour {
    double drop_answers = 0;    // of what it takes: it keeps the message, and never says so
    double receipts_first = 0;  // the receipt leaves before the answer
    double throttled = 0;       // refused with ESME_RTHROTTLED, not taken
    uint32_t refuse_with = 0;   // a status for every submit_sm; 0: none
    // Statuses for the next submits of a number, one a submit; then as otherwise.
    std::map<std::string, std::vector<uint32_t>> answers;
    // A part of submits is refused with one of these, at random.
    double busy = 0;
    std::vector<uint32_t> busy_with;
    bool silent = false;  // answers no submit_sm at all, takes none
    bool receipts = true;
    std::string stat = "DELIVRD";
    double undelivered = 0;  // of what it takes: their receipts say UNDELIV
    std::string err;         // of the receipts; empty: 000, or 034 for a failure
    // How receipts are written: all in the text, all in options, or the text in an option.
    enum class Form { kText, kOptions, kPayload } form = Form::kText;
    bool by_data_sm = false;  // receipts come in data_sm
    // Answers leave after a random time in between: they overtake each other.
    std::chrono::milliseconds answer_after_min{0}, answer_after_max{0};
    // Receipts leave after a random time in between: they overtake each other.
    std::chrono::milliseconds receipt_after_min{5}, receipt_after_max{60};
  };
  struct Taken {
    SmppMessage message;
    std::string id;
    bool answered = true;
    std::string stat;  // of its receipt
  };

  // port 0: any that is free.
  explicit SmscSimulator(Behaviour behaviour, int port = 0, uint32_t seed = 1);
  ~SmscSimulator();

  int port() const { return port_; }
  void behave(const Behaviour& behaviour);
  void disconnect_all();  // cuts the links in the middle of whatever they do
  void send_mo(const SmppMessage& message);
  std::vector<Taken> taken() const;
  size_t taken_count() const;
  size_t receipts_answered() const { return receipts_answered_; }
  size_t receipts_pending() const;  // not sent, or sent and not answered
  // How often a submit for this number came, taken or not.
  int asked(const std::string& destination) const;
  // As it is written now.
  SmppMessage receipt_for(const Taken& taken) const;

 private:
  using Clock = std::chrono::steady_clock;
  struct Link {
    int fd = -1;
    std::string in, out;
    bool bound = false;
    bool receives = false;  // not a transmitter's
    uint32_t sequence = 0;
    std::multimap<Clock::time_point, std::string> answers_due;
    std::map<uint32_t, SmppMessage> unanswered;  // deliver_sm
  };

  void run();
  void accept_link();
  void read_from(Link& link);
  void handle(Link& link, const SmppPdu& pdu);
  void take(Link& link, const SmppPdu& pdu);
  // The status that the submit is refused with; kSmppOk: it is taken.
  uint32_t refusal_of(const std::string& destination);
  void answer(Link& link, const SmppPdu& answer);
  void send_due_answers(Link& link);
  void plan_receipt(const Taken& taken, bool at_once);
  void send_due_receipts();
  void close_link(Link& link);
  bool chance(double part);

  int fd_ = -1;
  int port_ = 0;
  int wake_[2] = {-1, -1};
  mutable std::mutex mutex_;
  Behaviour behaviour_;
  std::mt19937 random_;
  std::vector<Taken> taken_;
  std::map<std::string, int> asked_;
  std::multimap<Clock::time_point, SmppMessage> to_deliver_;
  std::list<Link> links_;
  bool cut_ = false;
  std::atomic<size_t> receipts_answered_{0};
  std::atomic<bool> stopping_{false};
  std::thread thread_;
};

// A part of a text as it was received: its place and its text in UTF-8.
struct ReceivedPart {
  int reference = 0, part = 1, parts = 1;
  std::string text;
};
ReceivedPart part_of(const SmppMessage& message);

}  // namespace dundun
