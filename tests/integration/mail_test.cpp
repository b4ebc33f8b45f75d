// Invitations and forgotten passwords: the API, the scheduler, and a mail server that is not ours.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "common/io/crypto.h"
#include "common/io/json.h"
#include "tests/support/browser.h"
#include "tests/support/seed.h"
#include "tests/support/stack.h"
#include "tests/support/text.h"

namespace dundun {
namespace mail_test {

namespace fs = std::filesystem;

enum class Tls { kOffered, kNone };

// The mail server of a test.
class Sink {
 public:
  explicit Sink(Tls tls) {
    static int sinks = 0;
    folder_ = Stack::shared().folder() + "/smtp" + std::to_string(++sinks);
    fs::create_directory(folder_);
    answer("ok");
    if (tls == Tls::kOffered) {
      EXPECT_EQ(run_command({"openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt",
                             "ec_paramgen_curve:P-256", "-nodes", "-days", "2", "-subj", "/CN=sink",
                             "-addext", "subjectAltName=IP:127.0.0.1", "-keyout",
                             folder_ + "/key.pem", "-out", folder_ + "/cert.pem"},
                            {}, folder_ + "/openssl.log"),
                0);
    }
    server_ = Process({.command = {"/usr/bin/python3",
                                   Stack::shared().root() + "/tests/support/smtp_sink.py", folder_},
                       .environment = {},
                       .log = folder_ + "/log",
                       .folder = ""});
    EXPECT_TRUE(wait_until([&] { return fs::exists(folder_ + "/port"); }))
        << "python3-aiosmtpd: make deps";
  }
  void answer(const std::string& mode) { std::ofstream(folder_ + "/mode") << mode; }
  std::map<std::string, std::string> settings() const {
    std::string port;
    std::ifstream(folder_ + "/port") >> port;
    return {{"MAIL_URL", "smtp://127.0.0.1:" + port},
            {"MAIL_FROM", "dundun@example.com"},
            {"MAIL_USER", "dundun"},
            {"MAIL_PASSWORD", "a password for mail"},
            {"MAIL_CA_FILE", folder_ + "/cert.pem"},
            {"PORTAL_URL", "https://portal.example/"}};
  }
  // The text of a mail that came, as JSON; empty after some time without one.
  std::string mail(int number) const {
    char name[16];
    std::snprintf(name, sizeof name, "/%03d.json", number);
    if (!wait_until([&] { return fs::exists(folder_ + name); })) return "";
    std::ifstream file(folder_ + name);
    return {std::istreambuf_iterator<char>(file), {}};
  }
  int mails() const {
    int count = 0;
    for (const auto& file : fs::directory_iterator(folder_)) {
      count += file.path().extension() == ".json";
    }
    return count;
  }

 private:
  std::string folder_;
  Process server_;
};

std::string text_of(const std::string& mail, const char* field) {
  const auto document = JsonDocument::parse(mail);
  return document ? std::string(document->root().find(field)->string()) : "";
}

std::string token_of(const std::string& text) {
  const size_t at = text.find('#');
  return at == std::string::npos ? "" : text.substr(at + 1, 64);
}

class MailTest : public testing::Test {
 protected:
  static std::map<std::string, std::string> with(std::map<std::string, std::string> settings) {
    settings["LOGIN_FAILURES_MAX"] = "50";
    return settings;
  }
  Pg& pg() { return service_.pg(); }
  HttpAnswer ask(const std::string& path, const std::string& body) {
    return service_.client().send(
        "POST", "/api/auth/" + path,
        {{"Content-Type", "application/json"}, {"Sec-Fetch-Site", "same-origin"}}, body);
  }
  HttpAnswer forgot(const std::string& email) {
    return ask("password/forgot", R"({"email":")" + email + "\"}");
  }
  HttpAnswer use(const std::string& path, const std::string& token, const std::string& password) {
    return ask(path, R"({"token":")" + token + R"(","new_password":")" + password + "\"}");
  }
  Browser owner() {
    Browser browser(service_.client());
    EXPECT_EQ(browser.login("owner@example.com", kTestPassword).status, 200);
    return browser;
  }
  int64_t count(const std::string& what) { return number_of(pg(), "select count(*) from " + what); }
  void due_now() { sql_of_test(pg(), "update mail_outbox set due_at = now()"); }

  Sink sink_{Tls::kOffered};
  Service service_{Stack::shared().fresh_database(), {.environment = with(sink_.settings())}};
  int64_t account_ = seed_account(service_.pg());
  int64_t owner_ = seed_user(service_.pg(), account_, "owner@example.com");
};

TEST_F(MailTest, AnInvitationGoesByMailAndOpensOnce) {
  Browser boss = owner();
  const HttpAnswer made =
      boss.post("/api/workspace/users", R"({"email":"asha@example.com","language":"sw"})");
  ASSERT_EQ(made.status, 201) << made.body;
  EXPECT_TRUE(contains(made.body, R"("invitation":{"by_mail":true,"link":null)")) << made.body;
  EXPECT_TRUE(contains(boss.get("/api/workspace/users").body, R"("invited":true)"));
  Browser asha(service_.client());
  EXPECT_EQ(asha.login("asha@example.com", "").status, 401) << "no password is none";
  const Process scheduler = service_.scheduler(60);
  const std::string mail = sink_.mail(1);
  EXPECT_EQ(text_of(mail, "to"), "asha@example.com");
  EXPECT_EQ(text_of(mail, "from"), "dundun@example.com");
  EXPECT_EQ(text_of(mail, "user"), "dundun");
  EXPECT_EQ(text_of(mail, "auto"), "auto-generated");
  EXPECT_TRUE(contains(mail, R"("tls": true)")) << mail;
  EXPECT_EQ(text_of(mail, "subject"), "Mwaliko wa kujiunga na test");
  const std::string text = text_of(mail, "text");
  EXPECT_TRUE(contains(text, "https://portal.example/invitation#")) << text;
  const std::string token = token_of(text);
  EXPECT_EQ(count("user_links where token_hash = sha256('" + token + "')"), 1) << "kept hashed";

  EXPECT_EQ(use("invitation", token, "short").status, 422);
  EXPECT_EQ(use("password/reset", token, "a new battery for horses").status, 404) << "other kind";
  EXPECT_EQ(use("invitation", token, "a new battery for horses").status, 200);
  EXPECT_EQ(asha.login("asha@example.com", "a new battery for horses").status, 200);
  const HttpAnswer again = use("invitation", token, "another battery for horses");
  EXPECT_EQ(again.status, 404);
  EXPECT_TRUE(contains(again.body, "link_invalid")) << again.body;
  EXPECT_EQ(count("audit_log where action = 'user.joined'"), 1);
  EXPECT_TRUE(wait_until([&] { return count("mail_outbox") == 0; }));
}

TEST_F(MailTest, AnExpiredOrReplacedInvitationOpensNothing) {
  Browser boss = owner();
  const HttpAnswer made = boss.post("/api/workspace/users", R"({"email":"asha@example.com"})");
  const int64_t id = number_of(pg(), "select max(user_id) from users");
  const Process scheduler = service_.scheduler(60);
  const std::string first = token_of(text_of(sink_.mail(1), "text"));
  const std::string path = "/api/workspace/users/" + std::to_string(id) + "/invitation";
  EXPECT_EQ(boss.post(path, R"({"language":"fr"})").status, 200);
  const std::string mail = sink_.mail(2);
  EXPECT_EQ(text_of(mail, "subject"), "Invitation à rejoindre test");
  EXPECT_EQ(use("invitation", first, "a new battery for horses").status, 404) << "replaced";
  sql_of_test(pg(), "update user_links set expires_at = now()");
  const std::string second = token_of(text_of(mail, "text"));
  EXPECT_EQ(use("invitation", second, "a new battery for horses").status, 404) << "expired";
  EXPECT_EQ(boss.post(path, R"({"language":"xx"})").status, 422);
  EXPECT_EQ(boss.post("/api/workspace/users/" + std::to_string(owner_) + "/invitation").status,
            409);
}

TEST_F(MailTest, AForgottenPasswordTellsNobodyWhoIsKnown) {
  Browser session = owner();
  const auto told = [](const HttpAnswer& answer) {
    std::string headers;
    for (const auto& [name, value] : answer.headers) {
      if (name != "x-request-id" && name != "date") headers += name + ":" + value + "\n";
    }
    return std::to_string(answer.status) + answer.body + headers;
  };
  const std::string unknown = told(forgot("nobody@example.com"));
  EXPECT_EQ(told(forgot("owner@example.com")), unknown);
  EXPECT_EQ(count("mail_outbox"), 2) << "the same work for both";
  const Process scheduler = service_.scheduler(60);
  const std::string mail = sink_.mail(1);
  EXPECT_EQ(text_of(mail, "to"), "owner@example.com");
  EXPECT_TRUE(wait_until([&] { return count("mail_outbox") == 0; }));
  EXPECT_EQ(sink_.mails(), 1);
  const std::string token = token_of(text_of(mail, "text"));
  EXPECT_EQ(use("password/reset", token, "a new battery for horses").status, 200);
  EXPECT_EQ(session.get("/api/auth/me").status, 401) << "every session ends";
  EXPECT_EQ(session.login("owner@example.com", kTestPassword).status, 401);
  EXPECT_EQ(session.login("owner@example.com", "a new battery for horses").status, 200);
  EXPECT_EQ(use("password/reset", token, "another battery for horses").status, 404);
}

TEST_F(MailTest, MailsToOneEmailAreFewKnownOrNot) {
  for (const char* email : {"owner@example.com", "nobody@example.com"}) {
    for (int i = 0; i < 3; ++i) EXPECT_EQ(forgot(email).status, 202) << email;
    EXPECT_EQ(forgot(email).status, 429) << email;
  }
}

TEST_F(MailTest, AServerThatIsBusyIsAskedAgainAndOneThatRefusesIsNot) {
  sink_.answer("451 later");
  ASSERT_EQ(forgot("owner@example.com").status, 202);
  const Process scheduler = service_.scheduler(60);
  EXPECT_TRUE(wait_until([&] { return count("mail_outbox where last_error like '%451%'") == 1; }));
  EXPECT_EQ(
      count("mail_outbox where due_at > now() + interval '50 seconds' and gave_up_at is null"), 1);
  sink_.answer("ok");
  due_now();
  EXPECT_NE(sink_.mail(1), "");
  sink_.answer("550 no such mailbox");
  ASSERT_EQ(forgot("owner@example.com").status, 202);
  EXPECT_TRUE(wait_until([&] { return count("mail_outbox where gave_up_at is not null") == 1; }));
  sink_.answer("ok");
  due_now();
  EXPECT_EQ(sink_.mails(), 1);
}

TEST_F(MailTest, WithoutTlsNothingIsSent) {
  Sink plain(Tls::kNone);
  std::map<std::string, std::string> settings = plain.settings();
  settings.erase("MAIL_CA_FILE");
  Service service(Stack::shared().fresh_database(), {.environment = with(settings)});
  seed_user(service.pg(), seed_account(service.pg()), "owner@example.com");
  sql_of_test(service.pg(),
              "insert into mail_outbox (kind, recipient, language) values "
              "(2, 'owner@example.com', 'en')");
  const Process scheduler = service.scheduler(60);
  EXPECT_TRUE(wait_until([&] {
    return number_of(service.pg(), "select count(*) from mail_outbox where last_error <> ''") == 1;
  }));
  EXPECT_EQ(plain.mails(), 0);
}

TEST(NoMailServerTest, TheLinkIsShownOnceAndAForgottenPasswordIsRefused) {
  Service service(Stack::shared().fresh_database());
  seed_user(service.pg(), seed_account(service.pg()), "owner@example.com");
  Browser owner(service.client());
  ASSERT_EQ(owner.login("owner@example.com", kTestPassword).status, 200);
  const HttpAnswer made = owner.post("/api/workspace/users", R"({"email":"asha@example.com"})");
  ASSERT_EQ(made.status, 201) << made.body;
  EXPECT_TRUE(contains(made.body, R"("by_mail":false,"link":"/invitation#)")) << made.body;
  const HttpClient::Headers page{{"Content-Type", "application/json"},
                                 {"Sec-Fetch-Site", "same-origin"}};
  const HttpAnswer joined = service.client().send(
      "POST", "/api/auth/invitation", page,
      R"({"token":")" + token_of(made.body) + R"(","new_password":"a new battery for horses"})");
  EXPECT_EQ(joined.status, 200) << joined.body;
  const HttpAnswer forgot = service.client().send("POST", "/api/auth/password/forgot", page,
                                                  R"({"email":"owner@example.com"})");
  EXPECT_EQ(forgot.status, 503);
  EXPECT_TRUE(contains(forgot.body, "sends no mail")) << forgot.body;
}

}  // namespace mail_test
}  // namespace dundun
