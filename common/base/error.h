// What can go wrong, and the code that the API shows for it.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>

namespace dundun {

// What a client may be told. A new code does not compile until error.cpp has its HTTP status and
// its text.
enum class ErrorCode {
  kInvalidJson,            // 400: the body is not the JSON we accept
  kInvalidRequest,         // 400
  kInvalidPhone,           // 400
  kNoRoute,                // 400
  kTextTooLong,            // 400
  kEmptyList,              // 400: there is nobody to send to
  kNoPhoneColumn,          // 400
  kInvalidCsv,             // 400
  kFileTooLarge,           // 400
  kInvalidSchedule,        // 400
  kInvalidCountry,         // 400
  kNoWebhook,              // 400: no URL is set
  kInvalidApiKey,          // 401
  kMissingApiKey,          // 401
  kExpiredToken,           // 401: a session that has ended, or never was
  kWrongPassword,          // 401
  kWrongCode,              // 401: of a second factor; or it was used before
  kWrongPasskey,           // 401: nobody's, another's, or it did not sign what was asked
  kWrongIdentity,          // 401: what an identity provider said, or whom it named, is not taken
  kSecondFactorDue,        // 401: the password was right, and the second factor is to be shown
  kInvalidSignature,       // 401: a callback did not prove its sender
  kInsufficientScope,      // 403
  kSecondFactorStale,      // 403: it was shown too long ago for what is asked
  kCrossSite,              // 403: a page of another site sent the request
  kAddressNotAllowed,      // 403: the key is not allowed from this address
  kSenderIdNotApproved,    // 403
  kHttpsRequired,          // 403
  kAccountSuspended,       // 403
  kRecipientOptedOut,      // 403
  kNotFound,               // 404
  kLinkInvalid,            // 404: of an invitation or a new password: used, expired or never made
  kMethodNotAllowed,       // 405
  kNotCancellable,         // 409
  kNotRetryable,           // 409
  kMaxRetriesExceeded,     // 409
  kNotReschedulable,       // 409
  kInvalidState,           // 409: not possible in the current state
  kQuoteChanged,           // 409
  kIdempotencyInProgress,  // 409
  kAlreadyExists,          // 409
  kPaymentRefused,         // 409: not the payment that was agreed, or too late
  kBodyTooLarge,           // 413
  kUriTooLong,             // 414
  kUnsupportedType,        // 415
  kValidation,             // 422 with a list that names the fields
  kInsufficientBalance,    // 422 under /api, 402 under /v1
  kIdempotencyKeyReused,   // 422
  kRateLimited,            // 429
  kInternal,               // 500
  kUnavailable,            // 503: a dependency is down; try again. Stays the last
};
inline constexpr size_t kErrorCodes = static_cast<size_t>(ErrorCode::kUnavailable) + 1;

int http_status(ErrorCode code);
std::string_view code_text(ErrorCode code);

// message: shown to the client. detail: for the log only, never a message's text or a full number.
// extra: serialised JSON members, without braces, for the client's `detail` object (for kValidation
// the array itself); empty for none.
struct [[nodiscard]] Error {
  ErrorCode code;
  std::string message;
  std::string detail;
  std::string extra;
  int retry_after_s = 0;  // > 0: sent as Retry-After
  const char* file = "";
  int line = 0;
};

inline Error fail(ErrorCode code, std::string message, std::string detail = {},
                  const char* file = __builtin_FILE(), int line = __builtin_LINE()) {
  return Error{code, std::move(message), std::move(detail), {}, 0, file, line};
}

// A dependency is down: 503 with Retry-After.
inline Error unavailable(std::string detail, const char* file = __builtin_FILE(),
                         int line = __builtin_LINE()) {
  return Error{ErrorCode::kUnavailable,
               "Service temporarily unavailable, please retry.",
               std::move(detail),
               {},
               2,
               file,
               line};
}

// One wrong field: 422 with a list of {loc, msg, type}, e.g. "to" and "value_error.missing".
Error invalid_field(std::string_view field, std::string_view message, std::string_view type);

}  // namespace dundun
