#include "smpp-guard/guard.h"

#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cctype>
#include <cerrno>
#include <charconv>
#include <optional>
#include <utility>
#include <vector>

#include "common/base/log.h"
#include "common/sms/dlr.h"
#include "smpp-guard/sockets.h"

namespace dundun {
namespace {

using std::chrono::milliseconds;

constexpr int kTickMs = 100;
constexpr std::chrono::seconds kForgetEvery{60};
constexpr milliseconds kAgainAfter{1000};

// Letters and digits only: it goes into an address.
std::string plain(std::string_view text) {
  std::string clean;
  for (const char c : text) {
    if (std::isalnum(static_cast<unsigned char>(c)) != 0) clean += c;
  }
  return clean;
}

// UNIX time; nullopt: the submit does not say.
std::optional<int64_t> first_submit_of(const SmppMessage& message) {
  const auto option = message.options.find(kFirstSubmitTag);
  if (option == message.options.end()) return std::nullopt;
  const std::string text = smpp_take_c_string(option->second);
  int64_t at_s = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), at_s);
  const bool good = error == std::errc() && end == text.data() + text.size();
  return good ? std::optional(at_s) : std::nullopt;
}

}  // namespace

Result<std::unique_ptr<Guard>> Guard::create(const GuardSettings& settings) {
  SubmitLog log = TRY(SubmitLog::open(settings.log_path, settings.log));
  const int listener = TRY(listen_on(settings.listen_host, settings.listen_port));
  std::optional<TlsSettings> tls;
  if (settings.tls) {
    auto made = TlsSettings::create(settings.tls_ca_file, settings.tls_own_file);
    if (!made) return std::move(made).error();
    tls.emplace(*std::move(made));
  }
  std::unique_ptr<Guard> guard(new Guard(settings, std::move(log), std::move(tls), listener));
  // An earlier process may have died before it could tell.
  for (const std::string& reference : guard->log_.failed()) guard->report_failure(reference);
  return guard;
}

void Guard::run_once() {
  std::vector<pollfd> waiting{{listener_, POLLIN, 0}, {post_.wake_fd(), POLLIN, 0}};
  std::vector<std::pair<Link*, Side*>> sides;
  const auto wait_for = [&](Link& link, Side& side, bool writes) {
    waiting.push_back({side.fd, static_cast<short>(POLLIN | (writes ? POLLOUT : 0)), 0});
    sides.emplace_back(&link, &side);
  };
  for (Link& link : links_) {
    wait_for(link, link.kannel, !link.kannel.out.empty());
    const bool handshakes = link.smsc.tls && link.smsc.tls->wants_write();
    wait_for(link, link.smsc, link.connecting || handshakes || !link.smsc.out.empty());
  }
  poll(waiting.data(), waiting.size(), kTickMs);
  if ((waiting[0].revents & POLLIN) != 0) accept_link();
  for (size_t i = 0; i < sides.size(); ++i) {
    auto [link, side] = sides[i];
    const short events = waiting[i + 2].revents;
    if (side == &link->smsc && (events & POLLOUT) != 0) link->connecting = false;
    if ((events & (POLLIN | POLLHUP | POLLERR)) != 0) read_side(*link, *side);
  }
  for (Link& link : links_) {
    give_up_late(link);
    match_held(link);
  }
  bring_reports();
  // The intent is on the disk before the first byte leaves.
  if (auto written = log_.flush(); !written) {
    log(LogLevel::kError, "submit_log", {{"detail", std::string_view(written.error().detail)}});
    for (Link& link : links_) link.broken = true;
  }
  for (Link& link : links_) {
    write_side(link, link.kannel);
    if (!link.connecting) write_side(link, link.smsc);
  }
  end_broken();
  forget_old();
}

void Guard::forget_old() {
  const auto at = Clock::now();
  if (at < forget_at_) return;
  forget_at_ = at + kForgetEvery;
  if (!log_.forget_old()) log(LogLevel::kError, "submit_log");
  const auto long_ago = at - 2 * settings_.busy_max;
  std::erase_if(busy_since_, [&](const auto& one) { return one.second < long_ago; });
}

void Guard::accept_link() {
  const int fd = accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK);
  if (fd < 0) return;
  const int smsc = begin_connection(settings_.smsc_host, settings_.smsc_port);
  if (smsc < 0) {
    close(fd);
    return;
  }
  Link& link = links_.emplace_back();
  link.number = ++last_link_;
  link.kannel.fd = fd;
  link.smsc.fd = smsc;
  if (tls_) link.smsc.tls = std::make_unique<TlsStream>(*tls_, smsc, settings_.smsc_host);
}

ssize_t Guard::Side::receive(char* bytes, size_t size) {
  return tls ? tls->read(bytes, size) : recv(fd, bytes, size, 0);
}

ssize_t Guard::Side::transmit() {
  return tls ? tls->write(out) : send(fd, out.data(), out.size(), MSG_NOSIGNAL);
}

void Guard::read_side(Link& link, Side& side) {
  char bytes[64 << 10];
  do {
    const ssize_t size = side.receive(bytes, sizeof bytes);
    if (size < 0 && (errno == EAGAIN || errno == EINTR)) return;
    if (size <= 0) {
      if (side.tls) {
        log(LogLevel::kWarning, "tls_ended", {{"detail", std::string_view(side.tls->why())}});
      }
      if (&side == &link.smsc) {
        link.broken = true;
      } else {
        close(std::exchange(side.fd, -1));
      }
      return;
    }
    side.in.append(bytes, static_cast<size_t>(size));
    take_pdus(link, side);
  } while (!link.broken && side.tls && side.tls->has_more());
}

void Guard::take_pdus(Link& link, Side& side) {
  while (!link.broken) {
    auto pdu = smpp_take_pdu(side.in);
    if (!pdu) link.broken = true;
    if (!pdu || !*pdu) return;
    if (&side == &link.kannel) {
      from_kannel(link, **std::move(pdu));
    } else {
      from_smsc(link, **pdu);
    }
  }
}

void Guard::from_kannel(Link& link, SmppPdu pdu) {
  if (pdu.is(SmppCommand::kSubmitSm)) {
    if (auto message = smpp_message(pdu.body)) {
      const auto option = message->options.find(kReferenceTag);
      if (option != message->options.end()) {
        const std::string reference = smpp_take_c_string(option->second);
        message->options.erase(option);
        return submit(link, pdu, *std::move(message), reference);
      }
    }
  }
  link.smsc.out += smpp_bytes(pdu);
}

bool Guard::answer_known(Link& link, const SmppPdu& pdu, const std::string& reference,
                         const SmppMessage& message) {
  const SubmitLog::Entry* known = log_.find(reference);
  const auto answer = [&](uint32_t status, const std::string& id) {
    link.kannel.out += smpp_bytes(smpp_answer(pdu, status, smpp_c_string(id)));
    return true;
  };
  switch (known == nullptr ? SubmitLog::State::kNew : known->state) {
    case SubmitLog::State::kAnswered: {
      const bool taken = known->answer.status == kSmppOk;
      const auto meaning = taken ? SmppMeaning::kTaken : SmppMeaning::kPermanent;
      return answer(status_for_kannel(meaning, known->answer.status), known->answer.smsc_id);
    }
    case SubmitLog::State::kInDoubt:
      return answer(kSmppInDoubt, "");
    case SubmitLog::State::kWaiting:
      return answer(kSmppQueueFull, "");  // "later": the first one's answer may come
    case SubmitLog::State::kNew:
      break;
  }
  const std::optional<int64_t> first_s = first_submit_of(message);
  if (!first_s || !log_.may_have_forgotten(*first_s)) return false;
  report_failure(reference);
  return answer(kSmppInDoubt, "");
}

void Guard::submit(Link& link, const SmppPdu& pdu, SmppMessage message,
                   const std::string& reference) {
  if (answer_known(link, pdu, reference, message)) return;
  message.options.erase(kFirstSubmitTag);
  constexpr uint8_t kFinalOutcome = 1;  // Kannel asks for no receipt: they are ours
  message.registered_delivery = kFinalOutcome;
  log_.sent(reference);
  link.pending[pdu.sequence] = {reference,
                                Clock::now() + settings_.answer_max,
                                false,
                                {pdu.command, pdu.status, pdu.sequence, {}}};
  link.smsc.out += smpp_bytes({pdu.command, pdu.status, pdu.sequence, smpp_body(message)});
}

void Guard::from_smsc(Link& link, const SmppPdu& pdu) {
  const bool answers_submit =
      pdu.command == (static_cast<uint32_t>(SmppCommand::kSubmitSm) | kSmppAnswer) ||
      pdu.is(SmppCommand::kGenericNack);
  const auto found = answers_submit ? link.pending.find(pdu.sequence) : link.pending.end();
  if (found == link.pending.end()) {
    if (hold_receipt(link, pdu)) return;
    link.kannel.out += smpp_bytes(pdu);
    return;
  }
  take_answer(link, found->second, pdu);
  link.pending.erase(found);
}

// What was given up has been reported as failed: it must not leave again, even if the SMSC says
// now that it never took it.
void Guard::take_answer(Link& link, const Pending& pending, const SmppPdu& pdu) {
  SmppMeaning meaning = settings_.statuses.meaning(pdu.status);
  if (meaning == SmppMeaning::kUnknown) note_unknown_status(pdu.status);
  const bool busy = meaning == SmppMeaning::kTemporary || meaning == SmppMeaning::kThrottled;
  if (busy && !pending.given_up && !busy_too_long(pending.reference)) {
    log_.not_taken(pending.reference);
  } else {
    if (busy) meaning = SmppMeaning::kPermanent;
    busy_since_.erase(pending.reference);
    log_.answered(pending.reference, {pdu.status, smpp_take_c_string(pdu.body)});
    if (meaning != SmppMeaning::kTaken && !pending.given_up) report_failure(pending.reference);
  }
  if (pending.given_up) return;
  const uint32_t status = status_for_kannel(meaning, pdu.status);
  link.kannel.out += smpp_bytes(
      status == pdu.status ? pdu : smpp_answer(pending.request, status, smpp_c_string("")));
}

bool Guard::busy_too_long(const std::string& reference) {
  const auto at = Clock::now();
  const auto since = busy_since_.emplace(reference, at).first->second;
  return at - since >= settings_.busy_max;
}

void Guard::note_unknown_status(uint32_t status) {
  constexpr size_t kNotedMax = 100;
  if (unknown_statuses_.size() >= kNotedMax || !unknown_statuses_.insert(status).second) return;
  log(LogLevel::kWarning, "status_unknown", {{"status", std::string_view(smpp_code_text(status))}});
}

void Guard::give_up_late(Link& link) {
  const auto at = Clock::now();
  for (auto& [sequence, pending] : link.pending) {
    if (pending.given_up || pending.until > at) continue;
    pending.given_up = true;
    log_.in_doubt(pending.reference);
    report_failure(pending.reference);
    link.kannel.out += smpp_bytes(smpp_answer(pending.request, kSmppInDoubt, smpp_c_string("")));
  }
}

void Guard::write_side(Link& link, Side& side) {
  if (side.fd < 0) side.out.clear();
  if (link.broken || side.out.empty()) return;
  const ssize_t sent = side.transmit();
  if (sent > 0) side.out.erase(0, static_cast<size_t>(sent));
  if (sent > 0 || (sent < 0 && (errno == EAGAIN || errno == EINTR))) return;
  if (side.tls) {
    log(LogLevel::kError, "tls_refused", {{"detail", std::string_view(side.tls->why())}});
  }
  link.broken = true;
}

void Guard::end_broken() {
  for (Link& link : links_) {
    // Without Kannel the link lasts until what was sent over it is answered: its repeats ask for
    // it.
    if (link.kannel.fd < 0 &&
        std::ranges::all_of(link.pending, [](const auto& one) { return one.second.given_up; })) {
      link.broken = true;
    }
    if (!link.broken) continue;
    for (const auto& [sequence, pending] : link.pending) {
      if (pending.given_up) continue;
      log_.in_doubt(pending.reference);
      report_failure(pending.reference);
    }
    // What was not confirmed comes again over the next link.
    std::erase_if(reports_, [&](const auto& one) { return one.second.link == link.number; });
    close(link.kannel.fd);
    close(link.smsc.fd);
  }
  links_.remove_if([](const Link& link) { return link.broken; });
}

bool Guard::hold_receipt(Link& link, const SmppPdu& pdu) {
  std::optional<SmscReceipt> receipt = receipt_of(pdu);
  if (!receipt) return false;
  link.held.push_back({pdu, *std::move(receipt), Clock::now() + settings_.answer_max});
  return true;
}

// A receipt for an unknown message goes to Kannel, which may have sent it without us.
void Guard::match_held(Link& link) {
  const auto at = Clock::now();
  for (auto held = link.held.begin(); held != link.held.end();) {
    const SmscReceipt& receipt = held->receipt;
    if (const std::string* reference = log_.reference_of(receipt.id)) {
      const std::string word = normalize_dlr_word(receipt.word);
      const std::string id = plain(receipt.id);
      if (word == "NOSTAT")
        log(LogLevel::kError, "receipt_no_state", {{"id", std::string_view(id)}});
      reports_[++last_report_] = {
          *reference,  word == "DELIVRD" ? 1 : 2, "stat:" + word,    id, receipt.error,
          link.number, held->pdu.command,         held->pdu.sequence};
    } else if (held->until > at) {
      ++held;
      continue;
    } else {
      log(LogLevel::kWarning, "receipt_unknown", {{"id", std::string_view(plain(receipt.id))}});
      link.kannel.out += smpp_bytes(held->pdu);
    }
    held = link.held.erase(held);
  }
}

void Guard::report_failure(const std::string& reference) {
  const SubmitLog::Entry* entry = log_.find(reference);
  const bool refused = entry != nullptr && entry->state == SubmitLog::State::kAnswered;
  constexpr int kNotTaken = 16;
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
