#include "common/web/errors.h"

#include "common/io/json.h"

namespace dundun {
namespace {

// Documented as plain text: unknown resources, methods, and the two sender-ID refusals.
bool has_text_detail(ErrorCode code) {
  return code == ErrorCode::kNotFound || code == ErrorCode::kMethodNotAllowed ||
         code == ErrorCode::kSenderIdNotApproved || code == ErrorCode::kInternal;
}

int status_of(const Error& error, const Request& request) {
  if (error.code == ErrorCode::kInsufficientBalance && request.base == Base::kV1) return 402;
  return http_status(error.code);
}

void write_detail(JsonWriter& json, const Error& error) {
  json.key("detail");
  if (error.code == ErrorCode::kValidation && !error.extra.empty()) {
    json.raw(error.extra);
    return;
  }
  if (has_text_detail(error.code)) {
    json.value(std::string_view(error.message));
    return;
  }
  std::string object = "{\"code\":\"" + std::string(code_text(error.code)) + "\",\"message\":";
  JsonWriter message;
  message.value(std::string_view(error.message));
  object += message.text();
  if (!error.extra.empty()) object += "," + error.extra;
  json.raw(object + "}");
}

}  // namespace

namespace {

// The texts that the second dialect documents; elsewhere ours.
std::string_view gravity_text(const Error& error) {
  switch (error.code) {
    case ErrorCode::kMissingApiKey:
      return "Missing or invalid API key";
    case ErrorCode::kInvalidApiKey:
      return "Invalid API key";
    case ErrorCode::kRateLimited:
      return "Too many requests";
    case ErrorCode::kAccountSuspended:
      return "Tenant suspended";
    case ErrorCode::kBodyTooLarge:
      return "Request body too large";
    default:
      return error.message;
  }
}

Response gravity_response(const Error& error, const Request& request) {
  JsonWriter json;
  json.begin_object().member("error", gravity_text(error)).end_object();
  const int status = error.code == ErrorCode::kValidation ? 400 : status_of(error, request);
  return Response::json(json.take(), status);
}

Response esms_response(const Error& error, const Request& request) {
  JsonWriter json;
  json.begin_object();
  write_detail(json, error);
  json.key("error")
      .begin_object()
      .member("code", code_text(error.code))
      .member("message", error.message)
      .member("request_id", request.request_id)
      .end_object()
      .end_object();
  return Response::json(json.take(), status_of(error, request));
}

}  // namespace

Dialect dialect_of(const Request& request) {
  if (request.base == Base::kNone) {
    return request.path == "/health" ? Dialect::kSecond : Dialect::kFirst;
  }
  if (request.base != Base::kV1) return Dialect::kFirst;
  for (const std::string_view folder : {"/sms/", "/apps/", "/rc/", "/ws/", "/triggers/"}) {
    if (request.path.starts_with(folder)) return Dialect::kSecond;
  }
  return request.path == "/apps" || request.path == "/webhooks/ringcentral" ? Dialect::kSecond
                                                                            : Dialect::kFirst;
}

Response error_response(const Error& error, const Request& request) {
  Response response = dialect_of(request) == Dialect::kSecond ? gravity_response(error, request)
                                                              : esms_response(error, request);
  if (error.retry_after_s > 0) {
    response.headers.emplace_back("Retry-After", std::to_string(error.retry_after_s));
  }
  if (response.status == 401) response.headers.emplace_back("WWW-Authenticate", "Bearer");
  return response;
}

}  // namespace dundun
