// The part of Guard that tells our API what became of submits: receipts, refusals, doubts.
#include <algorithm>
#include <cctype>

#include "common/base/log.h"
#include "common/sms/dlr.h"
#include "smpp-guard/guard.h"

namespace dundun {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds kAgainAfter{1000};
constexpr std::chrono::seconds kLookAtDoubtsEvery{1};
constexpr int kDelivered = 1, kNotDelivered = 2, kNotTaken = 16;  // as Kannel numbers them

// Letters and digits only: it goes into an address.
std::string plain(std::string_view text) {
  std::string clean;
  for (const char c : text) {
    if (std::isalnum(static_cast<unsigned char>(c)) != 0) clean += c;
  }
  return clean;
}

}  // namespace

void Guard::begin_doubt(const std::string& reference, std::optional<int64_t> sent_s) {
  log_.in_doubt(reference);
  const SubmitLog::Entry* entry = log_.find(reference);
  if (entry == nullptr || entry->state != SubmitLog::State::kInDoubt) return;
  const std::chrono::seconds age(std::max<int64_t>(0, unix_now_s() - entry->at_s));
  // After an outage, what the SMSC has kept for us has to have its turn.
  const auto least = std::max<milliseconds>(settings_.doubt_max / 4, 2 * settings_.answer_max);
  const auto wait = std::max<milliseconds>(settings_.doubt_max - age, least);
  doubts_.open(reference, {entry->recipient, sent_s.value_or(entry->at_s), Clock::now() + wait});
}

void Guard::end_late_doubts() {
  const auto at = Clock::now();
  if (at < doubts_at_) return;
  doubts_at_ = at + kLookAtDoubtsEvery;
  if (links_.empty()) return doubts_.extend(kLookAtDoubtsEvery);
  for (const std::string& reference : doubts_.take_late(at)) report_failure(reference);
}

bool Guard::hold_receipt(Link& link, const SmppPdu& pdu) {
  std::optional<SmscReceipt> receipt = receipt_of(pdu);
  if (!receipt) return false;
  link.held.push_back(
      {pdu, *std::move(receipt), Clock::now() + settings_.answer_max, unix_now_s()});
  return true;
}

// When the receipt has waited, every submit before it has its answer or is in doubt.
std::string Guard::reference_of(const Held& held) {
  if (const std::string* known = log_.reference_of(held.receipt.id)) return *known;
  if (held.until > Clock::now()) return {};
  std::string reference = doubts_.owner(recipient_key(held.receipt.recipient), held.came_s);
  if (reference.empty()) return {};
  doubts_.close(reference);
  log_.answered(reference, {kSmppOk, held.receipt.id});
  log(LogLevel::kInfo, "doubt_ended", {{"id", std::string_view(plain(held.receipt.id))}});
  return reference;
}

// A receipt for an unknown message goes to Kannel, which may have sent it without us.
void Guard::match_held(Link& link) {
  const auto at = Clock::now();
  for (auto held = link.held.begin(); held != link.held.end();) {
    if (const std::string reference = reference_of(*held); !reference.empty()) {
      report_receipt(link, *held, reference);
    } else if (held->until > at) {
      ++held;
      continue;
    } else {
      const std::string id = plain(held->receipt.id);
      log(LogLevel::kWarning, "receipt_unknown", {{"id", std::string_view(id)}});
      link.kannel.out += smpp_bytes(held->pdu);
    }
    held = link.held.erase(held);
  }
}

void Guard::report_receipt(const Link& link, const Held& held, const std::string& reference) {
  const std::string word = normalize_dlr_word(held.receipt.word);
  const std::string id = plain(held.receipt.id);
  if (word == "NOSTAT") {
    log(LogLevel::kError, "receipt_no_state", {{"id", std::string_view(id)}});
  }
  const int type = word == "DELIVRD" ? kDelivered : kNotDelivered;
  reports_[++last_report_] = {reference,          type,        "stat:" + word,   id,
                              held.receipt.error, link.number, held.pdu.command, held.pdu.sequence};
}

void Guard::report_failure(const std::string& reference) {
  const SubmitLog::Entry* entry = log_.find(reference);
  const bool refused = entry != nullptr && entry->state == SubmitLog::State::kAnswered;
  Report& report = reports_[++last_report_];
  report.reference = reference;
  report.type = kNotTaken;
  report.answer = refused ? "status:" + smpp_code_text(entry->answer.status) : "doubt";
}

void Guard::bring_reports() {
  const auto at = Clock::now();
  for (const ReceiptPost::Done& done : post_.take_done()) {
    const auto found = reports_.find(done.key);
    if (found == reports_.end()) continue;
    if (done.taken) {
      confirm(found->second);
      if (found->second.type == kNotTaken) log_.told(found->second.reference);
      reports_.erase(found);
    } else {
      found->second.under_way = false;
      found->second.again = at + kAgainAfter;
    }
  }
  for (auto& [key, report] : reports_) {
    if (report.under_way || report.again > at) continue;
    report.under_way = true;
    post_.post(key, {report.reference, report.type, report.answer, report.id, report.error});
  }
}

void Guard::confirm(const Report& report) {
  for (Link& link : links_) {
    if (link.number != report.link) continue;
    SmppPdu receipt;
    receipt.command = report.command;
    receipt.sequence = report.sequence;
    link.smsc.out += smpp_bytes(smpp_answer(receipt, kSmppOk, smpp_c_string("")));
  }
}

}  // namespace dundun
