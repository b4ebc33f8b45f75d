#include "tests/support/kannel.h"

#include <arpa/inet.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>

#include "tests/support/seed.h"

namespace dundun {
namespace {

namespace fs = std::filesystem;

bool listens_at(int port) {
  const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  address.sin_port = htons(static_cast<uint16_t>(port));
  const bool up = connect(fd, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0;
  close(fd);
  return up;
}

void require_port(int port, const char* what, const std::string& log) {
  if (wait_until([&] { return listens_at(port); })) return;
  std::cerr << "test stack: " << what << " did not start\n" << std::ifstream(log).rdbuf() << "\n";
  std::abort();
}

}  // namespace

bool port_is_open(int port) { return listens_at(port); }

KannelGateway::KannelGateway(int smsc_port, int callback_port,
                             std::vector<std::string> guard_arguments)
    : smsc_port_(smsc_port),
      callback_port_(callback_port),
      guard_arguments_(std::move(guard_arguments)),
      admin_port_(free_port()),
      smsbox_port_(free_port()),
      sendsms_port_(free_port()),
      guard_port_(free_port()) {
  static int gateways = 0;
  folder_ = Stack::shared().folder() + "/kannel" + std::to_string(++gateways);
  for (const char* name : {"/spool", "/dlr", "/carriers"}) fs::create_directories(folder_ + name);
  std::ofstream(folder_ + "/carriers/kannel")
      << "username=dundun\npassword=p4ssw0rd-of-tests\nsecret=a-secret-of-the-tests\n";
}

KannelGateway::~KannelGateway() {
  smsbox_.kill_now();
  bearerbox_.kill_now();
  guard_.stop();
  if (!std::getenv("DUNDUN_TEST_VERBOSE")) return;
  for (const char* name : {"/guard.log", "/bearerbox.out", "/smsbox.out"}) {
    std::cerr << "== " << name << "\n" << std::ifstream(folder_ + name).rdbuf() << "\n";
  }
}

std::string KannelGateway::sendsms_url() const {
  return "http://127.0.0.1:" + std::to_string(sendsms_port_) + "/cgi-bin/sendsms";
}

void KannelGateway::start() {
  const std::map<std::string, std::string> variables{
      {"ADMIN_PORT", std::to_string(admin_port_)},
      {"ADMIN_PASSWORD", "admin"},
      {"SMSBOX_PORT", std::to_string(smsbox_port_)},
      {"SENDSMS_PORT", std::to_string(sendsms_port_)},
      {"GUARD_PORT", std::to_string(guard_port_)},
      {"DATA", folder_},
      {"LOG", folder_},
      {"USERNAME", "dundun"},
      {"PASSWORD", "p4ssw0rd-of-tests"},
      {"SMSC_USERNAME", "dundun"},
      {"SMSC_PASSWORD", "smsc"},
      {"MO_URL",
       "http://127.0.0.1:" + std::to_string(callback_port_) + "/carrier/kannel/mo-secret/mo"}};
  const int status = run_command({Stack::shared().root() + "/deploy/kannel/configure.sh"},
                                 variables, folder_ + "/kannel.conf");
  if (status != 0) std::abort();
  if (split_) split_links();
  start_guard();
  start_boxes();
}

// As deploy/kannel.md says.
void KannelGateway::split_links() const {
  const std::string path = folder_ + "/kannel.conf";
  std::ifstream file(path);
  std::string text{std::istreambuf_iterator<char>(file), {}};
  const std::string both = "transceiver-mode = true";
  text.replace(text.find(both), both.size(), "transceiver-mode = false");
  const size_t begins = text.find("group = smsc\n");
  const size_t ends = text.find("\n\n", begins) + 2;
  std::string receiver = text.substr(begins, ends - begins);
  receiver.insert(receiver.find("\nport = ") + 1, "receive-");
  std::ofstream(path) << text.insert(ends, receiver);
}

void KannelGateway::start_guard() {
  std::vector<std::string> command{
      Stack::shared().binary("smpp-guard"), "127.0.0.1:" + std::to_string(guard_port_),
      "127.0.0.1:" + std::to_string(smsc_port_), folder_ + "/submits",
      "http://127.0.0.1:" + std::to_string(callback_port_) + "/carrier/kannel/kannel-receipt"};
  command.insert(command.end(), guard_arguments_.begin(), guard_arguments_.end());
  guard_ =
      Process({.command = command, .environment = {}, .log = folder_ + "/guard.log", .folder = ""});
}

void KannelGateway::start_boxes() {
  bearerbox_ = Process({.command = {"/usr/sbin/bearerbox", "-v", "2", folder_ + "/kannel.conf"},
                        .environment = {},
                        .log = folder_ + "/bearerbox.out",
                        .folder = folder_});
  require_port(smsbox_port_, "bearerbox", folder_ + "/bearerbox.out");
  smsbox_ = Process({.command = {"/usr/sbin/smsbox", "-v", "4", folder_ + "/kannel.conf"},
                     .environment = {},
                     .log = folder_ + "/smsbox.out",
                     .folder = folder_});
  require_port(sendsms_port_, "smsbox", folder_ + "/smsbox.out");
}

void KannelGateway::kill_bearerbox() {
  kill_boxes();
  start_boxes();
}

void KannelGateway::kill_boxes() {
  bearerbox_.kill_now();
  smsbox_.kill_now();
}

void KannelGateway::kill_guard() {
  guard_.kill_now();
  start_guard();
}

void KannelGateway::take_over(Pg& pg, const std::string& redis_url, bool guarded) const {
  const std::string settings =
      R"({"url": ")" + sendsms_url() + R"(", "receipts_url": "http://127.0.0.1:)" +
      std::to_string(callback_port_) + R"(/carrier/kannel/kannel-receipt", "guarded": )" +
      (guarded ? "true" : "false") + "}";
  sql_of_test(pg,
              "insert into carriers (carrier, secret_hashes, kind, settings) values "
              "('kannel', array[sha256('mo-secret')], 'kannel', '" +
                  settings + "')");
  sql_of_test(pg, "update routes set connector = 'kannel'");
  configuration_changed(pg, redis_url);
}

}  // namespace dundun
