// Who may do what: roles and scopes against endpoints, forged requests, senders, routes, and the
// keys that make a request happen once.
#include <gtest/gtest.h>

#include <functional>
#include <optional>

#include "common/identity/address_list.h"
#include "common/identity/authorization.h"
#include "common/io/crypto.h"
#include "common/sending/route_choice.h"
#include "common/web/csrf.h"
#include "common/web/idempotency.h"
#include "common/web/upload.h"

namespace dundun {
namespace rights_test {

constexpr Access kAccesses[] = {
    Access::kPublic, Access::kLocal,  Access::kQuery,   Access::kSend,  Access::kWebhooks,
    Access::kManage, Access::kTenant, Access::kSession, Access::kOwner, Access::kPlatform};

// A letter for each access of kAccesses that the caller has.
std::string rights_of(const Caller& caller) {
  std::string rights;
  for (size_t i = 0; i < std::size(kAccesses); ++i) {
    rights += has_right(caller, kAccesses[i]) ? "plqswmtSOP"[i] : '-';
  }
  return rights;
}

Caller session_of(Role role) {
  Caller caller;
  caller.session_id = 7;
  caller.take_role(role);
  return caller;
}

TEST(AccessTest, ARoleHasWhatThoseBeforeItHave) {
  EXPECT_EQ(rights_of(session_of(Role::kNone)), "pl-----S--");
  EXPECT_EQ(rights_of(session_of(Role::kViewer)), "plq----S--");
  EXPECT_EQ(rights_of(session_of(Role::kDeveloper)), "plqsw--S--");
  EXPECT_EQ(rights_of(session_of(Role::kOwner)), "plqswmtSO-");
  EXPECT_EQ(rights_of(session_of(Role::kAdmin)), "plqswmtSOP");
}

TEST(AccessTest, AKeyHasItsScopesAndNothingOfAUser) {
  Caller key;
  key.key_id = 1;
  EXPECT_EQ(rights_of(key), "pl--------");
  key.may_query = true;
  EXPECT_EQ(rights_of(key), "plq-------");
  key.may_query = false;
  key.may_send = true;
  EXPECT_EQ(rights_of(key), "pl-s------");
  key.may_send = false;
  key.may_webhooks = true;
  EXPECT_EQ(rights_of(key), "pl--w-----");
  key.may_webhooks = false;
  key.may_admin = true;
  EXPECT_EQ(rights_of(key), "pl---mt---");
  key.is_platform_admin = true;
  EXPECT_EQ(rights_of(key), "pl---mt---") << "an app's admin is none of the platform's pages";
  key.role = Role::kOwner;
  EXPECT_EQ(rights_of(key), "pl---mt---") << "without a session no role makes an owner";
}

TEST(AccessTest, OnlyWhatIsPublicOrLocalNeedsNobody) {
  for (const Access access : kAccesses) {
    EXPECT_EQ(needs_caller(access), access != Access::kPublic && access != Access::kLocal);
  }
}

TEST(AccessTest, TheRefusalSaysWhatIsMissing) {
  const auto words = [](const Caller& caller, Access access) {
    const Status allowed = authorize(caller, access, {});
    EXPECT_FALSE(allowed);
    EXPECT_EQ(allowed.error().code, ErrorCode::kInsufficientScope);
    return allowed.error().message;
  };
  const Caller viewer = session_of(Role::kViewer);
  EXPECT_EQ(words({}, Access::kQuery), "This API key lacks the scope 'query'.");
  EXPECT_EQ(words({}, Access::kSend), "This API key lacks the scope 'send'.");
  EXPECT_EQ(words({}, Access::kWebhooks), "This API key lacks the scope 'webhooks'.");
  EXPECT_EQ(words({}, Access::kManage), "This API key lacks the scope 'admin'.");
  EXPECT_EQ(words({}, Access::kSession), "This needs a login, not an API key.");
  EXPECT_EQ(words({}, Access::kOwner), "This needs a login, not an API key.");
  EXPECT_EQ(words(viewer, Access::kOwner), "The role 'viewer' does not allow this.");
  EXPECT_EQ(words(viewer, Access::kSend), "The role 'viewer' does not allow this.");
  EXPECT_EQ(words(viewer, Access::kPlatform), "This is for the platform's administrators.");
}

// What authorize() says to a key with every scope; `change` makes it another one.
std::optional<ErrorCode> refusal(const std::function<void(Caller&)>& change,
                                 const Demand& demand = Access::kQuery, const Visit& visit = {}) {
  Caller key;
  key.key_id = 1;
  key.may_send = key.may_query = key.may_webhooks = key.may_admin = true;
  change(key);
  const Status allowed = authorize(key, demand, visit);
  return allowed ? std::nullopt : std::optional(allowed.error().code);
}

TEST(AuthorizeTest, AKeyEndsInItsSecond) {
  const Instant end{std::chrono::seconds(1'000)};
  const auto at = [&](Instant when) {
    return refusal([](Caller& key) { key.expires_at_unix = 1'000; }, Access::kQuery,
                   {Dialect::kFirst, "", when});
  };
  EXPECT_EQ(at(end - std::chrono::seconds(1)), std::nullopt);
  EXPECT_EQ(at(end), ErrorCode::kInvalidApiKey);
}

TEST(AuthorizeTest, TheAddressAndTheAccountCount) {
  const auto bound = [](Caller& key) { key.allowed_networks = {*Network::parse("192.0.2.0/24")}; };
  EXPECT_EQ(refusal(bound, Access::kQuery, {Dialect::kFirst, "192.0.2.7", {}}), std::nullopt);
  EXPECT_EQ(refusal(bound, Access::kQuery, {Dialect::kFirst, "192.0.3.7", {}}),
            ErrorCode::kAddressNotAllowed);
  EXPECT_EQ(refusal(bound, Access::kQuery, {Dialect::kFirst, "", {}}),
            ErrorCode::kAddressNotAllowed);
  EXPECT_EQ(refusal([](Caller& key) { key.suspended = true; }), ErrorCode::kAccountSuspended);
}

TEST(AuthorizeTest, AnAppsKeyOpensTheSecondDialectOnly) {
  const auto app = [](Caller& key) { key.app_id = "app_1"; };
  EXPECT_EQ(refusal(app, Access::kQuery, {Dialect::kSecond, "", {}}), std::nullopt);
  EXPECT_EQ(refusal(app, Access::kQuery, {Dialect::kFirst, "", {}}), ErrorCode::kInsufficientScope);
  EXPECT_EQ(refusal([](Caller&) {}, Access::kQuery, {Dialect::kSecond, "", {}}), std::nullopt);
}

TEST(AuthorizeTest, WhatIsTheAccountsOwnIsNoTestKeysBusiness) {
  const auto test = [](Caller& key) { key.environment = Environment::kTest; };
  EXPECT_EQ(refusal(test), std::nullopt);
  EXPECT_EQ(refusal(test, live(Access::kQuery)), ErrorCode::kInsufficientScope);
  EXPECT_EQ(refusal([](Caller&) {}, live(Access::kQuery)), std::nullopt);
  Caller owner = session_of(Role::kOwner);
  owner.environment = Environment::kTest;  // what the page looks at
  EXPECT_TRUE(authorize(owner, live(Access::kManage), {}));
}

TEST(AuthorizeTest, WhatIsDangerousWantsASecondFactorThatWasJustShown) {
  const Instant shown{std::chrono::seconds(1'000)};
  const auto after = [&](std::chrono::seconds later, const Demand& demand) {
    Caller owner = session_of(Role::kOwner);
    owner.second_factor_at = shown;
    const Status allowed =
        authorize(owner, demand, {Dialect::kFirst, "", shown + later, std::chrono::seconds(600)});
    return allowed ? std::nullopt : std::optional(allowed.error().code);
  };
  const std::chrono::seconds last(599), late(600);
  EXPECT_EQ(after(last, fresh(Access::kOwner)), std::nullopt);
  EXPECT_EQ(after(late, fresh(Access::kOwner)), ErrorCode::kSecondFactorStale);
  EXPECT_EQ(after(late, Access::kOwner), std::nullopt) << "the rest goes on";
  EXPECT_EQ(after(last, fresh(Access::kPlatform)), ErrorCode::kInsufficientScope);
  EXPECT_TRUE(authorize(session_of(Role::kOwner), fresh(Access::kOwner), {}))
      << "who has none shows none";
}

TEST(AuthorizeTest, ATestKeySeesTestsOnly) {
  Caller key;
  key.key_id = 1;
  EXPECT_EQ(visible_environments(key).size(), 2u);
  key.environment = Environment::kTest;
  EXPECT_EQ(visible_environments(key), std::vector{Environment::kTest});
}

TEST(NetworkTest, APrefixEndsExactlyWhereItEnds) {
  const std::pair<const char*, const char*> inside[] = {
      {"192.0.2.7/32", "192.0.2.7"},
      {"192.0.2.7", "192.0.2.7"},
      {"192.0.2.0/25", "192.0.2.127"},
      {"10.0.0.0/8", "10.255.255.255"},
      {"2001:db8::/33", "2001:db8:7fff:ffff:ffff:ffff:ffff:ffff"},
      {"::1", "::1"}};
  const std::pair<const char*, const char*> outside[] = {{"192.0.2.7/32", "192.0.2.6"},
                                                         {"192.0.2.7", "192.0.2.8"},
                                                         {"192.0.2.0/25", "192.0.2.128"},
                                                         {"10.0.0.0/8", "11.0.0.0"},
                                                         {"10.0.0.0/8", "9.255.255.255"},
                                                         {"2001:db8::/33", "2001:db8:8000::"},
                                                         {"::1", "::2"}};
  for (const auto& [network, address] : inside) {
    EXPECT_TRUE(any_contains({*Network::parse(network)}, address)) << network << " " << address;
  }
  for (const auto& [network, address] : outside) {
    EXPECT_FALSE(any_contains({*Network::parse(network)}, address)) << network << " " << address;
  }
  for (const char* bad : {"192.0.2.128/24", "192.0.2.1/31", "2001:db8::1/127", "128.0.0.0/0"}) {
    EXPECT_FALSE(Network::parse(bad)) << bad;
  }
}

struct Forgery {
  Method method;
  const char* token;
  const char* content_type;
  const char* body;
  const char* wanted;
};

std::string verdict_on(const Forgery& one) {
  Request request;
  request.method = one.method;
  request.csrf_token = std::string(one.token) == "right" ? csrf_token("session") : one.token;
  request.content_type = one.content_type;
  request.body = one.body;
  request.fetch_site = "same-origin";
  const Status status = require_no_forgery(request, "session", {});
  if (status) return "passes";
  return status.error().code == ErrorCode::kCrossSite ? "cross site" : "wrong type";
}

TEST(ForgeryTest, WhatChangesSomethingNeedsTheTokenAndNoForm) {
  const Forgery cases[] = {
      {Method::kGet, "", "", "", "passes"},
      {Method::kHead, "", "", "", "passes"},
      {Method::kOptions, "", "", "", "cross site"},
      {Method::kPost, "", "", "", "cross site"},
      {Method::kPut, "", "", "", "cross site"},
      {Method::kPatch, "wrong", "", "", "cross site"},
      {Method::kDelete, "", "", "", "cross site"},
      {Method::kDelete, "right", "", "", "passes"},
      {Method::kPost, "right", "", "", "passes"},
      {Method::kPost, "right", "application/json", "{}", "passes"},
      {Method::kPost, "right", "Application/JSON ; charset=utf-8", "{}", "passes"},
      {Method::kPost, "right", "multipart/form-data; boundary=x", "x", "passes"},
      {Method::kPost, "right", "", "{}", "wrong type"},
      {Method::kPost, "right", "text/plain", "{}", "wrong type"},
      {Method::kPost, "right", "text/plain; application/json", "{}", "wrong type"},
      {Method::kPost, "right", "application/x-www-form-urlencoded", "a=1", "wrong type"},
      {Method::kPost, "right", "application/jsonx", "{}", "wrong type"},
  };
  for (const Forgery& one : cases) {
    EXPECT_EQ(verdict_on(one), one.wanted)
        << static_cast<int>(one.method) << " " << one.token << " " << one.content_type;
  }
  EXPECT_NE(csrf_token("session"), csrf_token("another"));
}

TEST(ForgeryTest, APageOfAnotherSiteIsRefusedBeforeItsToken) {
  Request request;
  request.method = Method::kPost;
  request.csrf_token = csrf_token("session");
  request.fetch_site = "cross-site";
  EXPECT_FALSE(require_no_forgery(request, "session", {}));
  request.fetch_site = "same-origin";
  request.origin = "https://in.front.example";
  request.host = "behind.example:8080";
  EXPECT_TRUE(require_no_forgery(request, "session", {})) << "a proxy changed the host";
}

TEST(ForgeryTest, AnUploadIsABodyToo) {
  auto upload = Upload::create();
  ASSERT_TRUE(upload);
  Request request;
  request.upload = std::make_shared<Upload>(*std::move(upload));
  for (const char* type : {"", "text/plain", "application/x-www-form-urlencoded"}) {
    request.content_type = type;
    EXPECT_FALSE(require_no_form(request)) << type;
  }
  request.content_type = "multipart/form-data; boundary=x";
  EXPECT_TRUE(require_no_form(request));
}

// The key's hash for a request, or "refused".
std::string key_hash(const Request& request, Environment environment = Environment::kLive) {
  Caller caller;
  caller.environment = environment;
  const auto key = idempotency_key(request, caller);
  if (!key) return "refused";
  return *key ? (*key)->key_hash : "none";
}

TEST(IdempotencyTest, AKeyCountsForOneMethodPathAndEnvironment) {
  Request request;
  request.method = Method::kPost;
  request.path = "/messages/send";
  EXPECT_EQ(key_hash(request), "none");
  request.idempotency_key = "a-1";
  const std::string hash = key_hash(request);
  EXPECT_EQ(hash.size(), 32u);
  Request other = request;
  other.base = Base::kV1;
  other.body = "another";
  EXPECT_EQ(key_hash(other), hash);
  EXPECT_NE(key_hash(request, Environment::kTest), hash);
  other.method = Method::kPut;
  EXPECT_NE(key_hash(other), hash);
  other = request;
  other.path = "/messages/sends";
  EXPECT_NE(key_hash(other), hash);
  other = request;
  other.idempotency_key = "a-2";
  EXPECT_NE(key_hash(other), hash);
  other.idempotency_key = "\"a-1\"";
  EXPECT_EQ(key_hash(other), hash) << "quotes are not of the key";
  EXPECT_EQ(answer_sealing_key(other), answer_sealing_key(request));
}

TEST(IdempotencyTest, TheBodyIsWhatIsCompared) {
  Request request;
  request.idempotency_key = "a-1";
  request.body = "one";
  const std::string one = (*idempotency_key(request, {}))->request_hash;
  EXPECT_EQ(one, sha256("one"));
  request.path = "/elsewhere";
  EXPECT_EQ((*idempotency_key(request, {}))->request_hash, one);
  request.body = "two";
  EXPECT_NE((*idempotency_key(request, {}))->request_hash, one);
}

TEST(IdempotencyTest, AKeyIsPrintableAndShort) {
  const std::pair<std::string, bool> cases[] = {{"a", true},
                                                {std::string(255, 'a'), true},
                                                {std::string(256, 'a'), false},
                                                {"!~", true},
                                                {"a b", false},
                                                {"a\x7f", false},
                                                {"a\n", false},
                                                {"\"\"", false},
                                                {"\"", true},
                                                {"\"a", true},
                                                {"\xc3\xa9", false},
                                                {" ", false}};
  for (const auto& [key, good] : cases) {
    Request request;
    request.idempotency_key = key;
    EXPECT_EQ(key_hash(request) != "refused", good) << key;
  }
}

TEST(SenderChoiceTest, AnotherThanTheDefaultNeedsItsApprovalForTheCountry) {
  Route route;
  route.country = "KE";
  route.sender_default = "Dundun";
  Caller caller;
  caller.sender_ids = {{"Kijani", true, {"KE", "UG"}},
                       {"Waiting", false, {"KE"}},
                       {"Elsewhere", true, {"UG"}},
                       {"Nowhere", true, {}}};
  const auto chosen = [&](const std::optional<std::string>& wanted) {
    const auto sender = choose_sender(wanted, caller.sender_ids, route);
    if (sender) return *sender;
    EXPECT_EQ(sender.error().code, ErrorCode::kSenderIdNotApproved);
    return std::string("refused");
  };
  EXPECT_EQ(chosen(std::nullopt), "Dundun");
  EXPECT_EQ(chosen("Dundun"), "Dundun");
  EXPECT_EQ(chosen("Kijani"), "Kijani");
  EXPECT_EQ(chosen("KIJANI"), "Kijani") << "as it was approved";
  for (const char* refused :
       {"Waiting", "Elsewhere", "Nowhere", "Unknown", "Kijan", "", "dundun"}) {
    EXPECT_EQ(chosen(refused), "refused") << refused;
  }
}

TEST(RouteChoiceTest, ARouteServesItsCountryWhileItIsActive) {
  Snapshot snapshot;
  for (const auto& [code, country, active] : {std::tuple{"KE_OLD", "KE", false},
                                              {"KE_1", "KE", true},
                                              {"KE_2", "KE", true},
                                              {"UG_OLD", "UG", false}}) {
    Route route;
    route.code = code;
    route.country = country;
    route.active = active;
    snapshot.routes.push_back(route);
  }
  const auto chosen = [&](const char* country, std::optional<std::string> wanted = {}) {
    const auto route = choose_route(country, wanted, snapshot);
    if (route) return (*route)->code;
    EXPECT_EQ(route.error().code, ErrorCode::kNoRoute);
    return std::string("none");
  };
  EXPECT_EQ(chosen("KE"), "KE_1");
  EXPECT_EQ(chosen("KE", "KE_2"), "KE_2");
  EXPECT_EQ(chosen("KE", "KE_OLD"), "none");
  EXPECT_EQ(chosen("KE", "KE_9"), "none");
  EXPECT_EQ(chosen("UG"), "none");
  EXPECT_EQ(chosen("UG", "KE_1"), "none");
  EXPECT_EQ(chosen("TZ"), "none");
}

}  // namespace rights_test
}  // namespace dundun
