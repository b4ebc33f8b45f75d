#include "common/io/curl_request.h"

namespace dundun {

bool curl_started() {
  static const CURLcode started = curl_global_init(CURL_GLOBAL_DEFAULT);
  return started == CURLE_OK;
}

Result<CurlHeaders> curl_headers(const std::vector<std::pair<std::string, std::string>>& headers) {
  CurlHeaders list;
  // An empty Expect: curl would wait for "100 Continue" before a large body.
  std::vector<std::string> lines{"Expect:"};
  for (const auto& [name, value] : headers) lines.push_back(name + ": " + value);
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

void set_curl_limits(CURL* curl, const CurlDeadlines& deadlines) {
  curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https");
  curl_easy_setopt(curl, CURLOPT_FOLLOWLOCATION, 0L);
  curl_easy_setopt(curl, CURLOPT_SSL_VERIFYPEER, 1L);
  curl_easy_setopt(curl, CURLOPT_SSL_VERIFYHOST, 2L);
  curl_easy_setopt(curl, CURLOPT_PROXY, "");
  curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT_MS, static_cast<long>(deadlines.connect.count()));
  curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, static_cast<long>(deadlines.whole.count()));
}

int curl_status(CURL* curl) {
  long status = 0;
  curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
  return static_cast<int>(status);
}

int64_t curl_retry_after_s(CURL* curl) {
  curl_off_t seconds = 0;
  curl_easy_getinfo(curl, CURLINFO_RETRY_AFTER, &seconds);
  return seconds;
}

}  // namespace dundun
