// PostgreSQL over TLS: a server of its own on a TCP port, with a certificate for `localhost` by our
// CA; programs with the right CA, another one, another name, and none.
#include <gtest/gtest.h>
#include <pwd.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "common/io/pg.h"
#include "common/io/pg_trust.h"
#include "tests/support/process.h"
#include "tests/support/stack.h"
#include "tests/support/text.h"
#include "tests/support/wait.h"

namespace dundun {
namespace pg_tls_test {

namespace fs = std::filesystem;

constexpr const char* kBin = "/usr/lib/postgresql/15/bin/";

class PgTlsTest : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    folder_ = Stack::shared().folder() + "/pg-tls";
    fs::create_directories(folder_);
    const std::string make =
        "cd " + folder_ +
        " && for ca in ours theirs; do openssl req -x509 -newkey ec -pkeyopt "
        "ec_paramgen_curve:P-256 -nodes -days 2 -subj /CN=$ca -keyout $ca.key -out $ca.pem; done"
        " && openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj /CN=localhost"
        " -keyout server.key -out server.csr && echo subjectAltName=DNS:localhost >names"
        " && openssl x509 -req -in server.csr -CA ours.pem -CAkey ours.key -CAcreateserial -days 2"
        " -extfile names -out server.pem && chmod 600 server.key";
    ASSERT_EQ(run_command({"sh", "-c", make}, {}, folder_ + "/openssl.log"), 0);
    if (getuid() == 0) {
      ASSERT_EQ(run_command({"chown", "-R", "postgres", folder_}), 0);
    }
    ASSERT_EQ(postgres({"initdb", "-N", "-A", "trust", "-U", "postgres", "-E", "UTF8",
                        "--locale=C.UTF-8", "-D", folder_ + "/data"})
                  .wait(),
              0);
    std::ofstream(folder_ + "/secrets-key") << std::string(64, 'a') << "\n";
    port_ = free_port();
    server_ = postgres({"postgres", "-D", folder_ + "/data", "-k", folder_, "-h", "127.0.0.1", "-p",
                        std::to_string(port_), "-c", "fsync=off", "-c", "ssl=on", "-c",
                        "ssl_cert_file=" + folder_ + "/server.pem", "-c",
                        "ssl_key_file=" + folder_ + "/server.key"});
    ASSERT_TRUE(wait_until([] {
      return Pg({.url = url("localhost", "ours")}).run(kSsl, {}).has_value();
    })) << read_file(folder_ + "/log");
  }
  static void TearDownTestSuite() {
    server_.signal(SIGQUIT);
    server_.wait();
  }
  static Process postgres(std::vector<std::string> command) {
    command.front() = kBin + command.front();
    return Process({.command = command,
                    .environment = {},
                    .log = folder_ + "/log",
                    .folder = "/",
                    .as_postgres = true});
  }
  static std::string url(const std::string& host, const std::string& ca,
                         const std::string& mode = "verify-full") {
    return "postgresql://postgres@" + host + ":" + std::to_string(port_) +
           "/postgres?sslmode=" + mode + "&sslrootcert=" + folder_ + "/" + ca + ".pem";
  }
  struct Run {
    int status;
    std::string log;
  };
  static Run start(const std::string& program, const std::string& database_url) {
    const std::string log = folder_ + "/program.log";
    std::ofstream(log).close();
    const int status = run_command({Stack::shared().binary(program)},
                                   {{"DATABASE_URL", database_url},
                                    {"REDIS_URL", Stack::shared().redis_url()},
                                    {"SCHEDULER_RUN_S", "1"},
                                    {"SECRETS_KEY_FILE", folder_ + "/secrets-key"},
                                    {"WS_LISTEN", "unix:" + folder_ + "/ws.sock"}},
                                   log);
    return {status, read_file(log)};
  }

  static constexpr Statement kSsl{"ssl", "select ssl from pg_stat_ssl where pid = pg_backend_pid()",
                                  0};
  static inline std::string folder_;
  static inline int port_ = 0;
  static inline Process server_;
};

TEST_F(PgTlsTest, TheRightAuthorityAndNameAreTrusted) {
  Pg pg({.url = url("localhost", "ours")});
  const auto rows = pg.run(kSsl, {});
  ASSERT_TRUE(rows) << rows.error().detail;
  EXPECT_TRUE(rows->boolean(0, 0));
  EXPECT_TRUE(check_pg_trust(url("localhost", "ours")));
  // The whole way: migrations by psql, an administrator by dundunctl.
  const std::string owner = url("localhost", "ours");
  ASSERT_EQ(run_command({"bash", Stack::shared().root() + "/sql/migrate.sh", owner}, {},
                        folder_ + "/migrate.log"),
            0)
      << read_file(folder_ + "/migrate.log");
  EXPECT_EQ(start("scheduler", owner).status, 0);
  EXPECT_EQ(run_command({Stack::shared().binary("dundunctl"), "account", "list"},
                        {{"DATABASE_URL", owner}, {"REDIS_URL", Stack::shared().redis_url()}}),
            0);
}

TEST_F(PgTlsTest, WhoProvesItselfWronglyIsRefusedAtTheStart) {
  struct Case {
    const char* host;
    const char* ca;
    const char* words;
  };
  for (const Case& one : {Case{"localhost", "theirs", "certificate verify failed"},
                          Case{"127.0.0.1", "ours", "does not match host name"},
                          Case{"localhost", "none", "does not exist"}}) {
    const std::string address = url(one.host, one.ca);
    const auto checked = check_pg_trust(address);
    ASSERT_FALSE(checked) << address;
    EXPECT_TRUE(contains(checked.error().message, one.words)) << checked.error().message;
    const Run scheduler = start("scheduler", address);
    EXPECT_EQ(scheduler.status, 2) << scheduler.log;
    EXPECT_TRUE(contains(scheduler.log, one.words)) << scheduler.log;
    EXPECT_TRUE(contains(scheduler.log, "bad_setting")) << scheduler.log;
    EXPECT_TRUE(contains(scheduler.log, "DATABASE_URL")) << scheduler.log;
    const Run messages = start("messages", address);
    EXPECT_EQ(messages.status, 2) << messages.log;
    EXPECT_TRUE(contains(messages.log, one.words)) << messages.log;
    const Run bridge = start("ws-bridge", address);
    EXPECT_EQ(bridge.status, 1) << bridge.log;
    EXPECT_TRUE(contains(bridge.log, one.words)) << bridge.log;
  }
}

TEST_F(PgTlsTest, AServerThatIsAwayOrAsksForNothingIsNoFault) {
  EXPECT_TRUE(
      check_pg_trust("postgresql://postgres@127.0.0.1:1/postgres?sslmode=verify-full&"
                     "sslrootcert=" +
                     folder_ + "/ours.pem"));
  EXPECT_TRUE(check_pg_trust(url("localhost", "theirs", "prefer")));
  EXPECT_TRUE(check_pg_trust("host=" + folder_ + " port=" + std::to_string(port_) +
                             " user=postgres dbname=postgres"));
}

}  // namespace pg_tls_test
}  // namespace dundun
