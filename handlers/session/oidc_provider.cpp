#include "handlers/session/oidc_provider.h"

#include <future>

#include "common/base/config.h"
#include "common/base/log.h"
#include "common/base/percent.h"
#include "common/io/crypto.h"
#include "common/io/http_poster.h"
#include "common/io/json.h"
#include "common/io/pg.h"
#include "sql/oidc.h"

namespace dundun {
namespace {

constexpr size_t kDocumentBytesMax = 262'144;
constexpr int64_t kRenewAfterS = 60;
constexpr int kRetryAfterS = 5;
constexpr int kGoodStatus = 200;
constexpr int kServerError = 500;

Error provider_is_down(const std::string& why) {
  Error error = fail(ErrorCode::kUnavailable,
                     "The identity provider does not answer now: try again, or log in otherwise.",
                     "identity provider: " + why);
  error.retry_after_s = kRetryAfterS;
  return error;
}

// Whoever reads the provider's document could send us anywhere.
bool may_be_called(const std::string& url, const OidcConfig& config) {
  return url.starts_with("https://") ||
         (config.private_addresses != 0 && url.starts_with("http://"));
}

Result<HttpReply> ask_provider(const Context& context, HttpCall call) {
  const OidcConfig& config = context.services.config.oidc;
  if (!may_be_called(call.url, config)) return provider_is_down("an address without https://");
  call.connect_timeout = config.timeout;
  call.timeout = config.timeout;
  call.answer_bytes_max = kDocumentBytesMax;
  const HttpPoster::Addresses addresses =
      config.private_addresses != 0 ? HttpPoster::Addresses::kAll : HttpPoster::Addresses::kPublic;
  HttpPoster http({1, 1, config.timeout, addresses});
  std::promise<HttpOutcome> promise;
  http.post(std::move(call),
            [&promise](HttpOutcome outcome) { promise.set_value(std::move(outcome)); });
  HttpOutcome got = promise.get_future().get();
  if (got.kind != HttpOutcome::Kind::kAnswered) return provider_is_down(got.error);
  if (got.reply.status >= kServerError) return provider_is_down("a server error");
  return std::move(got.reply);
}

Result<std::string> fetched(Context& context, const std::string& url) {
  HttpCall call;
  call.url = url;
  const HttpReply reply = TRY(ask_provider(context, std::move(call)));
  if (reply.status != kGoodStatus) return provider_is_down("a document is not there");
  if (!JsonDocument::parse(reply.body)) return provider_is_down("a document is no JSON");
  (void)TRY(context.services.pg.query(sql::oidc_document_keep, url, reply.body));
  return reply.body;
}

std::string form_of(const std::vector<std::pair<const char*, std::string>>& fields) {
  std::string form;
  for (const auto& [name, value] : fields) {
    if (!form.empty()) form += '&';
    form.append(name).append("=").append(percent_encode(value));
  }
  return form;
}

}  // namespace

Status require_provider(const Context& context) {
  if (!context.services.config.oidc.issuer.empty()) return Done{};
  return fail(ErrorCode::kNotFound, "This platform has no identity provider.");
}

Result<OidcAddresses> provider_addresses(Context& context) {
  const OidcConfig& config = context.services.config.oidc;
  // Discovery section 4.1: a slash that the issuer ends with is not doubled.
  std::string url = config.issuer;
  if (url.ends_with('/')) url.pop_back();
  url += "/.well-known/openid-configuration";
  const PgRows kept = TRY(context.services.pg.query(
      sql::oidc_document, url, static_cast<int32_t>(config.documents_kept.count())));
  std::string body;
  if (kept.size() > 0) {
    body = kept.text(0, sql::oidc_document.body);
  } else {
    body = TRY(fetched(context, url));
  }
  auto addresses = read_discovery(body, config.issuer);
  if (!addresses) return provider_is_down(addresses.error().message);
  return *std::move(addresses);
}

Result<std::string> provider_keys(Context& context, const OidcAddresses& addresses, Copy copy) {
  const auto kept_s = static_cast<int32_t>(context.services.config.oidc.documents_kept.count());
  const PgRows kept = TRY(context.services.pg.query(sql::oidc_document, addresses.keys, kept_s));
  const bool good = kept.size() > 0 &&
                    (copy == Copy::kKept || kept.i64(0, sql::oidc_document.age_s) < kRenewAfterS);
  if (good) return std::string(kept.text(0, sql::oidc_document.body));
  return fetched(context, addresses.keys);
}

Result<std::string> trade_code(Context& context, const OidcAddresses& addresses,
                               const CodeTrade& trade) {
  const OidcConfig& config = context.services.config.oidc;
  HttpCall call;
  call.method = "POST";
  call.url = addresses.token;
  call.headers = {{"Content-Type", "application/x-www-form-urlencoded"},
                  {"Accept", "application/json"}};
  if (!config.client_secret.empty()) {
    // RFC 6749 section 2.3.1: both are form-encoded first.
    call.headers.emplace_back("Authorization",
                              "Basic " + to_base64(percent_encode(config.client_id) + ":" +
                                                   percent_encode(config.client_secret)));
  }
  call.body = form_of({{"grant_type", "authorization_code"},
                       {"code", trade.code},
                       {"redirect_uri", trade.redirect_uri},
                       {"client_id", config.client_id},
                       {"code_verifier", trade.verifier}});
  const HttpReply reply = TRY(ask_provider(context, std::move(call)));
  const auto answer = JsonDocument::parse(reply.body);
  const bool is_answer = reply.status == kGoodStatus && answer && answer->root().is_object();
  const auto token = is_answer ? answer->root().find("id_token") : std::nullopt;
  if (token && token->is_string()) return std::string(token->string());
  log(LogLevel::kWarning, "oidc_code_refused", {{"status", int64_t{reply.status}}});
  return fail(ErrorCode::kWrongIdentity,
              "The identity provider does not know this login: begin again.");
}

}  // namespace dundun
