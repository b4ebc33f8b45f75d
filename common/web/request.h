// One HTTP request as the handlers see it, and the answer.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "common/base/ids.h"
#include "common/base/result.h"
#include "common/web/traceparent.h"

namespace dundun {

class Upload;

enum class Method { kGet, kPost, kPut, kPatch, kDelete, kHead, kOptions, kOther };

// Under which base the call came. They differ in one status: a balance that is too low is 422
// under /api and 402 under /v1.
enum class Base { kNone, kApi, kV1 };

struct Request {
  Method method = Method::kGet;
  Base base = Base::kNone;
  std::string path;                     // raw, without base and query
  std::vector<std::string> parameters;  // of the route's {…}, percent-decoded, in order
  std::vector<std::pair<std::string, std::string>> query;  // decoded
  std::string body;
  std::shared_ptr<const Upload> upload;  // instead of the body when that is too big for memory
  std::string request_id;                // 32 hex, from nginx or our own
  std::optional<Trace> trace;            // of the header traceparent
  std::string remote_address;
  std::string authorization;  // header values, empty when absent
  std::string api_key;        // X-API-Key
  std::string cookie;
  std::string origin;
  // Read only from requests without a key: they tell our own pages from those of other sites.
  std::string host;
  std::string fetch_site;   // Sec-Fetch-Site
  std::string csrf_token;   // X-CSRF-Token
  std::string environment;  // X-Environment, of sessions
  std::string accept_language;
  bool over_tls = false;  // the browser speaks TLS, with nginx or with a proxy before it
  // As sent, even if empty; nullopt: absent. If it was sent more than once: all, joined by ", ".
  std::optional<std::string> idempotency_key;
  std::string payment_signature;   // X-Payment-Signature, of the sandbox's callbacks
  std::string verif_hash;          // verif-hash, of Flutterwave's
  std::string validation_token;    // Validation-Token, of RingCentral's handshake
  std::string verification_token;  // Verification-Token, of its notifications
  // Headers whose names say that they hold a signature; names in lower case. Only from requests
  // without a key.
  std::vector<std::pair<std::string, std::string>> signatures;
  std::string content_type;
  std::string user_agent;

  // The trace that what comes of this request belongs to, if its caller records it.
  std::optional<Uuid> recorded_trace() const {
    return trace && trace->is_recorded ? std::optional(trace->id) : std::nullopt;
  }
  // The first value of a query parameter.
  std::optional<std::string_view> query_value(std::string_view name) const;
  // What stands behind "Bearer", in any case and with any blanks (RFC 6750, RFC 9110 section 11.4);
  // empty: the header says something else, or nothing.
  std::string_view bearer_token() const;
};

// A body that is made while it is written. Each call gives the next piece, "" at the end. After the
// first piece an error cuts the connection, so that the client sees that the body is not complete.
using BodyStream = std::function<Result<std::string>()>;

struct Response {
  int status = 200;
  std::string body;
  std::string content_type = "application/json";
  std::vector<std::pair<std::string, std::string>> headers;
  BodyStream stream = nullptr;  // instead of `body`; called on a thread of its own

  static Response json(std::string body, int status = 200) {
    return Response{.status = status, .body = std::move(body), .headers = {}};
  }
};

}  // namespace dundun
