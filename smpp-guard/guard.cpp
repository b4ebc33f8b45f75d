#include "smpp-guard/guard.h"

#include <netdb.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cctype>
#include <cerrno>
#include <utility>
#include <vector>

#include "common/base/log.h"
#include "common/io/owned.h"
#include "common/sms/dlr.h"

namespace dundun {
namespace {

using std::chrono::milliseconds;

constexpr int kTickMs = 100;
constexpr std::chrono::seconds kForgetEvery{60};
constexpr milliseconds kAgainAfter{1000};

using Addresses = Owned<addrinfo, freeaddrinfo>;

Addresses look_up(const std::string& host, int port) {
  addrinfo wanted{};
  wanted.ai_socktype = SOCK_STREAM;
  addrinfo* found = nullptr;
  if (getaddrinfo(host.c_str(), std::to_string(port).c_str(), &wanted, &found) != 0) return {};
  return Addresses(found);
}

Result<int> listen_on(const std::string& host, int port) {
  const Addresses at = look_up(host, port);
  if (!at) return fail(ErrorCode::kInvalidRequest, "The guard's address is unknown.");
  const int fd = socket(at->ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  const int yes = 1;
  setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
  if (bind(fd, at->ai_addr, at->ai_addrlen) != 0 || listen(fd, 16) != 0) {
    close(fd);
    return fail(ErrorCode::kUnavailable, "The guard cannot listen on its address.");
  }
  return fd;
}

// -1: not to be reached. Otherwise the connection is under way.
int begin_connection(const std::string& host, int port) {
  const Addresses at = look_up(host, port);
  if (!at) return -1;
  const int fd = socket(at->ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (connect(fd, at->ai_addr, at->ai_addrlen) == 0 || errno == EINPROGRESS) return fd;
  close(fd);
  return -1;
}

// The SMSC's id in a receipt: its option receipted_message_id, or its text. Source: SMPP 3.4
// sections 5.3.2.12 and appendix B.
constexpr uint16_t kReceiptedMessageId = 0x1E;
constexpr uint16_t kMessagePayload = 0x0424;
constexpr uint16_t kMessageState = 0x0427;

// A long receipt's text travels in an option.
std::string receipt_text(const SmppMessage& receipt) {
  const auto payload = receipt.options.find(kMessagePayload);
  return receipt.text.empty() && payload != receipt.options.end() ? payload->second : receipt.text;
}

std::string receipt_id(const SmppMessage& receipt) {
  const auto option = receipt.options.find(kReceiptedMessageId);
  if (option != receipt.options.end()) return smpp_take_c_string(option->second);
  return std::string(receipt_field(receipt_text(receipt), "id:"));
}

// What a receipt without either says is not for us to guess: a word that moves nothing.
std::string word_of_receipt(const SmppMessage& receipt) {
  std::string word = receipt_word(receipt_text(receipt));
  const auto state = receipt.options.find(kMessageState);
  if (word.empty() && state != receipt.options.end() && state->second.size() == 1) {
    word = smpp_state_name(std::to_string(static_cast<unsigned char>(state->second.front())));
  }
  return word.empty() ? "NOSTAT" : word;
}

// Letters and digits only: it goes into an address.
std::string plain(std::string_view text) {
  std::string clean;
  for (const char c : text) {
    if (std::isalnum(static_cast<unsigned char>(c)) != 0) clean += c;
  }
  return clean;
}

bool may_pass(uint32_t status) { return status == kSmppThrottled || status == kSmppQueueFull; }

}  // namespace

Result<std::unique_ptr<Guard>> Guard::create(const GuardSettings& settings) {
  SubmitLog log = TRY(SubmitLog::open(settings.log_path, settings.keep));
  const int listener = TRY(listen_on(settings.listen_host, settings.listen_port));
  std::unique_ptr<Guard> guard(new Guard(settings, std::move(log), listener));
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
    wait_for(link, link.smsc, link.connecting || !link.smsc.out.empty());
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
  if (Clock::now() >= forget_at_) {
    forget_at_ = Clock::now() + kForgetEvery;
    if (!log_.forget_old()) log(LogLevel::kError, "submit_log");
  }
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
}

void Guard::read_side(Link& link, Side& side) {
  char bytes[64 << 10];
  const ssize_t size = recv(side.fd, bytes, sizeof bytes, 0);
  if (size < 0 && (errno == EAGAIN || errno == EINTR)) return;
  if (size <= 0) {
    if (&side == &link.smsc) {
      link.broken = true;
    } else {
      close(std::exchange(side.fd, -1));
    }
    return;
  }
  side.in.append(bytes, static_cast<size_t>(size));
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

void Guard::submit(Link& link, const SmppPdu& pdu, SmppMessage message,
                   const std::string& reference) {
  const SubmitLog::Entry* known = log_.find(reference);
  const auto answer = [&](uint32_t status, const std::string& id) {
    link.kannel.out += smpp_bytes(smpp_answer(pdu, status, smpp_c_string(id)));
  };
  switch (known == nullptr ? SubmitLog::State::kNew : known->state) {
    case SubmitLog::State::kAnswered:
      return answer(known->answer.status, known->answer.smsc_id);
    case SubmitLog::State::kInDoubt:
      return answer(kSmppInDoubt, "");
    case SubmitLog::State::kWaiting:
      return answer(kSmppQueueFull, "");  // "later": the first one's answer may come
    case SubmitLog::State::kNew:
      break;
  }
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
  const Pending& pending = found->second;
  if (may_pass(pdu.status)) {
    log_.not_taken(pending.reference);
  } else {
    log_.answered(pending.reference, {pdu.status, smpp_take_c_string(pdu.body)});
    if (pdu.status != kSmppOk && !pending.given_up) report_failure(pending.reference);
  }
  if (!pending.given_up) link.kannel.out += smpp_bytes(pdu);
  link.pending.erase(found);
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
  const ssize_t sent = send(side.fd, side.out.data(), side.out.size(), MSG_NOSIGNAL);
  if (sent > 0) side.out.erase(0, static_cast<size_t>(sent));
  if (sent < 0 && errno != EAGAIN && errno != EINTR) link.broken = true;
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
  if (!pdu.is(SmppCommand::kDeliverSm)) return false;
  const auto message = smpp_message(pdu.body);
  constexpr uint8_t kKind = 0x3c;
  if (!message || (message->esm_class & kKind) != kEsmReceipt) return false;
  link.held.push_back({pdu, receipt_id(*message), Clock::now() + settings_.answer_max});
  return true;
}

// A receipt for an unknown message goes to Kannel, which may have sent it without us.
void Guard::match_held(Link& link) {
  const auto at = Clock::now();
  for (auto held = link.held.begin(); held != link.held.end();) {
    if (const std::string* reference = log_.reference_of(held->id)) {
      const auto message = smpp_message(held->pdu.body);
      const std::string word = plain(word_of_receipt(*message));
      reports_[++last_report_] = {*reference,     word == "DELIVRD" ? 1 : 2,
                                  "stat:" + word, plain(held->id),
                                  link.number,    held->pdu.sequence};
    } else if (held->until > at) {
      ++held;
      continue;
    } else {
      log(LogLevel::kWarning, "receipt_unknown", {{"id", std::string_view(plain(held->id))}});
      link.kannel.out += smpp_bytes(held->pdu);
    }
    held = link.held.erase(held);
  }
}

void Guard::report_failure(const std::string& reference) {
  const SubmitLog::Entry* entry = log_.find(reference);
  const bool refused = entry != nullptr && entry->state == SubmitLog::State::kAnswered;
  char code[16];
  (void)std::snprintf(code, sizeof code, "0x%08x", refused ? entry->answer.status : kSmppInDoubt);
  constexpr int kNotTaken = 16;
  Report& report = reports_[++last_report_];
  report.reference = reference;
  report.type = kNotTaken;
  report.answer = code;
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
    post_.post(key, report.reference, report.type, report.answer, report.id);
  }
}

void Guard::confirm(const Report& report) {
  for (Link& link : links_) {
    if (link.number != report.link) continue;
    SmppPdu receipt;
    receipt.command = static_cast<uint32_t>(SmppCommand::kDeliverSm);
    receipt.sequence = report.sequence;
    link.smsc.out += smpp_bytes(smpp_answer(receipt, kSmppOk, smpp_c_string("")));
  }
}

}  // namespace dundun
