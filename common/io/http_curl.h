// What both ways of calling out share: libcurl's handles and the limits of every call.
#pragma once

#include <curl/curl.h>

#include <string>

#include "common/io/http_client.h"
#include "common/io/owned.h"

namespace dundun {

using CurlHandle = Owned<CURL, curl_easy_cleanup>;
using CurlHeaders = Owned<curl_slist, curl_slist_free_all>;

struct CurlAnswer {
  std::string body;
  size_t bytes_max = 0;
};

CurlHandle make_curl();  // nullptr: curl could not start
// kInvalidRequest for a header with a line break.
Result<CurlHeaders> curl_headers(const HttpCall& call);
// URL, headers, deadlines, certificates, a bounded answer; not the method and its body.
void set_call(CURL* curl, const HttpCall& call, curl_slist* headers, CurlAnswer& answer);

}  // namespace dundun
