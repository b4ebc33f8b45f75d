#include "common/io/http_curl.h"

namespace dundun {
namespace {

// Fewer bytes taken than given end the call.
size_t take_bytes(char* bytes, size_t size, size_t count, void* target) {
  CurlAnswer& answer = *static_cast<CurlAnswer*>(target);
  if (answer.body.size() + size * count > answer.bytes_max) return 0;
  answer.body.append(bytes, size * count);
  return size * count;
}

}  // namespace

CurlHandle make_curl() {
  static const CURLcode started = curl_global_init(CURL_GLOBAL_DEFAULT);
  return CurlHandle(started == CURLE_OK ? curl_easy_init() : nullptr);
}

Result<CurlHeaders> curl_headers(const HttpCall& call) {
  CurlHeaders list;
  // An empty Expect: curl would wait for "100 Continue" before a large body.
  std::vector<std::string> lines{"Expect:"};
  for (const auto& [name, value] : call.headers) lines.push_back(name + ": " + value);
  for (const std::string& line : lines) {
    if (line.find_first_of("\r\n") != std::string::npos) {
      return fail(ErrorCode::kInvalidRequest, "a header holds a line break");
    }
    curl_slist* longer = curl_slist_append(list.get(), line.c_str());
    if (longer == nullptr) return unavailable("out of memory for headers");
    (void)list.release();
    list.reset(longer);
  }
  return list;
}

void set_call(CURL* curl, const HttpCall& call, curl_slist* headers, CurlAnswer& answer) {
  curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https");
  curl_easy_setopt(curl, CURLOPT_FOLLOWLOCATION, 0L);
  curl_easy_setopt(curl, CURLOPT_SSL_VERIFYPEER, 1L);
  curl_easy_setopt(curl, CURLOPT_SSL_VERIFYHOST, 2L);
  curl_easy_setopt(curl, CURLOPT_PROXY, "");  // no proxy from the environment
  curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT_MS,
                   static_cast<long>(call.connect_timeout.count()));
  curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, static_cast<long>(call.timeout.count()));
  curl_easy_setopt(curl, CURLOPT_URL, call.url.c_str());
  curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers);
  curl_easy_setopt(curl, CURLOPT_USERAGENT, "dundun");
  curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, &take_bytes);
  curl_easy_setopt(curl, CURLOPT_WRITEDATA, &answer);
}

}  // namespace dundun
