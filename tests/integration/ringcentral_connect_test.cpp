// How a tenant connects RingCentral: by the pages, by a JWT; what is refused; how it ends.
#include "common/io/crypto.h"
#include "tests/integration/ringcentral_fixture.h"
#include "tests/support/text.h"

namespace dundun {
namespace ringcentral_connect_test {

constexpr const char* kOther = "629893002";

std::string file_text(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

TEST_F(RingCentralTest, ConnectsByThePages) {
  start();
  EXPECT_EQ(call("GET", "/rc/status", key_).body, R"({"connected":false})");
  const std::string path = link(key_);
  EXPECT_EQ(path.substr(0, 24), "/v1/rc/connect?token=" + path.substr(21, 3));
  // Looking uses nothing up.
  for (int look = 0; look < 2; ++look) {
    const HttpAnswer page = service_->client().send("GET", path);
    EXPECT_EQ(page.status, 200) << page.body;
    EXPECT_TRUE(contains(page.body, "<form method=\"post\" action=\"/v1/rc/connect\">"));
    EXPECT_EQ(page.headers.at("referrer-policy"), "no-referrer");
    EXPECT_EQ(page.headers.at("cache-control"), "no-store");
  }
  const HttpAnswer left = press(path);
  ASSERT_EQ(left.status, 303) << left.body;
  const std::string back = ringcentral_.authorize(left.headers.at("location"), kUser);
  ASSERT_EQ(back.substr(0, back.find('?')), "/v1/rc/callback") << left.headers.at("location");
  const HttpAnswer done = service_->client().send("GET", back, {{"Cookie", cookie_of(left)}});
  EXPECT_EQ(done.status, 200) << done.body;
  EXPECT_TRUE(contains(done.headers.at("content-type"), "text/html"));
  const std::string status = call("GET", "/rc/status", key_).body;
  EXPECT_EQ(json_field(status, "connected"), "true") << status;
  EXPECT_EQ(json_field(status, "rcAccountId"), RingCentralStandIn::kAccount);
  EXPECT_EQ(json_field(status, "expiresAt").size(), 24u);
  EXPECT_EQ(number_of(pg(), "select count(*) from rc_numbers where number = '+254700000001'"), 1);
  EXPECT_EQ(number_of(pg(), "select count(*) from inbound_numbers where carrier = 'ringcentral'"),
            1);
  ASSERT_EQ(ringcentral_.subscriptions().size(), 1u);
  EXPECT_EQ(ringcentral_.subscriptions().begin()->second.address,
            "http://127.0.0.1:9/v1/webhooks/ringcentral");
  EXPECT_EQ(number_of(pg(),
                      "select count(*) from audit_log where action like 'ringcentral.%' and "
                      "actor_kind = 'api_key'"),
            2);
}

TEST_F(RingCentralTest, ThePagesSpeakTheReadersLanguage) {
  start();
  const auto asked = [&](const std::string& target, const char* languages) {
    return service_->client().send("GET", target, {{"Accept-Language", languages}}).body;
  };
  const std::string path = link(key_);
  const std::string french = asked(path, "fr-CM,fr;q=0.9,en;q=0.8");
  EXPECT_TRUE(contains(french, "<html lang=\"fr\">")) << french;
  EXPECT_TRUE(contains(french, "enverra et recevra des SMS par vos numéros RingCentral")) << french;
  EXPECT_TRUE(contains(asked(path, "ar, sw;q=0.4"), "<button>Unganisha RingCentral</button>"));
  EXPECT_TRUE(contains(asked(path, "ar"), "<button>Connect RingCentral</button>"));
  const std::string refused = asked("/v1/rc/callback?code=x&state=forged", "pt");
  EXPECT_TRUE(contains(refused, "O RingCentral não está ligado")) << refused;
  EXPECT_TRUE(contains(refused, "<p lang=\"en\">Invalid or expired state</p>")) << refused;
}

TEST_F(RingCentralTest, AsksForJsonAndGetsIt) {
  start();
  EXPECT_EQ(connect(key_, kUser, "&format=json").body, R"({"ok":true})");
  EXPECT_EQ(json_field(call("GET", "/rc/status", key_).body, "connected"), "true");
  // A second user of the same tenant, by a link for somebody else.
  ringcentral_.give_number(kOther, "+254700000002");
  const HttpAnswer invited = call("POST", "/rc/invite-token", key_);
  EXPECT_EQ(json_field(invited.body, "inviteUrl"),
            "http://127.0.0.1:9" + json_field(invited.body, "connectUrl"));
  const HttpAnswer left = press(json_field(invited.body, "connectUrl"));
  const std::string back = ringcentral_.authorize(left.headers.at("location"), kOther);
  EXPECT_EQ(service_->client().send("GET", back, {{"Cookie", cookie_of(left)}}).status, 200);
  EXPECT_EQ(number_of(pg(), "select count(*) from rc_connections where state = 1"), 2);
  EXPECT_EQ(number_of(pg(), "select count(distinct extension_id) from rc_numbers"), 2);
}

TEST_F(RingCentralTest, ConnectingAgainKeepsTheSubscription) {
  start();
  EXPECT_EQ(connect(key_, kUser).status, 200);
  EXPECT_EQ(connect(key_, kUser).status, 200);
  ASSERT_EQ(ringcentral_.subscriptions().size(), 1u);
  EXPECT_EQ(ringcentral_.subscriptions().begin()->second.renewals, 1);
  EXPECT_EQ(number_of(pg(), "select count(*) from rc_connections"), 1);
}

TEST_F(RingCentralTest, TokensAndLogsHoldNoSecret) {
  start();
  EXPECT_EQ(connect(key_, kUser).status, 200);
  Process scheduler = service_->scheduler(60);
  sql_of_test(pg(), "update rc_connections set expires_at = now(), tended_at = null");
  ASSERT_TRUE(wait_until([&] { return ringcentral_.calls("grant_type=refresh_token") == 1; }));
  const PgRows rows = sql_of_test(
      pg(),
      "select c::text || coalesce((select string_agg(a::text, ' ') from rc_authorizations a), "
      "'') || (select string_agg(l::text, ' ') from rc_links l) from rc_connections c");
  std::string kept(rows.text(0, 0));
  for (const char* log : {"gravity", "carrier", "scheduler", "messages"}) {
    kept += file_text(service_->folder() + "/" + log + ".log");
  }
  for (const std::string& secret : ringcentral_.secrets()) {
    EXPECT_FALSE(contains(kept, secret)) << secret;
    EXPECT_FALSE(contains(kept, to_hex(std::string_view(secret)))) << secret;
  }
  EXPECT_FALSE(contains(kept, RingCentralStandIn::kClientSecret));
  EXPECT_FALSE(contains(kept, "254700000001"));
}

TEST_F(RingCentralTest, LinksHoldOnceAndShortly) {
  start();
  const auto refused = [&](const HttpAnswer& answer, const char* text) {
    EXPECT_EQ(answer.status, 400) << answer.body;
    EXPECT_TRUE(contains(answer.body, text)) << answer.body;
    EXPECT_TRUE(contains(answer.headers.at("content-type"), "text/html"));
  };
  refused(call("GET", "/rc/connect"), "Missing token");
  refused(call("GET", "/rc/connect?token=0"), "Invalid or expired token");
  EXPECT_EQ(call("GET", "/rc/connect?token=0&format=json").body,
            R"({"error":"Invalid or expired token"})");
  EXPECT_EQ(call("GET", "/rc/connect?format=json").body, R"({"error":"Missing token"})");
  refused(press("?token="), "Missing token");
  refused(press("?token=<script>"), "Invalid or expired token");
  const std::string used = link(key_);
  EXPECT_EQ(press(used).status, 303);
  refused(press(used), "Invalid or expired token");
  refused(service_->client().send("GET", used), "Invalid or expired token");
  const std::string late = link(key_);
  EXPECT_EQ(number_of(pg(),
                      "select round(extract(epoch from max(expires_at) - now()) / 60) from "
                      "rc_links"),
            5);
  sql_of_test(pg(), "update rc_links set expires_at = now()");
  refused(press(late), "Invalid or expired token");
  refused(service_->client().send("GET", late), "Invalid or expired token");
  (void)call("POST", "/rc/invite-token", key_);
  EXPECT_EQ(number_of(pg(),
                      "select round(extract(epoch from max(expires_at) - now()) / 60) from "
                      "rc_links"),
            30);
}

TEST_F(RingCentralTest, AHundredPressesOfOneButtonAreOne) {
  start();
  const std::string path = link(key_);
  std::atomic<int> led{0};
  std::vector<std::thread> pressing;
  for (int i = 0; i < 20; ++i) {
    pressing.emplace_back([&] { led += press(path).status == 303 ? 1 : 0; });
  }
  for (std::thread& one : pressing) one.join();
  EXPECT_EQ(led, 1);
}

TEST_F(RingCentralTest, TheWayBackIsBoundToTheBrowserAndHoldsOnce) {
  start();
  const auto refused = [&](const std::string& target, const std::string& cookie, const char* text) {
    const HttpAnswer answer =
        service_->client().send("GET", target + "&format=json", {{"Cookie", cookie}});
    EXPECT_EQ(answer.status, 400) << answer.body;
    EXPECT_EQ(answer.body, "{\"error\":\"" + std::string(text) + "\"}");
  };
  const char* const missing = "Missing code or state parameter";
  refused("/v1/rc/callback?code=x", "", missing);
  refused("/v1/rc/callback?state=x", "", missing);
  refused("/v1/rc/callback?x=y", "", missing);
  const char* const invalid = "Invalid or expired state";
  refused("/v1/rc/callback?code=x&state=forged", "dundun_rc=x", invalid);
  const HttpAnswer left = press(link(key_));
  const std::string cookie = cookie_of(left);
  EXPECT_TRUE(contains(left.headers.at("set-cookie"), "HttpOnly; SameSite=Lax"));
  const std::string back = ringcentral_.authorize(left.headers.at("location"), kUser);
  refused(back, "", invalid);
  refused(back, "dundun_rc=another", invalid);
  EXPECT_EQ(number_of(pg(), "select count(*) from rc_connections"), 0);
  EXPECT_EQ(service_->client().send("GET", back, {{"Cookie", cookie}}).status, 200);
  refused(back, cookie, invalid);
  // RingCentral knows no such code, or the user said no.
  const HttpAnswer again = press(link(key_));
  const std::string other = ringcentral_.authorize(again.headers.at("location"), kUser);
  const std::string state = other.substr(other.find("&state="));
  refused("/v1/rc/callback?code=guessed" + state, cookie_of(again),
          "RingCentral refused the authorization");
  const HttpAnswer third = press(link(key_));
  const std::string last = ringcentral_.authorize(third.headers.at("location"), kUser);
  refused("/v1/rc/callback?error=access_denied" + last.substr(last.find("&state=")),
          cookie_of(third), "RingCentral was not authorized");
}

TEST_F(RingCentralTest, LinksAreCountedByTenantAndHour) {
  start({{"RC_CONNECT_TOKENS_PER_HOUR", "3"}});
  for (int i = 0; i < 2; ++i) (void)link(key_);
  EXPECT_EQ(call("POST", "/rc/invite-token", key_).status, 200);
  const HttpAnswer over = call("POST", "/rc/connect-token", key_);
  EXPECT_EQ(over.status, 429);
  EXPECT_EQ(over.body, R"({"error":"Too many requests"})");
  EXPECT_GT(std::stoi(over.headers.at("retry-after")), 3000);
  int64_t other = 0;
  (void)link(make_tenant(other));
  sql_of_test(pg(), "update rc_links set made_at = made_at - interval '1 hour'");
  (void)link(key_);
}

TEST_F(RingCentralTest, AJwtConnectsWithoutABrowser) {
  start();
  ringcentral_.add_jwt("jwt-of-the-tests", kUser);
  const auto by_jwt = [&](const std::string& key, const std::string& body) {
    return call("POST", "/rc/jwt", key, body);
  };
  const std::string body = R"({"jwt":"jwt-of-the-tests"})";
  EXPECT_EQ(by_jwt(key_, body).body, R"({"error":"Admin API key required"})");
  int64_t account = 0;
  const std::string manager = make_tenant(account, "{send,query,webhooks,admin}");
  EXPECT_EQ(by_jwt(manager, "{}").body, R"({"error":"jwt is required"})");
  EXPECT_EQ(by_jwt(manager, R"({"jwt":"another"})").body,
            R"({"error":"RingCentral refused the jwt"})");
  const PgRows first = sql_of_test(
      pg(), "select tenant_id from accounts where account_id = " + std::to_string(account_));
  const HttpAnswer foreign = by_jwt(
      manager, R"({"jwt":"jwt-of-the-tests","tenantId":")" + std::string(first.text(0, 0)) + "\"}");
  EXPECT_EQ(foreign.status, 404) << foreign.body;
  EXPECT_EQ(by_jwt(manager, body).body, R"({"ok":true})");
  EXPECT_EQ(json_field(call("GET", "/rc/status", manager).body, "connected"), "true");
  // It is shown again whenever a token ends.
  Process scheduler = service_->scheduler(60);
  const int before = ringcentral_.calls("jwt-bearer");
  sql_of_test(pg(), "update rc_connections set expires_at = now(), tended_at = null");
  EXPECT_TRUE(wait_until([&] { return ringcentral_.calls("jwt-bearer") == before + 1; }));
  EXPECT_EQ(ringcentral_.calls("grant_type=refresh_token"), 0);
}

TEST_F(RingCentralTest, DisconnectingLeavesNothing) {
  start();
  int64_t other = 0;
  const std::string neighbour = make_tenant(other);
  ringcentral_.give_number(kOther, "+254700000002");
  EXPECT_EQ(connect(key_, kUser).status, 200);
  EXPECT_EQ(connect(neighbour, kOther).status, 200);
  EXPECT_EQ(call("POST", "/rc/disconnect", key_).body, R"({"ok":true})");
  EXPECT_EQ(call("GET", "/rc/status", key_).body, R"({"connected":false})");
  EXPECT_EQ(ringcentral_.subscriptions().size(), 1u);
  EXPECT_EQ(ringcentral_.calls("/restapi/oauth/revoke"), 1);
  const std::string of_mine = " where account_id = " + std::to_string(account_);
  for (const char* table : {"rc_connections", "rc_numbers", "inbound_numbers"}) {
    EXPECT_EQ(number_of(pg(), "select count(*) from " + std::string(table) + of_mine), 0) << table;
    EXPECT_EQ(number_of(pg(), "select count(*) from " + std::string(table)), 1) << table;
  }
  EXPECT_EQ(send(key_).body, R"({"error":"from is not a number of this tenant"})");
  EXPECT_EQ(call("POST", "/rc/disconnect", key_).body, R"({"ok":true})");
  EXPECT_EQ(json_field(call("GET", "/rc/status", neighbour).body, "connected"), "true");
}

TEST_F(RingCentralTest, SaysWhoIsConnectedWithWhichNumbers) {
  start();
  EXPECT_EQ(call("GET", "/rc/connections", key_).body, R"({"available":true,"users":[]})");
  ringcentral_.give_number(kUser, "+254700000003");
  ringcentral_.give_number(kOther, "+254700000002");
  EXPECT_EQ(connect(key_, kUser).status, 200);
  EXPECT_EQ(connect(key_, kOther).status, 200);
  sql_of_test(pg(),
              "update rc_connections set held_until = now() + interval '1 minute' "
              "where extension_id = '" +
                  std::string(kUser) + "'");
  sql_of_test(pg(), "update rc_connections set state = 2, kind = 2 where extension_id = '" +
                        std::string(kOther) + "'");
  const std::string all = call("GET", "/rc/connections", key_).body;
  EXPECT_TRUE(contains(all, R"("users":[{"extensionId":"629893001","rcAccountId":"80964001",)"
                            R"("connected":true,"connectedBy":"sign_in","connectedAt":"2)"))
      << all;
  EXPECT_EQ(json_field(all, "heldUntil").size(), 24u) << all;
  EXPECT_TRUE(contains(all, R"("numbers":["+254700000001","+254700000003"]},)"
                            R"({"extensionId":"629893002","rcAccountId":"80964001",)"
                            R"("connected":false,"connectedBy":"jwt","connectedAt":"2)"))
      << all;
  EXPECT_TRUE(contains(all, R"("heldUntil":null,"numbers":["+254700000002"]}]})")) << all;
  int64_t other = 0;
  EXPECT_EQ(call("GET", "/rc/connections", make_tenant(other)).body,
            R"({"available":true,"users":[]})");
}

TEST_F(RingCentralTest, WhatIsNotSetUpSaysSo) {
  start();
  const std::string made = link(key_);
  sql_of_test(pg(), "update carriers set is_active = false");
  const HttpAnswer answer = call("POST", "/rc/connect-token", key_);
  EXPECT_EQ(answer.status, 409);
  EXPECT_EQ(answer.body, R"({"error":"RingCentral is not set up here"})");
  EXPECT_EQ(call("GET", "/rc/connections", key_).body, R"({"available":false,"users":[]})");
  EXPECT_EQ(service_->client().send("GET", made).status, 409);
  const std::string test = seed_key(pg(), account_, KeyKind::kTest);
  EXPECT_EQ(call("POST", "/rc/connect-token", test).body,
            R"({"error":"This is the account's own and not for test keys: use a live key."})");
  EXPECT_EQ(call("POST", "/rc/disconnect", test).status, 403);
  EXPECT_EQ(call("GET", "/rc/status", test).body, R"({"connected":false})");
}

TEST_F(RingCentralTest, ANumberOfAnotherTenantStaysThere) {
  start();
  int64_t other = 0;
  const std::string neighbour = make_tenant(other);
  EXPECT_EQ(connect(key_, kUser).status, 200);
  EXPECT_EQ(connect(neighbour, kUser).status, 200);
  EXPECT_EQ(number_of(pg(), "select account_id from inbound_numbers"), account_);
  EXPECT_EQ(send(neighbour).body, R"({"error":"from is not a number of this tenant"})");
  EXPECT_EQ(send(key_).status, 202);
}

}  // namespace ringcentral_connect_test
}  // namespace dundun
