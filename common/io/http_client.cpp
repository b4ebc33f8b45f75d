#include "common/io/http_client.h"

#include <curl/curl.h>

#include "common/io/owned.h"

namespace dundun {
namespace {

using Handle = Owned<CURL, curl_easy_cleanup>;
using HeaderList = Owned<curl_slist, curl_slist_free_all>;

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

Result<HeaderList> header_list(const HttpCall& call) {
  HeaderList list;
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

void set_limits(CURL* curl, const HttpCall& call) {
  curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https");
  curl_easy_setopt(curl, CURLOPT_FOLLOWLOCATION, 0L);
  curl_easy_setopt(curl, CURLOPT_SSL_VERIFYPEER, 1L);
  curl_easy_setopt(curl, CURLOPT_SSL_VERIFYHOST, 2L);
  curl_easy_setopt(curl, CURLOPT_PROXY, "");  // no proxy from the environment
  curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT_MS,
                   static_cast<long>(call.connect_timeout.count()));
  curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, static_cast<long>(call.timeout.count()));
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
  static const CURLcode started = curl_global_init(CURL_GLOBAL_DEFAULT);
  const Handle curl(started == CURLE_OK ? curl_easy_init() : nullptr);
  if (!curl) return unavailable("curl could not start");
  const HeaderList headers = TRY(header_list(call));
  set_limits(curl.get(), call);
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
  long status = 0;
  curl_easy_getinfo(curl.get(), CURLINFO_RESPONSE_CODE, &status);
  return HttpReply{static_cast<int>(status), std::move(answer.body)};
}

}  // namespace dundun
