// dundunctl check: each thing that may be wrong with a host is named, and what is well is not.
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>

#include "tests/support/seed.h"
#include "tests/support/stack.h"
#include "tests/support/text.h"

namespace dundun {
namespace check_test {

namespace fs = std::filesystem;

using Settings = std::map<std::string, std::string>;

class CheckTest : public testing::Test {
 protected:
  struct Run {
    int status;
    std::string out;
  };

  CheckTest() {
    fs::remove_all(etc_);
    fs::create_directories(etc_ + "/credentials");
    fs::create_directories(etc_ + "/carriers");
    fs::permissions(etc_ + "/credentials", fs::perms::owner_all);
    fs::permissions(etc_ + "/carriers", fs::perms::owner_all);
  }

  void file(const std::string& name, const std::string& text) {
    std::ofstream(etc_ + "/" + name) << text;
    fs::permissions(etc_ + "/" + name, fs::perms::owner_read | fs::perms::owner_write);
  }
  Run run(const std::vector<std::string>& words, const Settings& environment) const {
    const std::string log = etc_ + ".log";
    fs::remove(log);
    std::vector<std::string> command{Stack::shared().binary("dundunctl"), "check", "--etc", etc_};
    command.insert(command.end(), words.begin(), words.end());
    const int status = run_command(command, environment, log);
    return {status, read_file(log)};
  }
  Run start(const std::string& program, Settings environment = {}) const {
    environment.try_emplace("DATABASE_URL", "host=/nowhere dbname=x");
    environment.try_emplace("REDIS_URL", "unix:/nowhere");
    environment.try_emplace("VERIFY_SECRET", "a secret for tests only");
    environment.try_emplace("WS_LISTEN", "unix:/nowhere");
    environment.try_emplace("SECRETS_KEY_FILE", etc_ + "/credentials/secrets-key");
    return run({"--before-start", program}, environment);
  }
  // One line of the answer, from its verdict on.
  static std::string line(const std::string& out, const std::string& name) {
    for (const char* verdict : {"FAIL ", "warn ", "ok   "}) {
      const size_t at = out.find(verdict + name + ":");
      if (at != std::string::npos) return out.substr(at, out.find('\n', at) - at);
    }
    return "nothing about " + name + " in\n" + out;
  }

  const std::string etc_ = Stack::shared().folder() + "/etc-dundun";
};

TEST_F(CheckTest, NoProgramStartsWithAWrongSetting) {
  file("credentials/secrets-key", std::string(64, 'a') + "\n");
  for (const char* program : {"messages", "bulk", "contacts", "account", "routes", "session",
                              "admin", "carrier", "inbound", "verify", "webhooks", "gravity",
                              "scheduler", "ws-bridge", "reconcile", "dundunctl"}) {
    const Run good = start(program);
    EXPECT_EQ(good.status, 0) << program << good.out;
    EXPECT_TRUE(contains(good.out, "ok   settings of " + std::string(program))) << good.out;
  }
  struct Case {
    const char* program;
    Settings wrong;
    const char* words;
  };
  const Case cases[] = {
      {"messages", {{"DATABASE_URL", ""}}, "DATABASE_URL is not set"},
      {"messages", {{"DATABASE_URL", "password=two words=x y"}}, "DATABASE_URL is neither"},
      {"messages",
       {{"DATABASE_URL_READ", "password=two words=x y"}},
       "DATABASE_URL_READ is neither"},
      {"messages", {{"PLAN_CACHE_MODE", "auto"}}, "PLAN_CACHE_MODE is neither word"},
      {"scheduler", {{"WITNESS_DIR", "/nowhere"}}, "WITNESS_DIR names /nowhere"},
      {"messages", {{"REDIS_URL", "rediss://x"}}, "REDIS_URL"},
      {"messages", {{"REQUESTS_MAX", "many"}}, "REQUESTS_MAX is no number"},
      {"messages", {{"REQUESTS_MAX", "0"}}, "REQUESTS_MAX is out of range"},
      {"messages", {{"JOURNAL_READS", "row"}}, "JOURNAL_READS is neither word"},
      {"messages", {{"HTTPS_REQUIRED", "yes"}}, "HTTPS_REQUIRED is neither 0 nor 1"},
      {"messages", {{"LOG_LEVEL", "loud"}}, "LOG_LEVEL is none of"},
      {"messages", {{"METRICS_DIR", "/nowhere"}}, "METRICS_DIR names /nowhere"},
      {"messages", {{"NUMBERING_PLANS", "/nowhere"}}, "NUMBERING_PLANS"},
      {"messages", {{"BREAKER_MIN", "50"}}, "BREAKER_MIN is more than BREAKER_SAMPLE"},
      {"account", {{"PAYMENT_PROVIDER", "cash"}}, "PAYMENT_PROVIDER is none of"},
      {"account", {{"PAYMENT_PROVIDER", "sandbox"}}, "PAYMENT_SECRET is not set"},
      {"account",
       {{"PAYMENT_PROVIDER", "sandbox"}, {"PUBLIC_URL", "pay.example"}},
       "PUBLIC_URL is no https://host[:port]"},
      {"session", {{"PORTAL_URL", "https://x.example/portal"}}, "PORTAL_URL is no https://"},
      {"session", {{"PASSKEYS_MAX", "0"}}, "PASSKEYS_MAX is out of range"},
      {"session", {{"OIDC_ISSUER", "http://id.example"}}, "OIDC_ISSUER is no https:// address"},
      {"session", {{"OIDC_ISSUER", "https://id.example"}}, "OIDC_CLIENT_ID is not set"},
      {"session", {{"OIDC_ISSUER", "https://id.example"}}, "OIDC_ACCOUNT is not set"},
      {"session", {{"OIDC_ISSUER", "https://id.example"}}, "PORTAL_URL is not set: the identity"},
      {"session",
       {{"OIDC_ISSUER", "https://id.example"}, {"OIDC_ROLES", "it=king"}},
       "OIDC_ROLES is no list of value=role"},
      {"session",
       {{"OIDC_ISSUER", "https://id.example"}, {"OIDC_ROLES", "it=owner"}},
       "OIDC_ROLES needs OIDC_ROLE_CLAIM"},
      {"session", {{"SECRETS_KEY_FILE", "/nowhere"}}, "SECRETS_KEY_FILE names no file with 64"},
      {"scheduler", {{"MAIL_URL", "mail.example"}}, "MAIL_URL is neither smtp:// nor smtps://"},
      {"scheduler", {{"MAIL_URL", "smtp://x"}, {"MAIL_FROM", "nobody"}}, "MAIL_FROM is no address"},
      {"webhooks", {{"OUTBOUND_ALLOWED_ADDRESSES", "ten"}}, "OUTBOUND_ALLOWED_ADDRESSES"},
      {"verify", {{"VERIFY_SECRET", "short"}}, "VERIFY_SECRET is too short"},
      {"verify", {{"VERIFY_SECRET_FILE", "/nowhere"}}, "VERIFY_SECRET_FILE is set beside"},
      {"ws-bridge", {{"WS_LISTEN", "everywhere"}}, "WS_LISTEN is neither unix:/path nor"},
      {"ws-bridge", {{"WS_QUEUE_BYTES", "-1"}}, "WS_QUEUE_BYTES is out of range"},
  };
  for (const Case& one : cases) {
    const Run wrong = start(one.program, one.wrong);
    EXPECT_EQ(wrong.status, 2) << one.words << "\n" << wrong.out;
    EXPECT_TRUE(contains(wrong.out, one.words)) << one.words << "\n" << wrong.out;
  }
  EXPECT_EQ(run({"--before-start", "kannel"}, {}).status, 2) << "no program of ours";
}

TEST_F(CheckTest, NamesInTheFilesAreThoseOfSettings) {
  file("credentials/secrets-key", std::string(64, 'a') + "\n");
  file("env", "# of all programs\n; too\nTEXTS_KEEP_DAYS=\"30\"\nTZ=UTC\nPGAPPNAME=x\n");
  EXPECT_EQ(start("messages").status, 0) << start("messages").out;
  file("env", "TEXT_KEEP_DAYS=30\n");
  EXPECT_TRUE(contains(start("messages").out, "did you mean TEXTS_KEEP_DAYS?"));
  EXPECT_EQ(start("messages").status, 2);
  file("env", "SETTING_OF_ANOTHER_RELEASE=30\n");
  EXPECT_TRUE(contains(start("messages").out, "warn settings of messages")) << "no reason to fail";
  EXPECT_EQ(start("messages").status, 0);
  file("env", "TEXTS_KEEP_DAYS 30\n");
  EXPECT_TRUE(contains(start("messages").out, "line 1 is no NAME=value"));
  file("env", "TEXTS_KEEP_DAYS=30\nTEXTS_KEEP_DAYS=40\n");
  EXPECT_TRUE(contains(start("messages").out, "line 2 sets TEXTS_KEEP_DAYS again"));
  file("env", "");
  file("scheduler.env", "RETENTION_LOCK_MS=soon\n");
  EXPECT_TRUE(contains(start("scheduler").out, "RETENTION_LOCK_MS is no number"));
  EXPECT_EQ(start("messages").status, 0) << "another program's file";
}

// A host on which everything runs, and then one thing after the other does not.
class CheckHostTest : public CheckTest {
 protected:
  CheckHostTest() {
    file("credentials/secrets-key", std::string(64, 'a') + "\n");
    sql_of_test(service_.pg(), "insert into accounts (name, currency) values ('P', 'KES')");
    sql_of_test(service_.pg(),
                "insert into users (account_id, email, name, role, password_hash, is_active) "
                "select min(account_id), 'r@example.com', 'R', 4, 'x', true from accounts");
  }
  Run check(Settings more = {}, std::vector<std::string> words = {}) {
    Settings environment = service_.environment();
    for (const auto& [name, value] : more) environment[name] = value;
    environment.try_emplace("CARRIER_SECRETS_DIR", etc_ + "/carriers");
    const std::string port = std::to_string(port_);
    words.insert(words.end(), {"--url", "http://127.0.0.1:" + port});
    if (std::ranges::find(words, "--migrations") == words.end()) {
      words.insert(words.end(), {"--migrations", Stack::shared().root() + "/sql/migrations"});
    }
    return run(words, environment);
  }

  const int port_ = free_port();
  Service service_{Stack::shared().fresh_database(), {.environment = {}, .http_port = port_}};
};

TEST_F(CheckHostTest, EachThingThatIsWrongIsNamed) {
  const Run alone = check();
  EXPECT_TRUE(contains(line(alone.out, "site"), "/ws reaches no ws-bridge")) << alone.out;
  service_.start_bridge();
  const Run good = check();
  // Tests' PostgreSQL does without fsync, which no platform may.
  EXPECT_EQ(good.status, 2) << good.out;
  EXPECT_TRUE(contains(line(good.out, "postgresql"), "fsync or synchronous_commit is off"));
  EXPECT_EQ(good.out.find("FAIL"), good.out.rfind("FAIL")) << good.out;
  for (const char* name : {"settings", "secrets", "clock", "migrations", "partitions", "queues",
                           "redis", "site", "disk"}) {
    EXPECT_TRUE(line(good.out, name).starts_with("ok")) << line(good.out, name);
  }
  const Run json = check({}, {"--json"});
  EXPECT_TRUE(json.out.starts_with(R"({"status":"FAIL","checks":[{"status":"ok")")) << json.out;
  EXPECT_TRUE(contains(line(good.out, "carriers"), "loopback carrier, which sends nothing"));

  // `words` begin behind the verdict and the name of a line.
  const auto says = [&](const Run& run, const std::string& verdict, const std::string& words) {
    EXPECT_TRUE(contains("\n" + run.out, "\n" + verdict + " " + words)) << words << "\n" << run.out;
  };
  says(check({{"DATABASE_URL", "host=/nowhere dbname=x"}}), "FAIL", "postgresql: out of reach");
  says(check({{"DATABASE_URL", as_role(service_.database(), "dundun_app") +
                                   " options='-c default_transaction_read_only=on'"}}),
       "FAIL", "postgresql: is a standby or read-only");
  says(check({{"DATABASE_URL", service_.database()}}), "warn",
       "postgresql: DATABASE_URL's role may rewrite the books");
  says(check({{"REDIS_URL", "unix:/nowhere"}}), "FAIL", "redis: cannot be written to");
  file("credentials/verify-secret", "a secret for tests only");
  fs::permissions(etc_ + "/credentials/verify-secret", fs::perms::others_read,
                  fs::perm_options::add);
  says(check(), "FAIL",
       "secrets: " + etc_ + "/credentials/verify-secret is open to others: chmod 0600");
  fs::remove(etc_ + "/credentials/verify-secret");
  sql_of_test(service_.pg(),
              "insert into event_outbox values "
              "(uuid7_floor(now() - interval '3 minutes'), 'x y')");
  says(check(), "warn", "queues: events wait for 18");
  sql_of_test(service_.pg(), "delete from event_outbox");
  sql_of_test(service_.pg(),
              "insert into carriers (carrier, kind, secret_hashes) "
              "values ('acme', 'kannel', '{}')");
  says(check(), "FAIL", "carriers: acme: has no file of secrets");
  sql_of_test(service_.pg(), "update routes set connector = 'acme' where code = 'ESMS_KE'");
  EXPECT_TRUE(contains(check().out, "route ESMS_KE has no carrier that can take a message"));
  sql_of_test(service_.pg(), "update users set is_active = false");
  says(check(), "FAIL", "administrator: there is none: dundunctl bootstrap");
  service_.worker(0).kill_now();
  says(check(), "FAIL", "site: http://127.0.0.1:" + std::to_string(port_));
}

TEST_F(CheckHostTest, TablesOfAnotherReleaseAreSeen) {
  const std::string folder = etc_ + "/migrations";
  fs::copy(Stack::shared().root() + "/sql/migrations", folder);
  std::ofstream(folder + "/9999_later.sql") << "select 1;\n";
  Run run = check({}, {"--migrations", folder});
  EXPECT_EQ(run.status, 2);
  EXPECT_TRUE(contains(line(run.out, "migrations"), "1 pending: dundunctl migrate")) << run.out;
  fs::remove(folder + "/9999_later.sql");
  std::ofstream(folder + "/0001_foundation.sql", std::ios::app) << "\n";
  run = check({}, {"--migrations", folder});
  EXPECT_TRUE(contains(line(run.out, "migrations"), "0001_foundation.sql was changed")) << run.out;
  fs::remove(folder + "/0001_foundation.sql");
  run = check({}, {"--migrations", folder});
  EXPECT_TRUE(contains(line(run.out, "migrations"), "newer release")) << run.out;
  sql_of_test(service_.pg(),
              "insert into monthly_tables (name, by_id, options, droppable) "
              "values ('countries', false, '', false)");
  EXPECT_TRUE(contains(line(check().out, "partitions"), "countries has none for this month"));
}

TEST_F(CheckHostTest, ARedisThatIsAReplicaIsNone) {
  const std::string socket = Stack::shared().folder() + "/replica.sock";
  Process replica({.command = {"redis-server", "--port", "0", "--unixsocket", socket, "--save", "",
                               "--replicaof", "127.0.0.1", std::to_string(free_port())},
                   .environment = {},
                   .log = "/dev/null",
                   .folder = ""});
  ASSERT_TRUE(wait_until([&] { return fs::exists(socket); }));
  const Run run = check({{"REDIS_URL", "unix:" + socket}});
  EXPECT_EQ(run.status, 2);
  EXPECT_TRUE(contains(line(run.out, "redis"), "cannot be written to")) << run.out;
}

}  // namespace check_test
}  // namespace dundun
