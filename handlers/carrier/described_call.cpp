#include "handlers/carrier/described_call.h"

#include <algorithm>

#include "common/base/config.h"
#include "common/base/log.h"
#include "common/base/metrics.h"
#include "common/carrier/receipt_url.h"
#include "common/io/crypto.h"
#include "common/sending/snapshot.h"
#include "common/web/router.h"
#include "handlers/carrier/callback.h"

namespace dundun {
namespace {

using Kind = CallbackProof::Kind;

Error refused() {
  counter("dundun_carrier_refused_total").add();
  return fail(ErrorCode::kInvalidSignature, "Unknown carrier or wrong secret.");
}

bool hmac_fits(const CallbackProof& proof, const Request& request) {
  const auto found = std::ranges::find(request.signatures, proof.header,
                                       &std::pair<std::string, std::string>::first);
  if (found == request.signatures.end()) return false;
  const std::string digest = hmac_sha256(proof.secret, request.body);
  const std::string wanted = proof.prefix + (proof.base64 ? to_base64(digest) : to_hex(digest));
  return equal_constant_time(wanted, found->second);
}

Status check_proof(const Context& context, const CallbackProof& proof) {
  const Request& request = context.request;
  if (proof.kind == Kind::kCarrierSecret) {
    TRY(calling_carrier(context));
    return Done{};
  }
  const bool good =
      proof.kind == Kind::kHmac
          ? hmac_fits(proof, request)
          : equal_constant_time("Basic " + to_base64(proof.secret), request.authorization);
  if (!good) return refused();
  return Done{};
}

// The message that a signed URL names; nullopt for a call to another URL.
Result<std::optional<CarrierReference>> described_reference(const Request& request,
                                                            const HttpDescription& description) {
  const auto signature = request.query_value("sig");
  if (!signature || description.url_secret.empty()) return std::optional<CarrierReference>();
  const std::string_view ref = request.query_value("ref").value_or("");
  if (!equal_constant_time(receipt_signature(description.url_secret, ref), *signature)) {
    return refused();
  }
  return parse_carrier_reference(ref);
}

Result<CarrierDocument> document_of(const Request& request) {
  const auto is = [&request](std::string_view type) {
    return request.content_type.starts_with(type);
  };
  CarrierDocument::Fields form;
  if (is("application/x-www-form-urlencoded")) TRY(parse_query(request.body, form, Nul::kKept));
  const bool has_text = request.method != Method::kGet && !request.body.empty() && form.empty();
  if (has_text && !is("application/json")) {
    return fail(ErrorCode::kUnsupportedType, "The body is neither JSON nor a form.");
  }
  CarrierDocument document =
      has_text ? CarrierDocument::of_text(request.body) : CarrierDocument::of_form(std::move(form));
  if (has_text && !document.is_json()) {
    return fail(ErrorCode::kInvalidJson, "The body is not valid JSON.");
  }
  document.take_query(request.query);
  return document;
}

Result<HttpDescription> description_of(const Context& context, const std::string& carrier,
                                       const std::string& settings) {
  auto secrets = read_carrier_file(context.services.config.carrier_secrets_dir, carrier);
  auto description = secrets ? read_http_description(settings, *secrets)
                             : Result<HttpDescription>(std::move(secrets).error());
  if (description) return description;
  log(LogLevel::kError, "carrier_settings",
      {{"carrier", std::string_view(carrier)},
       {"detail", std::string_view(description.error().message)}});
  return unavailable("the carrier's settings");
}

}  // namespace

Result<std::optional<DescribedCall>> described_call(const Context& context) {
  const std::string& carrier = context.request.parameters.at(0);
  const auto& described = context.snapshot.inbound.http_carriers;
  const auto settings = described.find(carrier);
  if (settings == described.end()) return std::optional<DescribedCall>();
  HttpDescription description = TRY(description_of(context, carrier, settings->second));
  const std::optional<CarrierReference> named =
      TRY(described_reference(context.request, description));
  if (!named) TRY(check_proof(context, description.proof));
  TRY(from_its_networks(context, carrier));
  CarrierDocument document = TRY(document_of(context.request));
  return std::optional<DescribedCall>(
      DescribedCall{carrier, std::move(description), std::move(document), named});
}

}  // namespace dundun
