// Settings of a curl handle that are the same for one call and for many at once. For
// http_client.cpp, http_multi.cpp and http_poster.cpp.
#pragma once

#include <curl/curl.h>

#include <chrono>
#include <string>
#include <utility>
#include <vector>

#include "common/base/result.h"
#include "common/io/owned.h"

namespace dundun {

using CurlHandle = Owned<CURL, curl_easy_cleanup>;
using CurlHeaders = Owned<curl_slist, curl_slist_free_all>;

// Starts the library, once in a process. False: it does not start.
bool curl_started();

// kInvalidRequest for a header with a line break.
Result<CurlHeaders> curl_headers(const std::vector<std::pair<std::string, std::string>>& headers);

struct CurlDeadlines {
  std::chrono::milliseconds connect;
  std::chrono::milliseconds whole;
};
// Allows only http and https, verifies certificates, follows no redirects, and takes no proxy from
// the environment.
void set_curl_limits(CURL* curl, const CurlDeadlines& deadlines);

// For a call that was answered: its status, and the seconds of its Retry-After (0: none).
int curl_status(CURL* curl);
int64_t curl_retry_after_s(CURL* curl);

}  // namespace dundun
