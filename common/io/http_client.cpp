#include "common/io/http_client.h"

#include "common/io/curl_request.h"

namespace dundun {
namespace {

struct Answer {
  std::string body;
  size_t bytes_max;
};

// Fewer bytes taken than given end the call.
size_t take_bytes(char* bytes, size_t size, size_t count, void* target) {
  Answer& answer = *static_cast<Answer*>(target);
  if (answer.body.size() + size * count > answer.bytes_max) return 0;
  answer.body.append(bytes, size * count);
  return size * count;
}

void set_request(CURL* curl, const HttpCall& call, curl_slist* headers) {
  curl_easy_setopt(curl, CURLOPT_URL, call.url.c_str());
  curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers);
  curl_easy_setopt(curl, CURLOPT_USERAGENT, "dundun");
  if (call.method == "GET") return;
  curl_easy_setopt(curl, CURLOPT_CUSTOMREQUEST, call.method.c_str());
  curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(call.body.size()));
  curl_easy_setopt(curl, CURLOPT_POSTFIELDS, call.body.data());
}

}  // namespace

Result<HttpReply> http_call(const HttpCall& call) {
  const CurlHandle curl(curl_started() ? curl_easy_init() : nullptr);
  if (!curl) return unavailable("curl could not start");
  const CurlHeaders headers = TRY(curl_headers(call.headers));
  set_curl_limits(curl.get(), {call.connect_timeout, call.timeout});
  set_request(curl.get(), call, headers.get());
  Answer answer{{}, call.answer_bytes_max};
  curl_easy_setopt(curl.get(), CURLOPT_WRITEFUNCTION, &take_bytes);
  curl_easy_setopt(curl.get(), CURLOPT_WRITEDATA, &answer);
  const CURLcode outcome = curl_easy_perform(curl.get());
  if (outcome == CURLE_UNSUPPORTED_PROTOCOL || outcome == CURLE_URL_MALFORMAT) {
    return fail(ErrorCode::kInvalidRequest, "not a URL that may be called");
  }
  if (outcome != CURLE_OK) {
    // No URL here: it may hold a secret of the one we call.
    return unavailable(std::string("http call: ") + curl_easy_strerror(outcome));
  }
  return HttpReply{curl_status(curl.get()), std::move(answer.body), curl_retry_after_s(curl.get())};
}

}  // namespace dundun
