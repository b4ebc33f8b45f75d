// From a raw request target to the endpoint: what is decoded, what matches, and which error it is.
#include "common/web/router.h"

#include <gtest/gtest.h>

#include "common/base/percent.h"

namespace dundun {
namespace router_test {

Endpoint endpoint(Method method, const char* path, bool bare = false) {
  return {method, path, Access::kQuery, nullptr, bare};
}

const Endpoint kEndpoints[] = {
    endpoint(Method::kGet, "/messages/{id}"),
    endpoint(Method::kGet, "/messages/stats"),
    endpoint(Method::kDelete, "/messages/{id}"),
    endpoint(Method::kPost, "/messages/{id}/{step}"),
    endpoint(Method::kPost, "/messages/{id}/retry"),
    endpoint(Method::kPost, "/send"),
    endpoint(Method::kGet, "/healthz", true),
};

std::string error_name(ErrorCode code) {
  switch (code) {
    case ErrorCode::kNotFound:
      return "not found";
    case ErrorCode::kMethodNotAllowed:
      return "method not allowed";
    case ErrorCode::kInvalidRequest:
      return "invalid request";
    case ErrorCode::kUriTooLong:
      return "URI too long";
    default:
      return "another error";
  }
}

// "GET /messages/{id} 7": the endpoint with its parameters, or the error.
std::string routed(Method method, std::string_view target) {
  Request request;
  request.method = method;
  if (const Status parsed = parse_target(target, request); !parsed) {
    return error_name(parsed.error().code);
  }
  const auto found = match(kEndpoints, request);
  if (!found) return error_name(found.error().code);
  std::string text(method_name((*found)->method));
  text.append(" ").append((*found)->path);
  for (const std::string& parameter : request.parameters) text += " " + parameter;
  return text;
}

struct RouteCase {
  Method method;
  std::string_view target;
  const char* wanted;
};

const RouteCase kTargets[] = {
    {Method::kGet, "/api/messages/7", "GET /messages/{id} 7"},
    {Method::kGet, "/v1/messages/7?x=1", "GET /messages/{id} 7"},
    {Method::kDelete, "/api/messages/7", "DELETE /messages/{id} 7"},
    // A literal wins over a parameter, wherever it stands in the table; unless the method is not
    // its own.
    {Method::kGet, "/api/messages/stats", "GET /messages/stats"},
    {Method::kDelete, "/api/messages/stats", "method not allowed"},
    {Method::kPost, "/api/messages/7/retry", "POST /messages/{id}/retry 7"},
    {Method::kPost, "/api/messages/7/stop", "POST /messages/{id}/{step} 7 stop"},
    // HEAD is a GET, and nothing else.
    {Method::kHead, "/api/messages/7", "GET /messages/{id} 7"},
    {Method::kHead, "/api/send", "method not allowed"},
    {Method::kGet, "/api/send", "method not allowed"},
    {Method::kPut, "/api/messages/7", "method not allowed"},
    {Method::kOther, "/api/messages/7", "method not allowed"},
    {Method::kOptions, "/api/messages/7", "method not allowed"},
    // Segments are whole, and as many as the pattern has.
    {Method::kGet, "/api/messages", "not found"},
    {Method::kGet, "/api/messages/", "not found"},
    {Method::kGet, "/api/messages/7/", "not found"},
    {Method::kGet, "/api//messages/7", "not found"},
    {Method::kGet, "/api/messages//7", "not found"},
    {Method::kPost, "/api/messages//retry", "not found"},
    {Method::kPost, "/api/send/", "not found"},
    {Method::kPost, "/api/Send", "not found"},
    {Method::kGet, "/api/", "not found"},
    {Method::kGet, "", "not found"},
    {Method::kGet, "/", "not found"},
    // The base decides which endpoints there are.
    {Method::kGet, "/healthz", "GET /healthz"},
    {Method::kGet, "/api/healthz", "not found"},
    {Method::kGet, "/messages/7", "not found"},
    {Method::kGet, "/apix/messages/7", "not found"},
    {Method::kGet, "/v2/messages/7", "not found"},
};

TEST(RouterTest, TargetsFindTheirEndpoint) {
  for (const RouteCase& one : kTargets) {
    EXPECT_EQ(routed(one.method, one.target), one.wanted)
        << method_name(one.method) << " " << one.target;
  }
}

TEST(RouterTest, EscapesInAPathAreReadOrMatchNothing) {
  const RouteCase cases[] = {
      {Method::kGet, "/api/messages/a%20b", "GET /messages/{id} a b"},
      {Method::kGet, "/api/messages/a+b", "GET /messages/{id} a+b"},
      {Method::kGet, "/api/messages/%41%7e", "GET /messages/{id} A~"},
      {Method::kGet, "/api/messages/%C3%A9", "GET /messages/{id} é"},
      {Method::kGet, "/api/messages/a%2Fb", "GET /messages/{id} a/b"},
      {Method::kGet, "/api/messages/%2e%2E", "GET /messages/{id} .."},
      {Method::kGet, "/api/messages/%73tats", "GET /messages/stats"},
      {Method::kPost, "/api/%73end", "POST /send"},
      {Method::kGet, "/api/messages/%00", "not found"},
      {Method::kGet, "/api/messages/a%00b", "not found"},
      {Method::kGet, "/api/messages/%", "not found"},
      {Method::kGet, "/api/messages/%4", "not found"},
      {Method::kGet, "/api/messages/a%4", "not found"},
      {Method::kGet, "/api/messages/%4g", "not found"},
      {Method::kGet, "/api/messages/%g4", "not found"},
      {Method::kGet, "/api/messages/%-1", "not found"},
      {Method::kGet, "/api/messages/%FF", "not found"},
      {Method::kGet, "/api/messages/%C3", "not found"},
      {Method::kPost, "/api/messages/%C3/retry", "not found"},
  };
  for (const RouteCase& one : cases) {
    EXPECT_EQ(routed(one.method, one.target), one.wanted) << one.target;
  }
}

// "a=1 b=", or the error.
std::string queried(std::string_view target) {
  Request request;
  if (const Status parsed = parse_target(target, request); !parsed) {
    return error_name(parsed.error().code);
  }
  std::string text;
  for (const auto& [name, value] : request.query) {
    text += (text.empty() ? "" : " ") + name + "=" + value;
  }
  return text;
}

TEST(RouterTest, AQueryIsDecodedAndAPlusIsASpace) {
  const std::pair<std::string_view, const char*> cases[] = {
      {"/api/x", ""},
      {"/api/x?", ""},
      {"/api/x?a=1&b=2", "a=1 b=2"},
      {"/api/x?a=b+c%2B", "a=b c+"},
      {"/api/x?a+b=%C3%A9", "a b=é"},
      {"/api/x?a", "a="},
      {"/api/x?=1", "=1"},
      {"/api/x?&&a=1&", "a=1"},
      {"/api/x?a=1=2?3", "a=1=2?3"},
      {"/api/x?a=%41%5", "invalid request"},
      {"/api/x?a=%", "invalid request"},
      {"/api/x?%=1", "invalid request"},
      {"/api/x?a=%00", "invalid request"},
      {"/api/x?a=%zz", "invalid request"},
      {"/api/x?a=%FF", "invalid request"},
      {"/api/x?%FF=a", "invalid request"},
      {"/v1/x?a=%FF", "invalid request"},
      {"/carrier/x?a=%FF", "a=\xff"},
  };
  for (const auto& [target, wanted] : cases) EXPECT_EQ(queried(target), wanted) << target;
  // A text that came in may be any octets.
  EXPECT_EQ(queried("/carrier/x?a=%00b"), std::string("a=\0b", 4));
}

TEST(RouterTest, TheFirstValueOfAParameterCounts) {
  Request request;
  ASSERT_TRUE(parse_target("/api/x?a=1&b=2&a=3", request));
  EXPECT_EQ(request.query_value("a"), "1");
  EXPECT_EQ(request.query_value("b"), "2");
  EXPECT_EQ(request.query_value("c"), std::nullopt);
}

TEST(RouterTest, ATargetHasABaseAndALimit) {
  Request request;
  ASSERT_TRUE(parse_target("/v1/x/y?z=1", request));
  EXPECT_EQ(request.base, Base::kV1);
  EXPECT_EQ(request.path, "/x/y");
  request = {};
  ASSERT_TRUE(parse_target("/api/x", request));
  EXPECT_EQ(request.base, Base::kApi);
  request = {};
  ASSERT_TRUE(parse_target("/apis/x", request));
  EXPECT_EQ(request.base, Base::kNone);
  EXPECT_EQ(request.path, "/apis/x");
  const std::string longest = "/api/" + std::string(kTargetBytesMax - 5, 'x');
  EXPECT_EQ(queried(longest), "");
  EXPECT_EQ(queried(longest + "x"), "URI too long");
}

TEST(RouterTest, OfTwoThatFitEquallyWellTheFirstCounts) {
  const Endpoint both[] = {endpoint(Method::kGet, "/a/{x}"), endpoint(Method::kGet, "/{x}/b")};
  const Endpoint turned[] = {both[1], both[0]};
  Request request;
  ASSERT_TRUE(parse_target("/api/a/b", request));
  EXPECT_STREQ((*match(both, request))->path, "/a/{x}");
  EXPECT_STREQ((*match(turned, request))->path, "/{x}/b");
}

TEST(RouterTest, AnEscapeThatIsCutReadsNothingBehindIt) {
  const std::string_view text = "%4142";
  EXPECT_EQ(percent_decode(text, Plus::kLiteral), "A42");
  EXPECT_EQ(percent_decode(text.substr(0, 3), Plus::kLiteral), "A");
  EXPECT_EQ(percent_decode(text.substr(0, 2), Plus::kLiteral), std::nullopt);
  EXPECT_EQ(percent_decode(text.substr(0, 1), Plus::kLiteral), std::nullopt);
  EXPECT_EQ(percent_decode("", Plus::kLiteral), "");
}

TEST(RouterTest, ABearerTokenStandsBehindAnyBlanksAndCase) {
  const auto token = [](const std::string& header) {
    Request request;
    request.authorization = header;
    return std::string(request.bearer_token());
  };
  EXPECT_EQ(token("Bearer abc"), "abc");
  EXPECT_EQ(token("bearer   abc"), "abc");
  EXPECT_EQ(token("BEARER abc d"), "abc d") << "the rest is judged with it";
  for (const char* none : {"", "Bearer", "Bearer ", "Bearer   ", "Basic abc", "Bearerabc", "abc"}) {
    EXPECT_EQ(token(none), "") << none;
  }
}

TEST(RouterTest, AllowNamesEveryMethodOfThePath) {
  const auto allowed = [](std::string_view target) {
    Request request;
    EXPECT_TRUE(parse_target(target, request));
    return allowed_methods(kEndpoints, request);
  };
  EXPECT_EQ(allowed("/api/messages/7"), "GET, HEAD, DELETE");
  EXPECT_EQ(allowed("/api/send"), "POST");
  EXPECT_EQ(allowed("/api/nothing"), "");
  EXPECT_EQ(allowed("/healthz"), "GET, HEAD");
  EXPECT_EQ(allowed("/api/healthz"), "");
}

TEST(RouterTest, MethodsHaveNames) {
  for (const char* name : {"GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"}) {
    EXPECT_EQ(method_name(parse_method(name)), name);
  }
  EXPECT_EQ(parse_method("get"), Method::kOther);
  EXPECT_EQ(parse_method("TRACE"), Method::kOther);
  EXPECT_EQ(method_name(Method::kOther), "OTHER");
}

}  // namespace router_test
}  // namespace dundun
