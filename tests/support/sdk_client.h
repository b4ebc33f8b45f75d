// Clients that do on the wire what the official libraries do: their headers, their retries, their
// way of reading an error.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "tests/support/http_client.h"

namespace dundun {

class SdkClient {
 public:
  enum class Kind {
    kNode,     // esms-node: retries POSTs only with a key; content-length: 0 without a body
    kNodeOld,  // its tag v1.0.0: retries everything, never sends a key
    kPhp,      // esms-php: neither Content-Length nor Content-Type without a body
  };
  // Which error class its user would catch.
  enum class Raised {
    kNothing,
    kAuthentication,       // 401
    kPermission,           // 403
    kNotFound,             // 404
    kInsufficientBalance,  // by the code, or 402
    kInvalidRequest,       // 400, 409, 413, 422
    kRateLimited,          // 429
    kServer,
  };
  struct Result {
    Raised raised = Raised::kNothing;
    int status = 0;
    std::string body;
    std::string code;        // error.code, or detail.code
    std::string message;     // error.message, detail.message or detail
    std::string request_id;  // X-Request-Id
    int tries = 0;
  };

  SdkClient(Kind kind, std::string socket, std::string key)
      : kind_(kind), socket_(std::move(socket)), key_(std::move(key)) {}

  // `path` stands behind the base URL. A body of nullopt is a call without one.
  Result call(const std::string& method, const std::string& path,
              const std::optional<std::string>& body = std::nullopt,
              const std::string& idempotency_key = "");

 private:
  std::string request(const std::string& method, const std::string& path,
                      const std::optional<std::string>& body, const std::string& key) const;
  bool retries(const std::string& method, int status, const std::string& key) const;

  Kind kind_;
  std::string socket_, key_;
};

// What json_encode of PHP makes of a text: \/ and \uXXXX for all that is not ASCII.
std::string php_json(const std::string& utf8);
// encodeURIComponent, rawurlencode.
std::string percent_encoded(const std::string& text);

}  // namespace dundun
