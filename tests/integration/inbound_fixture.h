// An account with a number of its own, and a carrier that brings it texts.
#pragma once

#include <gtest/gtest.h>

#include "common/io/crypto.h"
#include "common/io/json.h"
#include "tests/support/seed.h"
#include "tests/support/stack.h"

namespace dundun {
namespace inbound_test {

inline constexpr const char* kSecret = "loopback secret for tests";
inline constexpr const char* kPhone = "+254712345678";

inline std::string json_text(const std::string& text) {
  JsonWriter json;
  json.value(std::string_view(text));
  return json.take();
}

class InboundTest : public testing::Test {
 protected:
  InboundTest()
      : account_(seed_account(pg())), key_(seed_key(pg(), account_)), number_(next_number()) {
    give(number_, account_);
  }

  static Service& service() {
    static Service shared(Stack::shared().fresh_database());
    static const bool prepared = [] {
      const std::string secret = "'\\x" + to_hex(sha256(kSecret)) + "'";
      const std::string other = "'\\x" + to_hex(sha256("another secret of tests")) + "'";
      sql_of_test(shared.pg(),
                  "insert into carriers (carrier, secret_hashes) values ('loopback',"
                  " array[" +
                      other + "::bytea, " + secret + "]), ('kannel', array[" + other + "::bytea])");
      configuration_changed(shared.pg(), Stack::shared().redis_url());
      return true;
    }();
    (void)prepared;
    return shared;
  }
  static Pg& pg() { return service().pg(); }
  // Short codes of Kenya, one a test.
  static std::string next_number() {
    static int number = 20000;
    return std::to_string(++number);
  }
  static void give(const std::string& number, int64_t account, const std::string& keyword = "",
                   const std::string& more_names = "", const std::string& more = "") {
    sql_of_test(pg(), "insert into inbound_numbers (number, country, keyword, account_id" +
                          more_names + ") values ('" + number + "', 'KE', '" + keyword + "', " +
                          std::to_string(account) + more + ")");
  }
  static std::string mo(const std::string& id, const std::string& to, const std::string& text,
                        const std::string& from = kPhone, const std::string& more = "") {
    return R"({"id":)" + json_text(id) + R"(,"from":)" + json_text(from) + R"(,"to":)" +
           json_text(to) + R"(,"text":)" + json_text(text) + more + "}";
  }
  HttpAnswer call(const std::string& body, const std::string& secret = kSecret,
                  const std::string& carrier = "loopback") {
    return client_.send(
        "POST", "/carrier/" + carrier + "/mo",
        {{"Authorization", "Bearer " + secret}, {"Content-Type", "application/json"}}, body);
  }
  // Texts this test's number.
  HttpAnswer text_in(const std::string& text, const std::string& from = kPhone) {
    static int ids = 0;
    return call(mo("t" + std::to_string(++ids), number_, text, from));
  }
  HttpAnswer send(const std::string& to = kPhone, const std::string& more = "") {
    return client_.post(key_, "/api/messages/send",
                        R"({"to":")" + to + R"(","text":"Gate 4 opens at 9")" + more + "}");
  }
  HttpAnswer get(const std::string& target) { return client_.get(key_, target); }
  std::string own() const { return std::to_string(account_); }
  int64_t rows() {
    return number_of(pg(), "select count(*) from inbound_messages where account_id = " + own());
  }
  int64_t replies() {
    return number_of(pg(), "select count(*) from messages where account_id = " + own() +
                               " and source in ('auto_reply', 'opt_out_reply')");
  }
  std::string balance() { return get("/api/balance").body; }

  HttpClient client_ = service().client();
  int64_t account_;
  std::string key_;
  std::string number_;
};

}  // namespace inbound_test
}  // namespace dundun
