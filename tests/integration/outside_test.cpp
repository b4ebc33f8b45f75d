// Inputs from the field, tests/outside: each line is a case with its right value.
#include <gtest/gtest.h>

#include <fstream>

#include "common/io/crypto.h"
#include "tests/support/cases.h"
#include "tests/support/seed.h"
#include "tests/support/stack.h"
#include "tests/support/suite_service.h"
#include "tests/support/text.h"

namespace dundun {
namespace outside_test {

constexpr const char* kSecret = "loopback secret for tests";

std::string percent_encoded(const std::string& text) {
  std::string encoded;
  for (const char c : text) encoded += "%" + to_hex(std::string(1, c));
  return encoded;
}

// The value of a text member wherever it stands in an answer, or "".
std::string found(const std::string& body, const std::string& name) {
  const std::string mark = "\"" + name + "\":\"";
  const size_t at = body.find(mark);
  return at == std::string::npos
             ? ""
             : body.substr(at + mark.size(), body.find('"', at + mark.size()) - at - mark.size());
}

class OutsideTest : public testing::Test {
 protected:
  OutsideTest()
      : account_(seed_account(pg())),
        key_(seed_key(pg(), account_, KeyKind::kTest, "{send,query,webhooks,admin}")) {}
  ~OutsideTest() override { forget_bad_keys(Stack::shared().redis_url()); }

  static Service& service() {
    static SuiteService shared;
    return shared.get();
  }
  static Pg& pg() { return service().pg(); }
  std::string own() const { return std::to_string(account_); }
  HttpAnswer post(const std::string& path, const std::string& body) {
    return client_.post(key_, path, body);
  }
  HttpAnswer upload(const std::string& csv, const std::string& more = "") {
    return client_.post(
        key_, "/api/contact-lists",
        "--XyZ\r\nContent-Disposition: form-data; name=\"file\"; filename=\"people.csv\"\r\n\r\n" +
            csv + "\r\n" + more + "--XyZ--\r\n",
        {{"Content-Type", "multipart/form-data; boundary=XyZ"}});
  }
  // What a call made of a number: the number that it took, or the reason that it gave.
  std::string read_by(const HttpAnswer& answer, const std::string& name) {
    if (answer.status == 200 || answer.status == 202) return found(answer.body, name);
    return found(answer.body, "reason");
  }
  std::string newest_phone() {
    return std::string(sql_of_test(pg(), "select phone from messages where account_id = " + own() +
                                             " order by message_id desc limit 1")
                           .text(0, 0));
  }
  std::string imported(const std::string& cell);

  HttpClient client_ = service().client();
  int64_t account_;
  std::string key_;
};

std::string OutsideTest::imported(const std::string& cell) {
  std::string quoted;
  for (const char c : cell) quoted.append(c == '"' ? 2 : 1, c);
  const HttpAnswer made = upload("name,phone\nFirst,+254712999999\nAnn,\"" + quoted + "\"\n");
  if (made.status != 200) return made.body;
  const size_t at = made.body.find(R"("invalid_by_reason":{")");
  if (at != std::string::npos) {
    const size_t begin = at + 22;
    return made.body.substr(begin, made.body.find('"', begin) - begin);
  }
  const std::string list = member(made.body, "id");
  return found(client_.get(key_, "/api/contact-lists/" + list + "/contacts?after=1").body, "phone");
}

TEST_F(OutsideTest, NumbersAreReadAlikeByEveryWayIn) {
  for (const Case& one : cases_of("outside/numbers.txt")) {
    const std::string& text = one[0];
    const std::string& right = one[1];
    const std::string phone = R"({"phone":")" + text + "\"}", to = R"({"to":")" + text + "\"";
    const HttpAnswer facts = post("/api/messages/validate", phone);
    EXPECT_EQ(found(facts.body, right.front() == '+' ? "e164" : "reason"), right) << text;
    EXPECT_EQ(read_by(post("/api/opt-outs", phone), "phone"), right) << text;
    EXPECT_EQ(imported(unescaped(text)), right) << text;
    const HttpAnswer checked = post("/api/verify/check", to + R"(,"code":"123456"})");
    EXPECT_EQ(checked.status, right.front() == '+' ? 200 : 400) << text << checked.body;
    const bool routed = right.starts_with("+254") || right.starts_with("+256");
    if (right.front() == '+' && !routed) continue;
    EXPECT_EQ(read_by(post("/api/messages/preview", to + R"(,"text":"Hi"})"), "to"), right) << text;
    const HttpAnswer draft =
        post("/api/messages/bulk-precheck", R"({"text":"Hi","recipients":[)" + to + "}]}");
    EXPECT_TRUE(contains(
        draft.body, right.front() == '+' ? R"("unroutable_count":0)" : R"("unroutable_count":1)"))
        << text << draft.body;
  }
}

TEST_F(OutsideTest, NumbersAreSentToAsTheyAreRead) {
  for (const Case& one : cases_of("outside/numbers.txt")) {
    const bool routed = one[1].starts_with("+254") || one[1].starts_with("+256");
    if (one[1].front() == '+' && !routed) continue;
    const HttpAnswer sent =
        post("/api/messages/send", R"({"to":")" + one[0] + R"(","text":"Gate 4 opens at 9"})");
    EXPECT_EQ(sent.status, one[1].front() == '+' ? 200 : 400) << one[0] << sent.body;
    EXPECT_EQ(sent.status == 200 ? newest_phone() : found(sent.body, "reason"), one[1]) << one[0];
  }
}

// "LINE:REASON …" of an upload's answer.
std::string faults_of(const JsonValue& answer) {
  std::string faults;
  for (const JsonValue& fault : answer.find("faults")->items()) {
    faults += (faults.empty() ? "" : " ") + std::to_string(fault.find("line")->integer()) + ":" +
              std::string(fault.find("reason")->string());
    EXPECT_FALSE(fault.find("message")->string().empty());
  }
  return faults;
}

std::string phones_of(const std::string& contacts) {
  const auto document = JsonDocument::parse(contacts);
  std::string phones;
  for (const JsonValue& contact : document->root().find("contacts")->items()) {
    phones += (phones.empty() ? "" : " ") + std::string(contact.find("phone")->string());
  }
  return phones;
}

TEST_F(OutsideTest, ContactFilesBecomeWhatTheyAre) {
  for (Case one : cases_of("data/contacts/expected.txt")) {
    one.resize(5);
    std::ifstream file("tests/data/contacts/" + one[0], std::ios::binary);
    ASSERT_TRUE(file) << one[0];
    std::string more;
    if (const size_t at = one[4].find('='); at != std::string::npos) {
      more = "--XyZ\r\nContent-Disposition: form-data; name=\"" + one[4].substr(0, at) +
             "\"\r\n\r\n" + one[4].substr(at + 1) + "\r\n";
    }
    const HttpAnswer made = upload({std::istreambuf_iterator<char>(file), {}}, more);
    if (one[2] == "-") {
      EXPECT_EQ(made.status, 400) << one[0] << made.body;
      EXPECT_EQ(found(made.body, "code"), one[1]) << one[0] << made.body;
      continue;
    }
    ASSERT_EQ(made.status, 200) << one[0] << made.body;
    const std::string list = "/api/contact-lists/" + member(made.body, "id");
    EXPECT_EQ(phones_of(client_.get(key_, list + "/contacts?limit=100").body), one[1]) << one[0];
    EXPECT_EQ(member(made.body, "phone_column"), one[2]) << one[0];
    EXPECT_EQ(faults_of(JsonDocument::parse(made.body)->root()), one[3]) << one[0];
  }
}

TEST_F(OutsideTest, HeadersSayWhatAColumnIs) {
  for (const Case& one : cases_of("outside/headers.txt")) {
    const std::string header = unescaped(one[0]);
    const bool is_phone = one[1] == "phone";
    const HttpAnswer made = upload((is_phone ? "" : "Phone,") + header +
                                   (is_phone ? "\n+254712000101\n" : "\n+254712000101,x\n"));
    ASSERT_EQ(made.status, 200) << one[0] << made.body;
    const std::string shown = member(made.body, one[1] == "name" ? "name_column" : "phone_column");
    const bool is_variable = contains(made.body, R"("variables":[")");
    EXPECT_EQ(is_variable, one[1] == "variable") << one[0] << made.body;
    EXPECT_NE(shown, "<other>") << one[0] << made.body;
  }
}

TEST_F(OutsideTest, ZonesAreNamesOrOffsets) {
  for (const Case& one : cases_of("outside/zones.txt")) {
    const HttpAnswer sent =
        post("/api/messages/send", R"({"to":"+254712345678","text":"Hi","window":{"from":"00:00",)"
                                   R"("to":"23:59","tz":")" +
                                       one[0] + "\"}}");
    EXPECT_EQ(sent.status, one[1] == "taken" ? 200 : 422) << one[0] << sent.body;
  }
}

TEST_F(OutsideTest, AnUploadSaysWhatToDo) {
  const HttpAnswer lost = upload("Phone\n2.54712E+11\n");
  EXPECT_TRUE(contains(lost.body,
                       "Line 2: '2.54712E+11' is what a spreadsheet made of a phone "
                       "number, whose digits may be lost. Format the column as text"))
      << lost.body;
  const HttpAnswer old = upload("T\xe9l;Ville\n+254712000101;No\xebl\n");
  EXPECT_TRUE(
      contains(old.body, R"("variables":["Ville"],"encoding":"windows-1252","warnings":["The)"))
      << old.body;
  EXPECT_TRUE(contains(upload("\xd1\xde\xe3;x\n1;2\n").body, "save it as UTF-8"));
  EXPECT_TRUE(contains(upload("phone\n+254712000101\n",
                              "--XyZ\r\nContent-Disposition: form-data; name=\"charset\"\r\n\r\n"
                              "klingon\r\n")
                           .body,
                       "charset is no character set"));
}

TEST_F(OutsideTest, NobodysStopIsLost) {
  sql_of_test(pg(), "insert into carriers (carrier, secret_hashes) values ('loopback', array['\\x" +
                        to_hex(sha256(kSecret)) + "'::bytea])");
  for (const char* number : {"20880", "+254711000001"}) {
    sql_of_test(pg(), "insert into inbound_numbers (number, country, account_id) values ('" +
                          std::string(number) + "', 'KE', " + own() + ")");
  }
  configuration_changed(pg(), Stack::shared().redis_url());
  const std::string live = seed_key(pg(), account_, KeyKind::kLive, "{send,query,webhooks,admin}");
  int texts = 0;
  for (const Case& one : cases_of("outside/senders.txt")) {
    const HttpAnswer taken =
        client_.post(kSecret, "/carrier/loopback/mo",
                     R"({"id":"s)" + std::to_string(++texts) + R"(","from":")" + one[0] +
                         R"(","to":")" + one[1] + R"(","text":"STOP"})");
    EXPECT_EQ(member(taken.body, "status"), "accepted") << one[0] << " to " << one[1];
    EXPECT_EQ(found(client_.get(live, "/api/opt-outs").body, "phone"), one[2]) << one[0];
    EXPECT_EQ(client_.get(live, "/api/inbound?from=" + percent_encoded(one[2])).status, 200);
    sql_of_test(pg(), "delete from opt_outs where account_id = " + own());
  }
}

// Kenya's plan with numbers that begin with 91.
TEST(NumberingPlansTest, AnOperatorBringsNewerOnes) {
  std::ifstream plans("common/sms/numbering_plans.txt");
  std::string line;
  while (std::getline(plans, line) && !contains(line, "\"KE\",254")) {
  }
  for (const char* known : {"(?:[17]", "|7\\\\d\\\\d)"}) {
    const size_t at = line.find(known);
    ASSERT_NE(at, std::string::npos) << known << line;
    line.replace(at, std::string(known).size(), *known == '(' ? "(?:[179]" : "|[79]\\\\d\\\\d)");
  }
  const std::string folder = Stack::shared().folder();
  std::ofstream(folder + "/plans") << "# newer\n" << line << "\n";
  Service service(Stack::shared().fresh_database(),
                  {.messages_workers = 1, .environment = {{"NUMBERING_PLANS", folder + "/plans"}}});
  HttpClient client = service.client();
  const std::string key = seed_key(service.pg(), seed_account(service.pg()), KeyKind::kTest);
  const auto country = [&](const std::string& phone) {
    const std::string body = R"({"phone":")" + phone + "\"}";
    return member(client.post(key, "/api/messages/validate", body).body, "country");
  };
  EXPECT_EQ(country("+254912345678"), "KE");
  EXPECT_EQ(country("+254712345678"), "KE");
  EXPECT_EQ(country("+251712345678"), "ET") << "of the build";
}

}  // namespace outside_test
}  // namespace dundun
