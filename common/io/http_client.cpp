#include "common/io/http_client.h"

#include "common/io/http_curl.h"

namespace dundun {

Result<HttpReply> http_call(const HttpCall& call) {
  const CurlHandle curl = make_curl();
  if (!curl) return unavailable("curl could not start");
  const CurlHeaders headers = TRY(curl_headers(call));
  CurlAnswer answer{{}, call.answer_bytes_max};
  set_call(curl.get(), call, headers.get(), answer);
  if (call.method != "GET") {
    curl_easy_setopt(curl.get(), CURLOPT_CUSTOMREQUEST, call.method.c_str());
    curl_easy_setopt(curl.get(), CURLOPT_POSTFIELDSIZE_LARGE,
                     static_cast<curl_off_t>(call.body.size()));
    curl_easy_setopt(curl.get(), CURLOPT_POSTFIELDS, call.body.data());
  }
  const CURLcode outcome = curl_easy_perform(curl.get());
  if (outcome == CURLE_UNSUPPORTED_PROTOCOL || outcome == CURLE_URL_MALFORMAT) {
    return fail(ErrorCode::kInvalidRequest, "not a URL that may be called");
  }
  if (outcome != CURLE_OK) {
    // No URL here: it may hold a secret of the one we call.
    return unavailable(std::string("http call: ") + curl_easy_strerror(outcome));
  }
  long status = 0;
  curl_easy_getinfo(curl.get(), CURLINFO_RESPONSE_CODE, &status);
  return HttpReply{static_cast<int>(status), std::move(answer.body)};
}

}  // namespace dundun
