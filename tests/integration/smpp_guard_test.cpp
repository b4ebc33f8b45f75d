// smpp-guard as a program, between an ESME of ours and an SMSC that plays: what it passes, answers
// and reports. What Kannel makes of it: kannel_test, kannel_chaos_test.
#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

#include <chrono>
#include <fstream>
#include <iterator>
#include <map>
#include <memory>

#include "common/io/smpp_status.h"
#include "smpp-guard/guard.h"
#include "tests/support/http_stand_in.h"
#include "tests/support/kannel.h"
#include "tests/support/process.h"
#include "tests/support/smsc_simulator.h"
#include "tests/support/stack.h"
#include "tests/support/wait.h"

namespace dundun {
namespace smpp_guard_test {

using std::chrono::milliseconds;
using Form = SmscSimulator::Behaviour::Form;

int64_t unix_now() { return unix_micros(now()) / 1'000'000; }

// One link of an ESME: asks, and answers what it is asked.
class Esme {
 public:
  explicit Esme(int port, SmppCommand bind = SmppCommand::kBindTransceiver) {
    fd_ = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    address.sin_port = htons(static_cast<uint16_t>(port));
    EXPECT_TRUE(wait_until(
        [&] { return connect(fd_, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0; }));
    const timeval patience{.tv_sec = 5, .tv_usec = 0};
    setsockopt(fd_, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    const SmppPdu answer = call({static_cast<uint32_t>(bind), 0, 0, bind_body()});
    bound_ = answer.command != 0 && answer.status == kSmppOk;
  }
  ~Esme() { close(fd_); }
  bool bound() const { return bound_; }

  // The answer to a request, or a PDU of command 0 if none comes in time.
  SmppPdu call(SmppPdu request) {
    request.sequence = ++sequence_;
    const std::string bytes = smpp_bytes(request);
    EXPECT_EQ(send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL), std::ssize(bytes));
    while (true) {
      auto pdu = smpp_take_pdu(in_);
      if (!pdu) return {};
      if (*pdu && (**pdu).is_answer() && (**pdu).sequence == sequence_) return **pdu;
      if (*pdu) continue;
      char buffer[4096];
      const ssize_t size = recv(fd_, buffer, sizeof buffer, 0);
      if (size <= 0) return {};
      in_.append(buffer, static_cast<size_t>(size));
    }
  }

  uint32_t submit(const std::string& reference, int64_t first_s = unix_now(),
                  const std::string& to = "") {
    SmppMessage message;
    message.source = "Kijani";
    message.destination = to.empty() ? reference : to;
    message.text = "Gate 4";
    message.options[kReferenceTag] = reference + ".sig";
    if (first_s > 0) message.options[kFirstSubmitTag] = std::to_string(first_s);
    const SmppPdu answer =
        call({static_cast<uint32_t>(SmppCommand::kSubmitSm), 0, 0, smpp_body(message)});
    EXPECT_NE(answer.command, 0u) << "no answer";
    return answer.status;
  }

 private:
  static std::string bind_body() {
    std::string body = smpp_c_string("dundun") + smpp_c_string("smsc") + smpp_c_string("");
    return body + "\x34" + std::string(2, '\0') + smpp_c_string("");
  }
  int fd_ = -1;
  bool bound_ = false;
  uint32_t sequence_ = 0;
  std::string in_;
};

class SmppGuardTest : public testing::Test {
 protected:
  void start(const SmscSimulator::Behaviour& behaviour,
             const std::vector<std::string>& more = {"2"}) {
    prepare(behaviour);
    more_ = more;
    restart();
    ASSERT_TRUE(esme_->bound());
  }
  void prepare(const SmscSimulator::Behaviour& behaviour) {
    static int guards = 0;
    log_ = Stack::shared().folder() + "/guard" + std::to_string(++guards);
    smsc_ = std::make_unique<SmscSimulator>(behaviour);
    smsc_port_ = smsc_->port();
    api_ = std::make_unique<HttpStandIn>([](const HttpStandIn::Seen&) {
      return HttpStandIn::Reply{200, "", ""};
    });
  }
  void restart() {
    esme_.reset();
    guard_.kill_now();
    port_ = free_port();
    std::vector<std::string> command{
        Stack::shared().binary("smpp-guard"), "127.0.0.1:" + std::to_string(port_),
        "127.0.0.1:" + std::to_string(smsc_port_), log_, api_->url() + "/receipt"};
    command.insert(command.end(), more_.begin(), more_.end());
    guard_ = Process({.command = command, .environment = {}, .log = log_ + ".out", .folder = ""});
    esme_ = std::make_unique<Esme>(port_);
  }
  // A certificate for this name that signs itself: its file, and with .all its key too.
  static std::string certificate(const std::string& name) {
    const std::string file = Stack::shared().folder() + "/cert" + std::to_string(free_port());
    const std::string make = "openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=smsc " +
                             ("-addext subjectAltName=" + name) + " -keyout " + file +
                             ".key -out " + file + " && cat " + file + " " + file + ".key >" +
                             file + ".all";
    EXPECT_EQ(run_command({"sh", "-c", make}), 0);
    return file;
  }
  // A TLS server before the SMSC; with `clients` only for who has that certificate.
  void put_tls_before(const std::string& certificate, const std::string& clients = "") {
    smsc_port_ = free_port();
    std::vector<std::string> command{
        "python3", Stack::shared().root() + "/tests/support/tls_proxy.py",
        std::to_string(smsc_port_), std::to_string(smsc_->port()), certificate + ".all"};
    if (!clients.empty()) command.push_back(clients);
    proxy_ = Process({.command = command, .environment = {}, .log = log_ + ".tls", .folder = ""});
    EXPECT_TRUE(wait_until([&] { return port_is_open(smsc_port_); }));
  }
  std::string guard_log() const {
    std::ifstream file(log_ + ".out");
    return {std::istreambuf_iterator<char>(file), {}};
  }
  // What our API was told with these words in the address.
  int told(const std::string& reference, const std::string& words) {
    int times = 0;
    for (const auto& call : api_->seen()) {
      const bool of_this = call.target.find("ref=" + reference + "&") != std::string::npos;
      times += of_this && call.target.find(words) != std::string::npos ? 1 : 0;
    }
    return times;
  }
  void will_tell(const std::string& reference, const std::string& words) {
    EXPECT_TRUE(wait_until([&] { return told(reference, words) > 0; })) << words;
  }

  std::string log_;
  std::vector<std::string> more_;
  int port_ = 0, smsc_port_ = 0;
  Process proxy_;
  std::unique_ptr<SmscSimulator> smsc_;
  std::unique_ptr<HttpStandIn> api_;
  Process guard_;
  std::unique_ptr<Esme> esme_;
};

TEST_F(SmppGuardTest, WhatMayPassIsAskedAgainAndRefusesNothing) {
  SmscSimulator::Behaviour busy;
  busy.answers["a"] = {kSmppSystemError, kSmppReceiverBusy, kSmppQueueFull, kSmppThrottled};
  start(busy);
  for (int i = 0; i < 4; ++i) EXPECT_TRUE(kannel_repeats(esme_->submit("a"))) << i;
  EXPECT_EQ(esme_->submit("a"), kSmppOk);
  EXPECT_EQ(esme_->submit("a"), kSmppOk) << "a repeat";
  EXPECT_EQ(smsc_->asked("a"), 5);
  ASSERT_EQ(smsc_->taken_count(), 1u);
  EXPECT_TRUE(smsc_->taken()[0].message.options.empty());
  EXPECT_EQ(told("a", "type=16"), 0);
}

TEST_F(SmppGuardTest, AFinalRefusalIsFinalToKannelAndAfterARestart) {
  SmscSimulator::Behaviour refuses;
  refuses.answers["a"] = {0x0b};
  refuses.answers["vendor"] = {0x4f1};
  refuses.answers["doubtful"] = {kSmppInDoubt};
  start(refuses);
  EXPECT_EQ(esme_->submit("a"), 0x0bu);
  EXPECT_EQ(esme_->submit("vendor"), 0x4f1u);
  EXPECT_EQ(esme_->submit("doubtful"), kSmppInDoubt);
  will_tell("a", "type=16&answer=status:0x0B&");
  will_tell("vendor", "type=16&answer=status:0x04F1&");
  will_tell("doubtful", "type=16&answer=status:0x0400&");
  restart();
  EXPECT_EQ(esme_->submit("a"), 0x0bu);
  EXPECT_EQ(smsc_->asked("a"), 1);
  EXPECT_EQ(smsc_->taken_count(), 0u);
}

// Kannel would otherwise ask for it for ever, and fill its queue with such messages.
TEST_F(SmppGuardTest, WhatIsRefusedAsBusyForTooLongIsFinal) {
  SmscSimulator::Behaviour busy;
  busy.refuse_with = kSmppSystemError;
  start(busy, {"2", "--busy-s=1"});
  uint32_t last = kSmppQueueFull;
  EXPECT_TRUE(wait_until([&] { return !kannel_repeats(last = esme_->submit("a")); }));
  EXPECT_EQ(last, kSmppSubmitFailed);
  will_tell("a", "type=16&answer=status:0x08&");
  smsc_->behave({});
  const int asked = smsc_->asked("a");
  EXPECT_EQ(esme_->submit("a"), kSmppSubmitFailed);
  restart();
  EXPECT_EQ(esme_->submit("a"), kSmppSubmitFailed) << "not the 0x08 that Kannel repeats";
  EXPECT_EQ(smsc_->asked("a"), asked);
}

// Kannel was told that it is over: it must not leave after all, and its money goes back.
TEST_F(SmppGuardTest, ABusyAnswerAfterTheDoubtMakesNothingNew) {
  SmscSimulator::Behaviour late;
  late.answers["a"] = {kSmppThrottled};
  late.answer_after_min = late.answer_after_max = milliseconds(1500);
  start(late, {"1"});
  EXPECT_EQ(esme_->submit("a"), kSmppInDoubt);
  EXPECT_EQ(esme_->submit("b"), kSmppInDoubt) << "by now the answer to the first is there";
  EXPECT_EQ(esme_->submit("a"), kSmppSubmitFailed);
  will_tell("a", "type=16&answer=status:0x58&");
  EXPECT_EQ(smsc_->asked("a"), 1);
}

SmscSimulator::Behaviour losing_answers() {
  SmscSimulator::Behaviour losing;
  losing.drop_answers = 1;
  return losing;
}

// It arrived, and only the answer was lost: it is paid, and not sent again.
TEST_F(SmppGuardTest, AReceiptEndsTheDoubt) {
  start(losing_answers(), {"1"});
  EXPECT_EQ(esme_->submit("a", unix_now(), "254712345678"), kSmppInDoubt);
  will_tell("a", "type=1&answer=stat:DELIVRD&");
  EXPECT_EQ(esme_->submit("a", unix_now(), "254712345678"), kSmppOk);
  EXPECT_EQ(smsc_->asked("254712345678"), 1);
  EXPECT_EQ(told("a", "type=16"), 0);
  EXPECT_TRUE(wait_until([&] { return smsc_->receipts_answered() == 1; }));
}

TEST_F(SmppGuardTest, AReceiptEndsTheDoubtOfAnEarlierProcess) {
  SmscSimulator::Behaviour losing = losing_answers();
  losing.receipt_after_min = losing.receipt_after_max = milliseconds(2500);
  start(losing, {"1"});
  EXPECT_EQ(esme_->submit("a", unix_now(), "254712345678"), kSmppInDoubt);
  restart();
  will_tell("a", "type=1&answer=stat:DELIVRD&");
  EXPECT_EQ(told("a", "type=16"), 0);
}

// Nobody can say which of the two it is.
TEST_F(SmppGuardTest, AReceiptForOneOfTwoInDoubtEndsNeither) {
  SmscSimulator::Behaviour losing = losing_answers();
  losing.receipt_after_min = losing.receipt_after_max = milliseconds(2500);
  start(losing, {"1", "--doubt-s=5"});
  EXPECT_EQ(esme_->submit("a", unix_now(), "254712345678"), kSmppInDoubt);
  EXPECT_EQ(esme_->submit("b", unix_now(), "254712345678"), kSmppInDoubt);
  for (const char* reference : {"a", "b"}) {
    will_tell(reference, "type=16&answer=doubt&");
    EXPECT_EQ(told(reference, "stat:DELIVRD"), 0);
  }
}

// What was told is not told again, however often the guard starts.
TEST_F(SmppGuardTest, ADoubtThatNoReceiptEndsIsToldOnce) {
  SmscSimulator::Behaviour silent = losing_answers();
  silent.receipts = false;
  start(silent, {"1", "--doubt-s=1"});
  EXPECT_EQ(esme_->submit("a", unix_now(), "254712345678"), kSmppInDoubt);
  EXPECT_EQ(told("a", "type=16"), 0) << "a receipt may still come";
  will_tell("a", "type=16&answer=doubt&");
  EXPECT_EQ(esme_->submit("a"), kSmppInDoubt);
  restart();
  smsc_->behave({});
  EXPECT_EQ(esme_->submit("b"), kSmppOk);
  will_tell("b", "stat:DELIVRD");
  EXPECT_EQ(told("a", "type=16"), 1);
}

TEST_F(SmppGuardTest, WhatMayBeForgottenIsNotTakenForNew) {
  start({}, {"2", "1"});  // kept for 1 s
  const int64_t first_s = unix_now();
  EXPECT_EQ(esme_->submit("a", first_s), kSmppOk);
  EXPECT_TRUE(wait_until([&] { return unix_now() > first_s + 2; }));
  restart();
  EXPECT_EQ(esme_->submit("a", first_s), kSmppInDoubt);
  EXPECT_EQ(smsc_->asked("a"), 1);
  will_tell("a", "type=16&answer=doubt&");
  EXPECT_EQ(esme_->submit("b"), kSmppOk) << "that is new";
  EXPECT_EQ(esme_->submit("c", 0), kSmppOk) << "does not say since when";
}

TEST_F(SmppGuardTest, ALinkMayHaveItsOwnMeaningOfACode) {
  SmscSimulator::Behaviour vendor;
  vendor.answers["a"] = {0x4f1, 0x4f2};
  vendor.answers["b"] = {kSmppSystemError};
  start(vendor,
        {"2", "--status=0x4F1=temporary", "--status=0x4f2=throttled", "--status=0x08=permanent"});
  EXPECT_EQ(esme_->submit("a"), kSmppQueueFull) << "Kannel knows no 0x4F1";
  EXPECT_EQ(esme_->submit("a"), kSmppThrottled);
  EXPECT_EQ(esme_->submit("a"), kSmppOk);
  EXPECT_EQ(esme_->submit("b"), kSmppSubmitFailed);
  will_tell("b", "type=16&answer=status:0x08&");
}

TEST_F(SmppGuardTest, ReceiptsOfEveryFormAreReadAndConfirmed) {
  const std::pair<Form, bool> forms[] = {{Form::kText, false},
                                         {Form::kOptions, false},
                                         {Form::kPayload, false},
                                         {Form::kOptions, true},
                                         {Form::kPayload, true}};
  start({});
  int nth = 0;
  for (const auto& [form, by_data] : forms) {
    SmscSimulator::Behaviour behaviour;
    behaviour.form = form;
    behaviour.by_data_sm = by_data;
    behaviour.stat = "UNDELIV";
    behaviour.err = "027";
    smsc_->behave(behaviour);
    const std::string reference = "m" + std::to_string(++nth);
    ASSERT_EQ(esme_->submit(reference), kSmppOk);
    will_tell(reference, "type=2&answer=stat:UNDELIV&");
    EXPECT_EQ(told(reference, "err=027") + told(reference, "err=27"), 1) << nth;
    EXPECT_TRUE(wait_until([&] { return smsc_->receipts_answered() == size_t(nth); })) << nth;
  }
}

TEST_F(SmppGuardTest, ReceiptsComeOverTheReceiversLink) {
  start({});
  esme_.reset();
  Esme receiver(port_, SmppCommand::kBindReceiver);
  Esme transmitter(port_, SmppCommand::kBindTransmitter);
  EXPECT_EQ(transmitter.submit("a"), kSmppOk);
  will_tell("a", "type=1&answer=stat:DELIVRD&");
  EXPECT_TRUE(wait_until([&] { return smsc_->receipts_answered() == 1; }));
}

TEST_F(SmppGuardTest, TlsToTheSmsc) {
  prepare({});
  const std::string theirs = certificate("IP:127.0.0.1"), ours = certificate("DNS:dundun");
  put_tls_before(theirs, ours);
  more_ = {"2", "--tls", "--tls-ca=" + theirs, "--tls-own=" + ours + ".all"};
  restart();
  ASSERT_TRUE(esme_->bound()) << guard_log();
  for (int i = 0; i < 50; ++i) EXPECT_EQ(esme_->submit("m" + std::to_string(i)), kSmppOk);
  for (int i = 0; i < 50; ++i) will_tell("m" + std::to_string(i), "stat:DELIVRD");
  EXPECT_TRUE(wait_until([&] { return smsc_->receipts_answered() == 50; }));
}

TEST_F(SmppGuardTest, AnSmscThatCannotProveItselfGetsNothing) {
  prepare({});
  const std::string other = certificate("IP:127.0.0.1"), named = certificate("DNS:smsc.example");
  const std::pair<std::string, std::string> wrong[] = {{other, named},   // not the one we trust
                                                       {named, named}};  // of another name
  for (const auto& [theirs, trusted] : wrong) {
    put_tls_before(theirs);
    more_ = {"2", "--tls", "--tls-ca=" + trusted};
    restart();
    EXPECT_FALSE(esme_->bound()) << theirs;
    EXPECT_NE(guard_log().find("tls_"), std::string::npos);
  }
  EXPECT_NE(guard_log().find("IP address mismatch"), std::string::npos) << guard_log();
  more_ = {"2"};
  restart();
  EXPECT_FALSE(esme_->bound()) << "plain to a TLS server";
  EXPECT_EQ(smsc_->taken_count(), 0u);
}

TEST(SmppGuardSettingsTest, WhatCannotBeReadIsRefused) {
  const std::vector<std::string> good{Stack::shared().binary("smpp-guard"), "127.0.0.1:1",
                                      "127.0.0.1:2", "/nonexistent/log", "http://127.0.0.1:1/"};
  for (const char* bad :
       {"--status=0x400", "--status=x=temporary", "--status=0x0=permanent", "--status=0x400=later",
        "--busy-s=0", "--doubt-s=0", "--keep-max=-1", "--nothing=1", "--tls-ca=", "--tls-ca=/x"}) {
    std::vector<std::string> command = good;
    command.emplace_back(bad);
    EXPECT_EQ(run_command(command), 2) << bad;
  }
  EXPECT_EQ(run_command(good), 1) << "its log cannot be written";
  std::vector<std::string> tls = good;
  tls[3] = Stack::shared().folder() + "/guard-settings";
  tls.insert(tls.end(), {"--tls", "--tls-ca=/nonexistent/ca"});
  EXPECT_EQ(run_command(tls), 1) << "whom to trust cannot be read";
}

}  // namespace smpp_guard_test
}  // namespace dundun
