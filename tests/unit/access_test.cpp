// Rights without a server: networks, the form of keys, cookies, what browsers say of a request.
#include <gtest/gtest.h>

#include "common/base/cookie.h"
#include "common/identity/address_list.h"
#include "common/identity/api_key.h"
#include "common/identity/authorization.h"
#include "common/identity/caller.h"
#include "common/identity/guessing.h"
#include "common/identity/user_fields.h"
#include "common/io/password.h"
#include "common/web/csrf.h"

namespace dundun {
namespace access_test {

Caller key_with_all() {
  Caller key;
  key.key_id = 1;
  key.may_send = key.may_query = key.may_webhooks = key.may_admin = true;
  return key;
}

KeyRights app_grant() { return {.scopes = {"send", "query", "webhooks"}}; }

TEST(Grants, NobodyGivesWhatHeDoesNotHave) {
  EXPECT_TRUE(may_give(key_with_all(), app_grant()));
  Caller caller = key_with_all();
  caller.environment = Environment::kTest;
  EXPECT_FALSE(may_give(caller, app_grant()));
  EXPECT_TRUE(may_give(caller, {.environment = Environment::kTest, .scopes = {"send"}}));
  caller = key_with_all();
  caller.may_send = false;
  const Status refused = may_give(caller, app_grant());
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::kInsufficientScope);
  EXPECT_TRUE(may_give(caller, {.scopes = {"query", "admin"}}));
  caller.may_webhooks = false;
  EXPECT_FALSE(may_give(caller, {.scopes = {"webhooks"}}));
  EXPECT_FALSE(may_give(key_with_all(), {.scopes = {"root"}}));
  EXPECT_FALSE(may_give(key_with_all(), {.scopes = {"query"}, .all_tenants = true}));
}

TEST(Grants, NetworksStayWithinOnesOwn) {
  Caller caller = key_with_all();
  caller.allowed_networks = {*Network::parse("192.0.2.0/24"), *Network::parse("2001:db8::/32")};
  const auto gives = [&](const std::vector<std::string>& networks) {
    return may_give(caller, {.scopes = {"query"}, .networks = networks}).has_value();
  };
  EXPECT_TRUE(gives({"192.0.2.0/24"}));
  EXPECT_TRUE(gives({"192.0.2.7", "2001:db8:1::/48"}));
  for (const char* wider : {"192.0.2.0/23", "0.0.0.0/0", "::/0", "198.51.100.1", "no network"}) {
    EXPECT_FALSE(gives({"192.0.2.7", wider})) << wider;
  }
  EXPECT_FALSE(gives({})) << "from everywhere";
  caller.allowed_networks = {Network{}};  // what could not be read
  EXPECT_FALSE(gives({"192.0.2.7"}));
}

TEST(Grants, NoKeyOutlivesItsGiver) {
  Caller caller = key_with_all();
  caller.expires_at_unix = 2'000'000'000;
  const auto gives = [&](const std::optional<Instant>& end) {
    return may_give(caller, {.scopes = {"query"}, .expires_at = end}).has_value();
  };
  const Instant end{std::chrono::seconds(caller.expires_at_unix)};
  EXPECT_TRUE(gives(end));
  EXPECT_TRUE(gives(end - std::chrono::hours(1)));
  EXPECT_FALSE(gives(end + std::chrono::seconds(1)));
  EXPECT_FALSE(gives(std::nullopt));
}

TEST(Grants, NobodyTouchesWhatIsAboveHim) {
  KeyRights admins = app_grant();
  admins.all_tenants = true;
  EXPECT_FALSE(may_touch(key_with_all(), admins));
  Caller caller = key_with_all();
  caller.is_platform_admin = true;
  EXPECT_TRUE(may_touch(caller, admins));
  EXPECT_TRUE(may_give(caller, admins));
  Caller owner;
  owner.session_id = 1;
  owner.take_role(Role::kOwner);
  EXPECT_FALSE(may_touch(owner, admins));
  owner.environment = Environment::kTest;  // what the session looks at
  EXPECT_TRUE(may_give(owner, app_grant()));
  caller = key_with_all();
  caller.environment = Environment::kTest;
  EXPECT_FALSE(may_touch(caller, app_grant()));
}

TEST(Networks, AreReadAndCompared) {
  for (const char* good : {"192.0.2.7", "192.0.2.0/24", "0.0.0.0/0", "2001:db8::/32", "::/0", "::1",
                           "255.255.255.255/32"}) {
    EXPECT_TRUE(Network::parse(good)) << good;
  }
  for (const char* bad : {"", "/", "192.0.2.7/", "192.0.2.7/33", "192.0.2.7/24", "192.0.2.128/24",
                          "192.0.2", "1.2.3.4.5", "2001:db8::1/32", "::1/129", "host.example",
                          "192.0.2.0/-1", "unix:", "192.0.2.0/24 ", "0x7f.1"}) {
    EXPECT_FALSE(Network::parse(bad)) << bad;
  }
  const std::vector<Network> list{*Network::parse("192.0.2.0/24"),
                                  *Network::parse("2001:db8::/32")};
  for (const char* inside : {"192.0.2.0", "192.0.2.255", "2001:db8:ffff::1", "::ffff:192.0.2.9"}) {
    EXPECT_TRUE(any_contains(list, inside)) << inside;
  }
  for (const char* outside : {"192.0.3.0", "2001:db9::", "unix:", "", "::1"}) {
    EXPECT_FALSE(any_contains(list, outside)) << outside;
  }
  EXPECT_FALSE(any_contains({*Network::parse("0.0.0.0/0")}, "2001:db8::1"));
}

TEST(ApiKeys, BearAChecksum) {
  const std::string key = new_api_key(Environment::kTest);
  EXPECT_TRUE(key.starts_with("esms_test_"));
  EXPECT_TRUE(has_key_checksum(key));
  for (size_t i = 10; i < key.size(); ++i) {
    std::string typo = key;
    typo[i] = typo[i] == 'a' ? 'b' : 'a';
    EXPECT_FALSE(has_key_checksum(typo)) << i;
  }
  EXPECT_FALSE(has_key_checksum(""));
  EXPECT_EQ(key.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789_"), std::string::npos)
      << key;
  EXPECT_TRUE(has_key_checksum("esms_live_ZZZZZZZZZZZZZZZZZZZZZZZZZZ4JpSIq"));
  EXPECT_NE(key, new_api_key(Environment::kTest));
  EXPECT_EQ(masked_key("esms_live_0123456789abcdefghijklmnopqrstuv"), "esms_live_****stuv");
}

TEST(Cookies, AreFoundByTheirWholeName) {
  EXPECT_EQ(cookie_value("a=1; esms=2; b=3", "esms"), "2");
  EXPECT_EQ(cookie_value("esms=2", "esms"), "2");
  EXPECT_EQ(cookie_value("xesms=1;esms=2=3", "esms"), "2=3");
  EXPECT_EQ(cookie_value("esmsx=1", "esms"), "");
  EXPECT_EQ(cookie_value("", "esms"), "");
  EXPECT_EQ(cookie_value(";;; ;", "esms"), "");
}

TEST(Pages, OnlyOurOwnMayAct) {
  const std::vector<std::string> ours{"https://portal.example"};
  const auto may = [&](const char* site, const char* origin, const char* host) {
    Request request;
    request.fetch_site = site;
    request.origin = origin;
    request.host = host;
    return require_own_page(request, ours).has_value();
  };
  EXPECT_TRUE(may("same-origin", "https://api.example", "api.example"));
  EXPECT_TRUE(may("none", "", "api.example"));
  EXPECT_TRUE(may("", "https://api.example:8443", "api.example:8443"));
  EXPECT_TRUE(may("cross-site", "https://portal.example", "api.example"));
  EXPECT_TRUE(may("", "", "api.example"));
  EXPECT_TRUE(may("same-origin", "https://in.front.example", "api.example"));
  EXPECT_FALSE(may("same-site", "https://other.example", "api.example"));
  EXPECT_FALSE(may("cross-site", "", "api.example"));
  EXPECT_FALSE(may("", "https://api.example.evil", "api.example"));
  EXPECT_FALSE(may("", "https://api.example:8443", "api.example"));
  EXPECT_FALSE(may("", "null", "api.example"));
  EXPECT_FALSE(may("", "null", ""));
  EXPECT_FALSE(may("nonsense", "", "api.example"));
}

TEST(Roles, EachMayWhatThoseBeforeItMay) {
  Caller caller;
  caller.may_query = caller.may_send = caller.may_webhooks = caller.may_admin = true;
  caller.take_role(Role::kNone);
  EXPECT_FALSE(caller.may_query || caller.may_send || caller.may_webhooks || caller.may_admin);
  caller.take_role(Role::kViewer);
  EXPECT_TRUE(caller.may_query && !caller.may_send && !caller.may_admin);
  caller.take_role(Role::kDeveloper);
  EXPECT_TRUE(caller.may_send && caller.may_webhooks && !caller.may_admin);
  caller.take_role(Role::kOwner);
  EXPECT_TRUE(caller.may_admin);
  EXPECT_EQ(role_name(Role::kAdmin), "admin");
  EXPECT_EQ(parse_role("admin"), Role::kAdmin);
  EXPECT_FALSE(parse_role("Admin"));
  EXPECT_FALSE(parse_role("none"));
}

TEST(Passwords, WhatIsGuessedFirstIsRefused) {
  const std::string email = "wanjiru@example.com";
  for (const char* bad :
       {"1234567890", "0987654321", "password123", "Password123!", "P@ssw0rd2026", "qwertyuiop",
        "passwordpassword", "abcabcabcabc", "aaaaaaaaaa", "!!!!!!!!!!", "abcdefghijkl",
        "12341234123", "iloveyou2026", "wanjiru@example.com", "WANJIRU@example.com", "wanjiru123",
        "123Wanjiru!"}) {
    EXPECT_TRUE(is_easily_guessed(bad, email)) << bad;
  }
  for (const char* good :
       {"correct horse battery", "8271934650", "mti mkubwa wa mbuyu", "x7kQ-33vb-Lm",
        "nairobi matatu 46", "\xd9\x83\xd9\x84\xd9\x85\xd8\xa9 \xd8\xb3\xd8\xb1"}) {
    EXPECT_FALSE(is_easily_guessed(good, email)) << good;
  }
  EXPECT_FALSE(is_easily_guessed("ann likes tea", "ann@example.com"));
}

TEST(Passwords, AreArgon2id) {
  const PasswordCost cost{.memory_kib = 64, .passes = 1};
  const std::string hash = *hash_password("correct horse", cost);
  EXPECT_TRUE(hash.starts_with("$argon2id$v=19$m=64,t=1,p=1$")) << hash;
  EXPECT_TRUE(is_password(hash, "correct horse"));
  EXPECT_FALSE(is_password(hash, "correct horse "));
  EXPECT_FALSE(is_password(hash, ""));
  EXPECT_FALSE(is_password("", "x"));
  EXPECT_FALSE(is_password("$argon2id$broken", "x"));
  EXPECT_NE(hash, *hash_password("correct horse", cost));
  EXPECT_TRUE(has_cost(hash, cost));
  EXPECT_FALSE(has_cost(hash, {.memory_kib = 64, .passes = 2}));
}

TEST(Emails, AreAsciiAndLowerCase) {
  EXPECT_EQ(*parse_email("Ann.B@Example.COM"), "ann.b@example.com");
  for (const char* bad :
       {"", "a", "@b", "a@", "a@b@c", "a b@c", "a@.c", "a@c.", "\xc3\xa9@b.c", "<a@b>"}) {
    EXPECT_FALSE(parse_email(bad)) << bad;
  }
  EXPECT_FALSE(parse_email(std::string(250, 'a') + "@b.cd"));
}

}  // namespace access_test
}  // namespace dundun
