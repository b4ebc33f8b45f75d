#include "common/base/error.h"

namespace dundun {

int http_status(ErrorCode code) {
  switch (code) {
    case ErrorCode::kInvalidJson:
    case ErrorCode::kInvalidRequest:
    case ErrorCode::kInvalidPhone:
    case ErrorCode::kNoRoute:
    case ErrorCode::kTextTooLong:
    case ErrorCode::kEmptyList:
    case ErrorCode::kNoPhoneColumn:
    case ErrorCode::kInvalidCsv:
    case ErrorCode::kFileTooLarge:
    case ErrorCode::kInvalidSchedule:
    case ErrorCode::kNoWebhook:
      return 400;
    case ErrorCode::kInvalidApiKey:
    case ErrorCode::kInvalidSignature:
      return 401;
    case ErrorCode::kInsufficientScope:
    case ErrorCode::kSenderIdNotApproved:
    case ErrorCode::kAccountSuspended:
    case ErrorCode::kRecipientOptedOut:
      return 403;
    case ErrorCode::kNotFound:
      return 404;
    case ErrorCode::kMethodNotAllowed:
      return 405;
    case ErrorCode::kNotCancellable:
    case ErrorCode::kNotRetryable:
    case ErrorCode::kMaxRetriesExceeded:
    case ErrorCode::kNotReschedulable:
    case ErrorCode::kInvalidState:
    case ErrorCode::kQuoteChanged:
    case ErrorCode::kIdempotencyInProgress:
    case ErrorCode::kPaymentRefused:
      return 409;
    case ErrorCode::kBodyTooLarge:
      return 413;
    case ErrorCode::kUriTooLong:
      return 414;
    case ErrorCode::kUnsupportedType:
      return 415;
    case ErrorCode::kValidation:
    case ErrorCode::kInsufficientBalance:
    case ErrorCode::kIdempotencyKeyReused:
      return 422;
    case ErrorCode::kRateLimited:
      return 429;
    case ErrorCode::kInternal:
    case ErrorCode::kStaleClaim:
      return 500;
    case ErrorCode::kUnavailable:
      return 503;
  }
  return 500;
}

std::string_view code_text(ErrorCode code) {
  switch (code) {
    case ErrorCode::kInvalidJson:
      return "invalid_json";
    case ErrorCode::kInvalidRequest:
    case ErrorCode::kInvalidSchedule:
      return "invalid_request";
    case ErrorCode::kNoWebhook:
      return "no_webhook";
    case ErrorCode::kInvalidPhone:
      return "invalid_phone";
    case ErrorCode::kNoRoute:
      return "no_route";
    case ErrorCode::kTextTooLong:
      return "text_too_long";
    case ErrorCode::kEmptyList:
      return "empty_list";
    case ErrorCode::kNoPhoneColumn:
      return "no_phone_column";
    case ErrorCode::kInvalidCsv:
      return "invalid_csv";
    case ErrorCode::kFileTooLarge:
      return "file_too_large";
    case ErrorCode::kInvalidApiKey:
      return "invalid_api_key";
    case ErrorCode::kInvalidSignature:
      return "invalid_signature";
    case ErrorCode::kInsufficientScope:
      return "insufficient_scope";
    case ErrorCode::kSenderIdNotApproved:
      return "sender_id_not_approved";
    case ErrorCode::kAccountSuspended:
      return "account_suspended";
    case ErrorCode::kRecipientOptedOut:
      return "recipient_opted_out";
    case ErrorCode::kNotFound:
      return "not_found";
    case ErrorCode::kMethodNotAllowed:
      return "method_not_allowed";
    case ErrorCode::kNotCancellable:
      return "not_cancellable";
    case ErrorCode::kNotRetryable:
      return "not_retryable";
    case ErrorCode::kMaxRetriesExceeded:
      return "max_retries_exceeded";
    case ErrorCode::kNotReschedulable:
      return "not_reschedulable";
    case ErrorCode::kInvalidState:
      return "invalid_state";
    case ErrorCode::kQuoteChanged:
      return "quote_changed";
    case ErrorCode::kIdempotencyInProgress:
      return "idempotency_in_progress";
    case ErrorCode::kPaymentRefused:
      return "payment_refused";
    case ErrorCode::kBodyTooLarge:
      return "body_too_large";
    case ErrorCode::kUriTooLong:
      return "uri_too_long";
    case ErrorCode::kUnsupportedType:
      return "unsupported_type";
    case ErrorCode::kValidation:
      return "validation_error";
    case ErrorCode::kInsufficientBalance:
      return "insufficient_balance";
    case ErrorCode::kIdempotencyKeyReused:
      return "idempotency_key_reused";
    case ErrorCode::kRateLimited:
      return "rate_limited";
    case ErrorCode::kInternal:
    case ErrorCode::kStaleClaim:
      return "internal_error";
    case ErrorCode::kUnavailable:
      return "service_unavailable";
  }
  return "internal_error";
}

Error invalid_field(std::string_view field, std::string_view message, std::string_view type) {
  // Field names, messages and types are our own literals: nothing here needs escaping.
  std::string list = R"([{"loc":["body",")";
  list.append(field).append(R"("],"msg":")").append(message);
  list.append(R"(","type":")").append(type).append(R"("}])");
  Error error = fail(ErrorCode::kValidation, std::string(field) + ": " + std::string(message));
  error.extra = std::move(list);
  return error;
}

}  // namespace dundun
