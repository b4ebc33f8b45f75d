#include "tests/support/smsc_simulator.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstdlib>
#include <ctime>

#include "common/sms/dlr.h"

namespace dundun {
namespace {

using std::chrono::milliseconds;

int listen_on_loopback(int& port) {
  const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const int yes = 1;
  setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  address.sin_port = htons(static_cast<uint16_t>(port));
  socklen_t size = sizeof address;
  if (bind(fd, reinterpret_cast<sockaddr*>(&address), size) != 0 || listen(fd, 16) != 0 ||
      getsockname(fd, reinterpret_cast<sockaddr*>(&address), &size) != 0) {
    std::abort();
  }
  port = ntohs(address.sin_port);
  return fd;
}

std::string stamp() {
  const std::time_t at = std::time(nullptr);
  std::tm utc{};
  gmtime_r(&at, &utc);
  char text[16];
  (void)std::strftime(text, sizeof text, "%y%m%d%H%M", &utc);
  return text;
}

// The alphabet and its extension table. Source: 3GPP TS 23.038 section 6.2.1.
constexpr char32_t kAlphabet[129] =
    U"@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞ\x1bÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    U"¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà";

char32_t extended(uint8_t septet) {
  switch (septet) {
    case 0x0a:
      return U'\f';
    case 0x14:
      return U'^';
    case 0x28:
      return U'{';
    case 0x29:
      return U'}';
    case 0x2f:
      return U'\\';
    case 0x3c:
      return U'[';
    case 0x3d:
      return U'~';
    case 0x3e:
      return U']';
    case 0x40:
      return U'|';
    case 0x65:
      return U'€';
    default:
      return U'?';
  }
}

void append_utf8(std::string& text, char32_t c) {
  if (c < 0x80) {
    text += static_cast<char>(c);
  } else if (c < 0x800) {
    text += static_cast<char>(0xc0 | c >> 6);
    text += static_cast<char>(0x80 | (c & 0x3f));
  } else if (c < 0x10000) {
    text += static_cast<char>(0xe0 | c >> 12);
    text += static_cast<char>(0x80 | (c >> 6 & 0x3f));
    text += static_cast<char>(0x80 | (c & 0x3f));
  } else {
    text += static_cast<char>(0xf0 | c >> 18);
    text += static_cast<char>(0x80 | (c >> 12 & 0x3f));
    text += static_cast<char>(0x80 | (c >> 6 & 0x3f));
    text += static_cast<char>(0x80 | (c & 0x3f));
  }
}

std::string from_gsm7(std::string_view septets) {
  std::string text;
  for (size_t i = 0; i < septets.size(); ++i) {
    const auto septet = static_cast<uint8_t>(septets[i]);
    if (septet == 0x1b && i + 1 < septets.size()) {
      append_utf8(text, extended(static_cast<uint8_t>(septets[++i])));
    } else {
      append_utf8(text, septet < 128 ? kAlphabet[septet] : U'?');
    }
  }
  return text;
}

std::string from_ucs2(std::string_view bytes) {
  std::string text;
  const auto unit = [&](size_t i) {
    return static_cast<char32_t>(static_cast<uint8_t>(bytes[i]) << 8 |
                                 static_cast<uint8_t>(bytes[i + 1]));
  };
  for (size_t i = 0; i + 1 < bytes.size(); i += 2) {
    char32_t c = unit(i);
    if (c >= 0xd800 && c < 0xdc00 && i + 3 < bytes.size()) {
      c = 0x10000 + ((c - 0xd800) << 10) + (unit(i + 2) - 0xdc00);
      i += 2;
    }
    append_utf8(text, c);
  }
  return text;
}

}  // namespace

ReceivedPart part_of(const SmppMessage& message) {
  ReceivedPart part;
  std::string_view bytes = message.text;
  if ((message.esm_class & kEsmUdh) != 0 && bytes.size() > 5) {
    const auto at = [&](size_t i) { return static_cast<int>(static_cast<uint8_t>(bytes[i])); };
    if (at(1) == 0 && at(2) == 3) {
      part.reference = at(3);
      part.parts = at(4);
      part.part = at(5);
    }
    bytes.remove_prefix(static_cast<size_t>(at(0)) + 1);
  }
  constexpr uint8_t kUcs2 = 0x08;
  part.text = message.data_coding == kUcs2 ? from_ucs2(bytes) : from_gsm7(bytes);
  return part;
}

SmscSimulator::SmscSimulator(Behaviour behaviour, int port, uint32_t seed)
    : port_(port), behaviour_(std::move(behaviour)), random_(seed) {
  fd_ = listen_on_loopback(port_);
  if (pipe2(wake_, O_CLOEXEC | O_NONBLOCK) != 0) std::abort();
  thread_ = std::thread([this] { run(); });
}

SmscSimulator::~SmscSimulator() {
  stopping_ = true;
  (void)!write(wake_[1], "x", 1);
  thread_.join();
  for (Link& link : links_) close(link.fd);
  close(fd_);
  close(wake_[0]);
  close(wake_[1]);
}

void SmscSimulator::behave(const Behaviour& behaviour) {
  std::lock_guard lock(mutex_);
  behaviour_ = behaviour;
}

void SmscSimulator::disconnect_all() {
  std::lock_guard lock(mutex_);
  cut_ = true;
  (void)!write(wake_[1], "x", 1);
}

void SmscSimulator::send_mo(const SmppMessage& message) {
  std::lock_guard lock(mutex_);
  to_deliver_.emplace(Clock::now(), message);
  (void)!write(wake_[1], "x", 1);
}

std::vector<SmscSimulator::Taken> SmscSimulator::taken() const {
  std::lock_guard lock(mutex_);
  return taken_;
}

size_t SmscSimulator::taken_count() const {
  std::lock_guard lock(mutex_);
  return taken_.size();
}

size_t SmscSimulator::receipts_pending() const {
  std::lock_guard lock(mutex_);
  size_t pending = to_deliver_.size();
  for (const Link& link : links_) pending += link.unanswered.size();
  return pending;
}

int SmscSimulator::asked(const std::string& destination) const {
  std::lock_guard lock(mutex_);
  const auto found = asked_.find(destination);
  return found == asked_.end() ? 0 : found->second;
}

bool SmscSimulator::chance(double part) {
  return part > 0 && std::uniform_real_distribution<>(0, 1)(random_) < part;
}

void SmscSimulator::run() {
  while (!stopping_) {
    std::vector<pollfd> waiting{{fd_, POLLIN, 0}, {wake_[0], POLLIN, 0}};
    std::vector<Link*> links;
    {
      std::lock_guard lock(mutex_);
      for (Link& link : links_) {
        waiting.push_back(
            {link.fd, static_cast<short>(POLLIN | (link.out.empty() ? 0 : POLLOUT)), 0});
        links.push_back(&link);
      }
    }
    poll(waiting.data(), waiting.size(), 5);
    char drained[64];
    while (read(wake_[0], drained, sizeof drained) > 0) {
    }
    std::lock_guard lock(mutex_);
    if ((waiting[0].revents & POLLIN) != 0) accept_link();
    for (size_t i = 0; i < links.size(); ++i) {
      if ((waiting[i + 2].revents & (POLLIN | POLLHUP | POLLERR)) != 0) read_from(*links[i]);
    }
    if (cut_) {
      for (Link& link : links_) close_link(link);
      cut_ = false;
    }
    send_due_receipts();
    for (Link& link : links_) {
      send_due_answers(link);
      if (link.fd < 0 || link.out.empty()) continue;
      const ssize_t sent = send(link.fd, link.out.data(), link.out.size(), MSG_NOSIGNAL);
      if (sent > 0) link.out.erase(0, static_cast<size_t>(sent));
    }
    links_.remove_if([](const Link& link) { return link.fd < 0; });
  }
}

void SmscSimulator::accept_link() {
  const int fd = accept4(fd_, nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK);
  if (fd < 0) return;
  links_.emplace_back();
  links_.back().fd = fd;
}

// What the other side has not confirmed goes out again over the next link.
void SmscSimulator::close_link(Link& link) {
  if (link.fd < 0) return;
  close(link.fd);
  link.fd = -1;
  for (auto& [sequence, message] : link.unanswered) to_deliver_.emplace(Clock::now(), message);
  link.unanswered.clear();
}

void SmscSimulator::read_from(Link& link) {
  if (link.fd < 0) return;
  char bytes[16384];
  const ssize_t size = recv(link.fd, bytes, sizeof bytes, 0);
  if (size <= 0) return close_link(link);
  link.in.append(bytes, static_cast<size_t>(size));
  while (link.fd >= 0) {
    auto pdu = smpp_take_pdu(link.in);
    if (!pdu) return close_link(link);
    if (!*pdu) return;
    handle(link, **pdu);
  }
}

void SmscSimulator::handle(Link& link, const SmppPdu& pdu) {
  if (pdu.is(SmppCommand::kSubmitSm)) return take(link, pdu);
  if (pdu.is_answer()) {
    auto found = link.unanswered.find(pdu.sequence);
    if (found == link.unanswered.end()) return;
    if ((found->second.esm_class & kEsmReceipt) != 0 && pdu.status == kSmppOk) {
      ++receipts_answered_;
    }
    link.unanswered.erase(found);
    return;
  }
  const bool binds = pdu.is(SmppCommand::kBindTransceiver) || pdu.is(SmppCommand::kBindReceiver) ||
                     pdu.is(SmppCommand::kBindTransmitter);
  if (binds) {
    link.bound = true;
    link.receives = !pdu.is(SmppCommand::kBindTransmitter);
  }
  link.out += smpp_bytes(smpp_answer(pdu, kSmppOk, binds ? smpp_c_string("simulator") : ""));
}

uint32_t SmscSimulator::refusal_of(const std::string& destination) {
  ++asked_[destination];
  if (behaviour_.refuse_with != 0) return behaviour_.refuse_with;
  if (auto& planned = behaviour_.answers[destination]; !planned.empty()) {
    const uint32_t status = planned.front();
    planned.erase(planned.begin());
    return status;
  }
  if (chance(behaviour_.throttled)) return kSmppThrottled;
  if (!chance(behaviour_.busy)) return kSmppOk;
  const size_t last = behaviour_.busy_with.size() - 1;
  return behaviour_.busy_with[std::uniform_int_distribution<size_t>(0, last)(random_)];
}

void SmscSimulator::answer(Link& link, const SmppPdu& answer) {
  const int64_t least = behaviour_.answer_after_min.count();
  const int64_t most = std::max(least, behaviour_.answer_after_max.count());
  const milliseconds after(std::uniform_int_distribution<int64_t>(least, most)(random_));
  link.answers_due.emplace(Clock::now() + after, smpp_bytes(answer));
}

void SmscSimulator::send_due_answers(Link& link) {
  while (!link.answers_due.empty() && link.answers_due.begin()->first <= Clock::now()) {
    link.out += link.answers_due.begin()->second;
    link.answers_due.erase(link.answers_due.begin());
  }
}

void SmscSimulator::take(Link& link, const SmppPdu& pdu) {
  auto message = smpp_message(pdu.body);
  if (!message) return close_link(link);
  if (behaviour_.silent) return;
  if (const uint32_t status = refusal_of(message->destination); status != kSmppOk) {
    return answer(link, smpp_answer(pdu, status, smpp_c_string("")));
  }
  char id[16];
  std::snprintf(id, sizeof id, "%08zx", taken_.size() + 0xa0001);
  const std::string stat = chance(behaviour_.undelivered) ? "UNDELIV" : behaviour_.stat;
  taken_.push_back({*std::move(message), id, !chance(behaviour_.drop_answers), stat});
  const bool first = chance(behaviour_.receipts_first);
  if (behaviour_.receipts && (taken_.back().message.registered_delivery & 1) != 0) {
    plan_receipt(taken_.back(), first);
    if (first) send_due_receipts();
  }
  if (taken_.back().answered) answer(link, smpp_answer(pdu, kSmppOk, smpp_c_string(id)));
}

SmppMessage SmscSimulator::receipt_for(const Taken& taken) const {
  SmppMessage receipt;
  receipt.source = taken.message.destination;
  receipt.source_ton = taken.message.destination_ton;
  receipt.source_npi = taken.message.destination_npi;
  receipt.destination = taken.message.source;
  receipt.destination_ton = taken.message.source_ton;
  receipt.destination_npi = taken.message.source_npi;
  receipt.esm_class = kEsmReceipt;
  const bool delivered = taken.stat == "DELIVRD";
  const std::string usual = delivered ? "000" : "034";
  const std::string err = behaviour_.err.empty() ? usual : behaviour_.err;
  const std::string text = "id:" + taken.id + " sub:001 dlvrd:" + (delivered ? "001" : "000") +
                           " submit date:" + stamp() + " done date:" + stamp() +
                           " stat:" + taken.stat + " err:" + err + " text:";
  if (behaviour_.form == Behaviour::Form::kText && !behaviour_.by_data_sm) {
    receipt.text = text;
    return receipt;
  }
  receipt.options[0x1E] = smpp_c_string(taken.id);
  if (behaviour_.form != Behaviour::Form::kOptions) {
    receipt.options[0x0424] = text;
    return receipt;
  }
  for (int state = 0; state <= 9; ++state) {
    if (smpp_state_name(std::to_string(state)) != taken.stat) continue;
    receipt.options[0x0427] = std::string(1, static_cast<char>(state));
  }
  const int code = std::atoi(err.c_str());
  constexpr char kGsm = 3;
  receipt.options[0x0423] = {kGsm, static_cast<char>(code >> 8), static_cast<char>(code)};
  return receipt;
}

void SmscSimulator::plan_receipt(const Taken& taken, bool at_once) {
  const auto spread = behaviour_.receipt_after_max - behaviour_.receipt_after_min;
  const auto after =
      behaviour_.receipt_after_min +
      milliseconds(std::uniform_int_distribution<int64_t>(0, spread.count())(random_));
  to_deliver_.emplace(at_once ? Clock::time_point() : Clock::now() + after, receipt_for(taken));
}

void SmscSimulator::send_due_receipts() {
  Link* link = nullptr;
  for (Link& one : links_) {
    if (one.fd >= 0 && one.bound && one.receives) link = &one;
  }
  if (link == nullptr) return;
  while (!to_deliver_.empty() && to_deliver_.begin()->first <= Clock::now()) {
    const SmppMessage& message = to_deliver_.begin()->second;
    const bool is_receipt = (message.esm_class & kEsmReceipt) != 0;
    const bool by_data = behaviour_.by_data_sm && is_receipt;
    const auto command = by_data ? SmppCommand::kDataSm : SmppCommand::kDeliverSm;
    SmppPdu pdu{static_cast<uint32_t>(command), kSmppOk, ++link->sequence,
                by_data ? smpp_data_body(message) : smpp_body(message)};
    link->out += smpp_bytes(pdu);
    link->unanswered.emplace(pdu.sequence, std::move(to_deliver_.begin()->second));
    to_deliver_.erase(to_deliver_.begin());
  }
}

}  // namespace dundun
