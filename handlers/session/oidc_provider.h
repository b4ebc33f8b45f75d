// The OpenID provider of this installation (deploy/oidc.md): asked by libcurl, within the house's
// rules for addresses. Its document and keys are kept in PostgreSQL for OIDC_DOCUMENTS_S.
#pragma once

#include <string>

#include "common/identity/oidc.h"
#include "common/web/endpoint.h"

namespace dundun {

// kNotFound: this installation has none.
Status require_provider(const Context& context);

// kUnavailable: it does not answer, or with something that is no discovery document of its.
Result<OidcAddresses> provider_addresses(Context& context);

// The provider's set of keys (JWKS). kRenewed asks again if the copy is over a minute old: its keys
// may have changed, and nobody makes us ask more often. kUnavailable.
enum class Copy { kKept, kRenewed };
Result<std::string> provider_keys(Context& context, const OidcAddresses& addresses, Copy copy);

// Gives the code back for an ID token. kWrongIdentity: the provider does not take it. kUnavailable.
struct CodeTrade {
  const std::string& code;
  const std::string& verifier;  // PKCE
  const std::string& redirect_uri;
};
Result<std::string> trade_code(Context& context, const OidcAddresses& addresses,
                               const CodeTrade& trade);

}  // namespace dundun
