#include "common/base/error.h"

#include "common/base/json_text.h"

namespace dundun {
namespace {

struct KnownError {
  ErrorCode code;
  int http_status;
  std::string_view text;
};

constexpr KnownError kKnownErrors[] = {
    {ErrorCode::kInvalidJson, 400, "invalid_json"},
    {ErrorCode::kInvalidRequest, 400, "invalid_request"},
    {ErrorCode::kInvalidPhone, 400, "invalid_phone"},
    {ErrorCode::kNoRoute, 400, "no_route"},
    {ErrorCode::kTextTooLong, 400, "text_too_long"},
    {ErrorCode::kEmptyList, 400, "empty_list"},
    {ErrorCode::kNoPhoneColumn, 400, "no_phone_column"},
    {ErrorCode::kInvalidCsv, 400, "invalid_csv"},
    {ErrorCode::kFileTooLarge, 400, "file_too_large"},
    {ErrorCode::kInvalidSchedule, 400, "invalid_request"},
    {ErrorCode::kInvalidCountry, 400, "invalid_recipient_country"},
    {ErrorCode::kNoWebhook, 400, "no_webhook"},
    {ErrorCode::kInvalidApiKey, 401, "invalid_api_key"},
    {ErrorCode::kMissingApiKey, 401, "invalid_api_key"},
    {ErrorCode::kExpiredToken, 401, "expired_token"},
    {ErrorCode::kWrongPassword, 401, "wrong_password"},
    {ErrorCode::kWrongCode, 401, "wrong_code"},
    {ErrorCode::kWrongPasskey, 401, "wrong_passkey"},
    {ErrorCode::kWrongIdentity, 401, "wrong_identity"},
    {ErrorCode::kSecondFactorDue, 401, "second_factor_required"},
    {ErrorCode::kInvalidSignature, 401, "invalid_signature"},
    {ErrorCode::kInsufficientScope, 403, "insufficient_scope"},
    {ErrorCode::kSecondFactorStale, 403, "second_factor_stale"},
    {ErrorCode::kCrossSite, 403, "cross_site_request"},
    {ErrorCode::kAddressNotAllowed, 403, "address_not_allowed"},
    {ErrorCode::kSenderIdNotApproved, 403, "sender_id_not_approved"},
    {ErrorCode::kHttpsRequired, 403, "https_required"},
    {ErrorCode::kAccountSuspended, 403, "account_suspended"},
    {ErrorCode::kRecipientOptedOut, 403, "recipient_opted_out"},
    {ErrorCode::kNotFound, 404, "not_found"},
    {ErrorCode::kLinkInvalid, 404, "link_invalid"},
    {ErrorCode::kMethodNotAllowed, 405, "method_not_allowed"},
    {ErrorCode::kNotCancellable, 409, "not_cancellable"},
    {ErrorCode::kNotRetryable, 409, "not_retryable"},
    {ErrorCode::kMaxRetriesExceeded, 409, "max_retries_exceeded"},
    {ErrorCode::kNotReschedulable, 409, "not_reschedulable"},
    {ErrorCode::kInvalidState, 409, "invalid_state"},
    {ErrorCode::kQuoteChanged, 409, "quote_changed"},
    {ErrorCode::kIdempotencyInProgress, 409, "idempotency_in_progress"},
    {ErrorCode::kAlreadyExists, 409, "already_exists"},
    {ErrorCode::kPaymentRefused, 409, "payment_refused"},
    {ErrorCode::kBodyTooLarge, 413, "body_too_large"},
    {ErrorCode::kUriTooLong, 414, "uri_too_long"},
    {ErrorCode::kUnsupportedType, 415, "unsupported_type"},
    {ErrorCode::kValidation, 422, "validation_error"},
    {ErrorCode::kInsufficientBalance, 422, "insufficient_balance"},
    {ErrorCode::kIdempotencyKeyReused, 422, "idempotency_key_reused"},
    {ErrorCode::kRateLimited, 429, "rate_limited"},
    {ErrorCode::kInternal, 500, "internal_error"},
    {ErrorCode::kUnavailable, 503, "service_unavailable"},
};

// Row n is of the code n, so that a code is its place.
constexpr bool every_code_has_its_row() {
  size_t place = 0;
  for (const KnownError& known : kKnownErrors) {
    if (static_cast<size_t>(known.code) != place++) return false;
  }
  return place == kErrorCodes;
}
static_assert(every_code_has_its_row());

const KnownError& known_error(ErrorCode code) { return kKnownErrors[static_cast<size_t>(code)]; }

}  // namespace

int http_status(ErrorCode code) { return known_error(code).http_status; }

std::string_view code_text(ErrorCode code) { return known_error(code).text; }

Error invalid_field(std::string_view field, std::string_view message, std::string_view type) {
  // Field names and types are our own literals; a message may show a value that came.
  std::string list = R"([{"loc":["body",")";
  list.append(field).append(R"("],"msg":)");
  append_json_string(list, message);
  list.append(R"(,"type":")").append(type).append(R"("}])");
  Error error = fail(ErrorCode::kValidation, std::string(field) + ": " + std::string(message));
  error.extra = std::move(list);
  return error;
}

}  // namespace dundun
