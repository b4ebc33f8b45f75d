// Contact lists through nginx: every kind of file that people upload, and every kind that breaks.
#include <gtest/gtest.h>

#include <thread>

#include "common/io/json.h"
#include "tests/support/seed.h"
#include "tests/support/stack.h"
#include "tests/support/suite_service.h"
#include "tests/support/text.h"

namespace dundun {
namespace contact_lists_test {

class ContactListsTest : public testing::Test {
 protected:
  ContactListsTest() : account_(seed_account(pg())), key_(seed_key(pg(), account_)) {}
  static Service& service() {
    static SuiteService shared;
    return shared.get();
  }
  static Pg& pg() { return service().pg(); }
  static std::string form(const std::string& csv, const std::string& more = "") {
    return "--XyZ\r\nContent-Disposition: form-data; name=\"file\"; filename=\"people.csv\"\r\n"
           "Content-Type: text/csv\r\n\r\n" +
           csv + "\r\n" + more + "--XyZ--\r\n";
  }
  static std::string field(const std::string& name, const std::string& value) {
    return "--XyZ\r\nContent-Disposition: form-data; name=\"" + name + "\"\r\n\r\n" + value +
           "\r\n";
  }
  HttpAnswer upload(const std::string& body, HttpClient::Headers more = {}) {
    more.emplace_back("Content-Type", "multipart/form-data; boundary=XyZ");
    return client_.post(key_, "/api/contact-lists", body, std::move(more));
  }
  HttpAnswer get(const std::string& target) { return client_.get(key_, "/api" + target); }
  int64_t rows() {
    return number_of(pg(), "select (select count(*) from contacts where account_id = " +
                               std::to_string(account_) +
                               ") + (select count(*) from contact_lists where account_id = " +
                               std::to_string(account_) + ")");
  }

  HttpClient client_ = service().client();
  int64_t account_;
  std::string key_;
};

TEST_F(ContactListsTest, AFileBecomesAList) {
  const HttpAnswer made = upload(form(
      "\xEF\xBB\xBFname,Phone,town\r\nAsha,+254712345678,Nairobi\r\n"
      "\"Okello, J \"\"JJ\"\"\",256 712-345678,\"Kampala\nCentral\"\r\n"
      "Again,00254712345678,x\r\nHome,0712345678,x\r\nNobody,,\r\nBad,254712345678.0,x\r\nLong,+"
      "254712345679,a,b\r\n",
      field("name", "May") + field("tags", "vip, kenya ")));
  ASSERT_EQ(made.status, 200) << made.body;
  EXPECT_TRUE(contains(made.body,
                       R"("name":"May","count":2,"columns":["name","Phone","town"],)"
                       R"("tags":["vip","kenya"],"imported":2,"duplicates":1,"invalid":4,)"
                       R"("invalid_by_reason":{"no_country_code":1,"no_number":1,)"
                       R"("spreadsheet_number":1,"too_many_fields":1},"invalid_rows":[5,6,7,8])"))
      << made.body;
  const std::string id =
      std::to_string(number_of(pg(), "select max(list_id) from contact_lists where account_id = " +
                                         std::to_string(account_)));
  EXPECT_TRUE(
      contains(get("/contact-lists/" + id + "/contacts").body,
               R"({"contacts":[{"id":1,"phone":"+254712345678","name":"Asha",)"
               R"("data":{"town":"Nairobi"}},{"id":2,"phone":"+256712345678",)"
               R"("name":"Okello, J \"JJ\"","data":{"town":"Kampala\nCentral"}}],"total":2})"))
      << get("/contact-lists/" + id + "/contacts").body;
  EXPECT_TRUE(contains(get("/contact-lists/" + id).body, R"("name":"May","count":2)"));
  EXPECT_TRUE(contains(get("/contact-lists?tag=kenya").body, R"("total":1)"));
  EXPECT_TRUE(contains(get("/contact-lists?tag=none").body, R"({"lists":[],"total":0})"));
  const std::string other = seed_key(pg(), seed_account(pg()));
  EXPECT_EQ(client_.get(other, "/api/contact-lists/" + id).status, 404);
  EXPECT_EQ(
      client_.send("DELETE", "/api/contact-lists/" + id, {{"Authorization", "Bearer " + other}})
          .status,
      404);
  const HttpAnswer gone =
      client_.send("DELETE", "/api/contact-lists/" + id, {{"Authorization", "Bearer " + key_}});
  EXPECT_EQ(gone.status, 204);
  EXPECT_EQ(gone.body, "");
  EXPECT_EQ(get("/contact-lists/" + id).status, 404);
}

TEST_F(ContactListsTest, PagesGoOnAfterAnId) {
  for (const char* name : {"a", "b", "c"}) {
    EXPECT_EQ(upload(form("phone\n+254712345678\n+254712345679\n+25471234567" +
                          std::to_string(name[0] - 'a') + "\n"))
                  .status,
              200);
  }
  const int64_t newest =
      number_of(pg(), "select max(list_id) from contact_lists where account_id = " +
                          std::to_string(account_));
  const std::string id = std::to_string(newest);
  const HttpAnswer older = get("/contact-lists?limit=1&page=7&after=" + id);
  EXPECT_TRUE(contains(older.body, "\"id\":" + std::to_string(newest - 1) + ",")) << older.body;
  EXPECT_TRUE(contains(older.body, R"("total":3)")) << older.body;
  const HttpAnswer rest = get("/contact-lists/" + id + "/contacts?limit=1&after=2");
  EXPECT_TRUE(contains(rest.body, R"({"contacts":[{"id":3,"phone":"+254712345672")")) << rest.body;
  EXPECT_EQ(get("/contact-lists?after=x").status, 422);
  EXPECT_EQ(get("/contact-lists/" + id + "/contacts?after=-1").status, 422);
}

TEST_F(ContactListsTest, ReadsWhatSpreadsheetsWrite) {
  const std::pair<const char*, const char*> files[] = {
      {"phone;name\n+254712345678;Asha\n", R"("name":"Asha")"},
      {"phone\tname\r+254712345678\tAsha\r", R"("name":"Asha")"},
      {"MSISDN,first_name\n+254712345678,Asha", R"("name":"Asha")"},
      {"phone,name\n+254712345678,\xC9lo\xEFse \x80\n", R"("name":"Éloïse €")"},
      {"name,number,to\nAsha,1,+254712345678\n", R"("phone":"+254712345678")"},
      {"sep=;\r\nTéléphone;Prénom\r\n\u202a+254 712\u2011345\u2011678\u202c;Asha;\r\n;;\r\n",
       R"("phone":"+254712345678","name":"Asha")"},
      {"\n,,\nTown,Phone Number\nMeru,\"=\"\"+254712345678\"\"\",,\n",
       R"("phone":"+254712345678","name":"","data":{"Town":"Meru"})"},
  };
  for (const auto& [csv, part] : files) {
    const HttpAnswer made = upload(form(csv));
    ASSERT_EQ(made.status, 200) << csv << made.body;
    const auto document = JsonDocument::parse(made.body);
    const std::string id = std::to_string(document->root().find("id")->integer());
    const HttpAnswer contacts = get("/contact-lists/" + id + "/contacts");
    EXPECT_TRUE(contains(contacts.body, part)) << csv << contacts.body;
  }
}

TEST_F(ContactListsTest, NoCountryCodeBeginsWithNought) {
  const HttpAnswer made =
      upload(form("phone\n+254712345678\n+027821234567\n0278123456\n00 0 27821234567\n"
                  "+0 27821234567\n+00254712345679\n00 254 712 345 680\n"));
  ASSERT_EQ(made.status, 200) << made.body;
  EXPECT_TRUE(contains(made.body, R"("imported":2,"duplicates":0,"invalid":5)")) << made.body;
  EXPECT_TRUE(contains(made.body, R"("invalid_rows":[3,4,5,6,7])")) << made.body;
}

TEST_F(ContactListsTest, ABrokenUploadLeavesNothing) {
  const std::string good = form("phone\n+254712345678\n");
  const std::tuple<std::string, int, const char*> cases[] = {
      {form("name,town\na,b\n"), 400, R"("code":"no_phone_column")"},
      {form("name,Ville\na,b\n"), 400, "'name', 'Ville'"},
      {form("phone\n0712345678\n"), 400, R"("code":"empty_list")"},
      {form("phone\n"), 400, R"("code":"empty_list")"},
      {form(""), 400, R"("code":"empty_list")"},
      {form("phone,a,a\n+254712345678,1,2\n"), 400, R"("code":"invalid_csv")"},
      {form("phone,name\n+254712000501,\"Ann\n+254712000502,Ben\n"), 400,
       R"("code":"invalid_csv","message":"The quoted field that opens in line 2 is not closed)"},
      {form("phone,name\n+254712000501,\"Ann\"x\n+254712000502,Ben\n"), 400, "line 2 "},
      {form("\"phone,name\n+254712000501,Ann\n"), 400, "line 1 "},
      {"--XyZ\r\nContent-Disposition: form-data; name=\"name\"\r\n\r\nx\r\n--XyZ--\r\n", 422,
       R"(["body","file"])"},
      {good.substr(0, good.size() - 12), 400, "it was cut"},
      {"nothing", 400, "multipart"},
      {"", 400, "multipart"},
  };
  for (const auto& [body, status, part] : cases) {
    const HttpAnswer answer = upload(body);
    EXPECT_EQ(answer.status, status) << body << answer.body;
    EXPECT_TRUE(contains(answer.body, part)) << body << answer.body;
  }
  EXPECT_EQ(client_.post(key_, "/api/contact-lists", "{}").status, 400) << "no multipart";
  EXPECT_EQ(rows(), 0);
}

TEST_F(ContactListsTest, ABigFileGoesThroughAFileAndKeepsItsRows) {
  std::string csv = "phone,name,note\n";
  for (int i = 0; i < 30'000; ++i) {
    csv += "+2547" + std::to_string(10'000'000 + i) + ",Name" + std::to_string(i) + "," +
           std::string(40, 'n') + "\n";
  }
  ASSERT_GT(csv.size(), 1'500'000u);
  const HttpAnswer made = upload(form(csv));
  ASSERT_EQ(made.status, 200) << made.body;
  EXPECT_TRUE(contains(made.body, R"("imported":30000,"duplicates":0,"invalid":0)")) << made.body;
  EXPECT_EQ(number_of(pg(),
                      "select count(*) from contacts where name = 'Name29999' and phone ="
                      " '+254710029999' and account_id = " +
                          std::to_string(account_)),
            1);
  EXPECT_EQ(client_.post(key_, "/api/messages/send", csv).status, 413) << "only lists may be big";
}

TEST_F(ContactListsTest, ABoundaryIsNoLongerThanTheStandardsSeventyCharacters) {
  const auto with = [&](size_t length) {
    std::string body = form("phone\n+254712345678\n");
    const std::string boundary(length, 'b');
    for (size_t at = 0; (at = body.find("XyZ", at)) != std::string::npos;) {
      body.replace(at, 3, boundary);
    }
    return client_.post(key_, "/api/contact-lists", body,
                        {{"Content-Type", "multipart/form-data; boundary=" + boundary}});
  };
  EXPECT_EQ(with(70).status, 200);
  const HttpAnswer refused = with(71);
  EXPECT_EQ(refused.status, 400);
  EXPECT_TRUE(contains(refused.body, "its boundary has more than 70 characters")) << refused.body;
}

TEST_F(ContactListsTest, AKeyMakesOneListHoweverOftenItIsSent) {
  std::string csv = "phone\n";
  for (int i = 0; i < 3000; ++i) csv += "+2547" + std::to_string(10'000'000 + i) + "\n";
  const HttpClient::Headers key{{"Idempotency-Key", "list-1"}};
  std::vector<HttpAnswer> answers(8);
  std::vector<std::thread> senders;
  for (HttpAnswer& answer : answers) {
    senders.emplace_back([&] {
      HttpClient client = service().client();
      HttpClient::Headers headers = key;
      headers.emplace_back("Content-Type", "multipart/form-data; boundary=XyZ");
      do {
        answer = client.post(key_, "/api/contact-lists", form(csv), headers);
      } while (answer.status == 409 || answer.status == 503);  // runs, or too many imports at once
    });
  }
  for (std::thread& sender : senders) sender.join();
  for (const HttpAnswer& answer : answers) {
    EXPECT_EQ(answer.status, 200) << answer.body;
    EXPECT_EQ(answer.body, answers[0].body);
  }
  EXPECT_EQ(rows(), 3001);
  // The same parts between other boundaries are the same request; another file is not.
  std::string other_bounds = form(csv);
  for (size_t at = 0; (at = other_bounds.find("--XyZ", at)) != std::string::npos;) {
    other_bounds.replace(at, 5, "--AbCd");
  }
  const HttpAnswer again = client_.post(
      key_, "/api/contact-lists", other_bounds,
      {{"Content-Type", "multipart/form-data; boundary=AbCd"}, {"Idempotency-Key", "list-1"}});
  EXPECT_EQ(again.body, answers[0].body);
  EXPECT_TRUE(again.headers.contains("idempotency-replayed"));
  const HttpAnswer reused = upload(form("phone\n+254712345678\n"), key);
  EXPECT_EQ(reused.status, 422);
  EXPECT_TRUE(contains(reused.body, R"("code":"idempotency_key_reused")")) << reused.body;
  // What was refused keeps no key.
  const HttpClient::Headers second{{"Idempotency-Key", "list-2"}};
  EXPECT_EQ(upload(form("name\nx\n"), second).status, 400);
  EXPECT_EQ(upload(form("phone\n+254712345678\n"), second).status, 200);
}

}  // namespace contact_lists_test
}  // namespace dundun
