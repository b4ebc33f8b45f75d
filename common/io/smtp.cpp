#include "common/io/smtp.h"

#include <algorithm>
#include <cstdio>
#include <cstring>
#include <ctime>

#include "common/io/crypto.h"
#include "common/io/curl_request.h"

namespace dundun {
namespace {

constexpr size_t kBase64Line = 76;  // RFC 2045 section 6.8

std::string in_lines(const std::string& base64) {
  std::string lines;
  for (size_t at = 0; at < base64.size(); at += kBase64Line) {
    lines += base64.substr(at, kBase64Line) + "\r\n";
  }
  return lines;
}

// RFC 2047: words of at most 75 characters, each of whole UTF-8 characters.
std::string encoded_words(const std::string& text) {
  constexpr size_t kBytesAWord = 45;
  std::string words;
  for (size_t at = 0; at < text.size();) {
    size_t end = std::min(at + kBytesAWord, text.size());
    while (end < text.size() && (text[end] & 0xc0) == 0x80) --end;
    words += (words.empty() ? "=?UTF-8?B?" : "\r\n =?UTF-8?B?") +
             to_base64(text.substr(at, end - at)) + "?=";
    at = end;
  }
  return words;
}

// RFC 5322 section 3.3, in UTC. strftime's names of days are those of the C locale.
std::string mail_date(Instant at) {
  const std::time_t seconds =
      std::chrono::floor<std::chrono::seconds>(at).time_since_epoch().count();
  std::tm parts{};
  gmtime_r(&seconds, &parts);
  char text[64];
  const size_t size = std::strftime(text, sizeof text, "%a, %d %b %Y %H:%M:%S +0000", &parts);
  return {text, size};
}

struct Source {
  std::string_view left;
};

size_t read_source(char* buffer, size_t size, size_t count, void* user) {
  auto* const source = static_cast<Source*>(user);
  const size_t taken = std::min(size * count, source->left.size());
  std::memcpy(buffer, source->left.data(), taken);
  source->left.remove_prefix(taken);
  return taken;
}

void set_server(CURL* curl, const MailConfig& config) {
  curl_easy_setopt(curl, CURLOPT_URL, config.url.c_str());
  curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "smtp,smtps");
  curl_easy_setopt(curl, CURLOPT_PROXY, "");
  curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, static_cast<long>(config.timeout.count()));
  // Without TLS the login and the links would be everybody's on the way.
  curl_easy_setopt(curl, CURLOPT_USE_SSL,
                   static_cast<long>(config.plain ? CURLUSESSL_NONE : CURLUSESSL_ALL));
  if (!config.ca_file.empty()) curl_easy_setopt(curl, CURLOPT_CAINFO, config.ca_file.c_str());
  if (config.user.empty()) return;
  curl_easy_setopt(curl, CURLOPT_USERNAME, config.user.c_str());
  curl_easy_setopt(curl, CURLOPT_PASSWORD, config.password.c_str());
}

}  // namespace

std::string mail_source(const Mail& mail, const std::string& from) {
  const std::string host = from.substr(from.find('@') + 1);
  return "From: <" + from + ">\r\nTo: <" + mail.to +
         ">\r\nSubject: " + encoded_words(mail.subject) + "\r\nDate: " + mail_date(mail.at) +
         "\r\nMessage-ID: <" + mail.id + "@" + host +
         ">\r\nMIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\n"
         "Content-Transfer-Encoding: base64\r\nAuto-Submitted: auto-generated\r\n\r\n" +
         in_lines(to_base64(mail.text));
}

Status send_mail(const MailConfig& config, const Mail& mail) {
  const CurlHandle curl(curl_started() ? curl_easy_init() : nullptr);
  if (!curl) return unavailable("libcurl does not start");
  set_server(curl.get(), config);
  const std::string from = "<" + config.from + ">", to = "<" + mail.to + ">";
  const CurlHeaders recipients(curl_slist_append(nullptr, to.c_str()));
  curl_easy_setopt(curl.get(), CURLOPT_MAIL_FROM, from.c_str());
  curl_easy_setopt(curl.get(), CURLOPT_MAIL_RCPT, recipients.get());
  const std::string text = mail_source(mail, config.from);
  Source source{text};
  curl_easy_setopt(curl.get(), CURLOPT_UPLOAD, 1L);
  curl_easy_setopt(curl.get(), CURLOPT_READFUNCTION, read_source);
  curl_easy_setopt(curl.get(), CURLOPT_READDATA, &source);
  const CURLcode code = curl_easy_perform(curl.get());
  if (code == CURLE_OK) return Done{};
  long answer = 0;
  curl_easy_getinfo(curl.get(), CURLINFO_RESPONSE_CODE, &answer);
  const std::string what =
      std::string(curl_easy_strerror(code)) + ", last answer " + std::to_string(answer);
  if (answer >= 500 && answer < 600 && code != CURLE_LOGIN_DENIED && code != CURLE_USE_SSL_FAILED) {
    return fail(ErrorCode::kInvalidRequest, "The mail server refuses the mail.", what);
  }
  return unavailable(what);
}

}  // namespace dundun
