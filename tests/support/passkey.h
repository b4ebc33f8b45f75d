// An authenticator of passkeys: tests/support/passkey.py, which knows nothing of ours.
#pragma once

#include <string>

namespace dundun {

class SoftPasskey {
 public:
  explicit SoftPasskey(std::string origin);
  // The JSON of a credential, for the answer that asked for it ({"public_key": …}): made, or shown.
  // `tweaks`: JSON of what it does otherwise than a good one (passkey.py).
  std::string credential(const std::string& answer, const std::string& tweaks = "{}") const;

 private:
  std::string origin_;
  std::string key_file_;
};

}  // namespace dundun
