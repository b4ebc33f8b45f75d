// An OpenID provider: tests/support/oidc_provider.py, which knows nothing of ours.
#pragma once

#include <cstdint>
#include <map>
#include <string>

#include "tests/support/process.h"

namespace dundun {

class OidcProvider {
 public:
  OidcProvider();
  // What it does otherwise than a good one from now on: JSON (oidc_provider.py).
  void tweak(const std::string& json) const;
  std::string issuer() const { return "http://127.0.0.1:" + port_; }
  // The settings that make it the provider of a service's account 1.
  std::map<std::string, std::string> settings() const;
  // How often it was asked for a document.
  int64_t fetched(const char* path) const;
  // Where it sends a browser back to that goes to this address.
  std::string visited(const std::string& url) const;

 private:
  std::string folder_, port_;
  Process server_;
};

}  // namespace dundun
