#include "smpp-guard/guard.h"

#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <optional>
#include <utility>
#include <vector>

#include "common/base/log.h"
#include "smpp-guard/sockets.h"

namespace dundun {
namespace {

constexpr int kTickMs = 100;
constexpr std::chrono::seconds kForgetEvery{60};

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
  for (const std::string& reference : guard->log_.failed()) {
    const bool in_doubt = guard->log_.find(reference)->state == SubmitLog::State::kInDoubt;
    in_doubt ? guard->begin_doubt(reference) : guard->report_failure(reference);
  }
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
  for (Link& link : links_) give_up_late(link);
  for (Link& link : links_) match_held(link);
  end_late_doubts();
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
  // It may have gone at any time since, and its receipt may be here already.
  log_.sent(reference, recipient_key(message.destination));
  begin_doubt(reference, first_s);
  return answer(kSmppInDoubt, "");
}

void Guard::submit(Link& link, const SmppPdu& pdu, SmppMessage message,
                   const std::string& reference) {
  if (answer_known(link, pdu, reference, message)) return;
  message.options.erase(kFirstSubmitTag);
  constexpr uint8_t kFinalOutcome = 1;  // Kannel asks for no receipt: they are ours
  message.registered_delivery = kFinalOutcome;
  log_.sent(reference, recipient_key(message.destination));
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

// What was given up is over for Kannel: it does not leave again, even if the SMSC says now that it
// never took it.
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
    doubts_.close(pending.reference);
    if (meaning != SmppMeaning::kTaken) report_failure(pending.reference);
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
    begin_doubt(pending.reference);
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
      if (!pending.given_up) begin_doubt(pending.reference);
    }
    // What was not confirmed comes again over the next link.
    std::erase_if(reports_, [&](const auto& one) { return one.second.link == link.number; });
    close(link.kannel.fd);
    close(link.smsc.fd);
  }
  links_.remove_if([](const Link& link) { return link.broken; });
}

}  // namespace dundun
