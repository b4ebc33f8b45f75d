#include "common/io/http_multi.h"

#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <unordered_map>

#include "common/io/curl_request.h"

namespace dundun {
namespace {

using Multi = Owned<CURLM, curl_multi_cleanup>;

// One call under way; curl has pointers into it.
struct Exchange {
  uint64_t tag = 0;
  CurlHandle curl;
  CurlHeaders headers;
  CurlHeaders pinned;  // CURLOPT_RESOLVE
  std::string body;
  std::string answer;
  size_t answer_bytes = 0;
  std::string retry_after;
};

size_t take_exchange_bytes(char* bytes, size_t size, size_t count, void* target) {
  Exchange& exchange = *static_cast<Exchange*>(target);
  const size_t length = size * count;
  const size_t room = HttpMulti::kAnswerBytesKept - exchange.answer.size();
  exchange.answer.append(bytes, std::min(room, length));
  exchange.answer_bytes += length;
  return exchange.answer_bytes > HttpMulti::kAnswerBytesRead ? 0 : length;
}

size_t take_header(char* bytes, size_t size, size_t count, void* target) {
  constexpr std::string_view kName = "retry-after:";
  std::string_view line(bytes, size * count);
  const bool matches = line.size() > kName.size() &&
                       std::equal(kName.begin(), kName.end(), line.begin(), [](char a, char b) {
                         return a == (b >= 'A' && b <= 'Z' ? b - 'A' + 'a' : b);
                       });
  if (matches) {
    line.remove_prefix(kName.size());
    const auto blank = [](char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; };
    while (!line.empty() && blank(line.front())) line.remove_prefix(1);
    while (!line.empty() && blank(line.back())) line.remove_suffix(1);
    static_cast<Exchange*>(target)->retry_after = line;
  }
  return size * count;
}

// The last word on where a connection goes, whatever was resolved before.
curl_socket_t open_checked(void* rules, curlsocktype, curl_sockaddr* address) {
  const std::optional<IpAddress> target = IpAddress::of(&address->addr);
  if (!target || !static_cast<const OutboundRules*>(rules)->allows(*target)) {
    return CURL_SOCKET_BAD;
  }
  return socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
}

// "+": forgotten after a while, as an answer of DNS is.
CurlHeaders pin(const OutboundCall& call) {
  if (call.url.address) return {};
  std::string entry = "+" + call.url.host + ":" + std::to_string(call.url.port) + ":";
  for (const IpAddress& address : call.addresses) {
    if (!entry.ends_with(':')) entry += ',';
    entry += address.bytes_used == 16 ? "[" + address.text() + "]" : address.text();
  }
  return CurlHeaders(curl_slist_append(nullptr, entry.c_str()));
}

OutboundReply reply_of(Exchange& exchange, CURLcode outcome) {
  OutboundReply reply;
  long status = 0;
  curl_off_t took_us = 0;
  curl_easy_getinfo(exchange.curl.get(), CURLINFO_RESPONSE_CODE, &status);
  curl_easy_getinfo(exchange.curl.get(), CURLINFO_TOTAL_TIME_T, &took_us);
  reply.took = std::chrono::milliseconds(took_us / 1000);
  // A body that we did not want to read to its end is no failure: its status came.
  const bool cut_by_us =
      outcome == CURLE_WRITE_ERROR && exchange.answer_bytes > HttpMulti::kAnswerBytesRead;
  if (outcome == CURLE_OK || cut_by_us) {
    reply.status = static_cast<int>(status);
    reply.answer = std::move(exchange.answer);
    reply.retry_after = std::move(exchange.retry_after);
  } else {
    reply.error = curl_easy_strerror(outcome);
  }
  return reply;
}

}  // namespace

struct HttpMulti::State {
  const OutboundRules& rules;
  Multi multi;
  std::unordered_map<CURL*, std::unique_ptr<Exchange>> exchanges;
  std::vector<CurlHandle> idle;  // handles to be used again
  std::vector<Finished> finished;
};

HttpMulti::HttpMulti(const OutboundRules& rules, int connections_kept)
    : state_(new State{rules, Multi(curl_started() ? curl_multi_init() : nullptr), {}, {}, {}}) {
  curl_multi_setopt(state_->multi.get(), CURLMOPT_MAXCONNECTS, static_cast<long>(connections_kept));
}

HttpMulti::~HttpMulti() {
  for (auto& [curl, exchange] : state_->exchanges) {
    curl_multi_remove_handle(state_->multi.get(), curl);
  }
}

void HttpMulti::start(const OutboundCall& call, uint64_t tag) {
  auto exchange = std::make_unique<Exchange>();
  exchange->tag = tag;
  if (state_->idle.empty()) {
    exchange->curl.reset(curl_easy_init());
  } else {
    exchange->curl = std::move(state_->idle.back());
    state_->idle.pop_back();
  }
  CURL* const curl = exchange->curl.get();
  auto headers = curl_headers(call.headers);
  if (curl == nullptr || !headers) {
    OutboundReply failed;
    failed.error = "the call could not be made";
    state_->finished.push_back({tag, std::move(failed)});
    return;
  }
  exchange->headers = *std::move(headers);
  exchange->pinned = pin(call);
  exchange->body = call.body;
  set_curl_limits(curl, {call.connect_timeout, call.timeout});
  curl_easy_setopt(curl, CURLOPT_URL, call.url.text.c_str());
  curl_easy_setopt(curl, CURLOPT_HTTP_VERSION, static_cast<long>(CURL_HTTP_VERSION_1_1));
  curl_easy_setopt(curl, CURLOPT_HTTPHEADER, exchange->headers.get());
  curl_easy_setopt(curl, CURLOPT_RESOLVE, exchange->pinned.get());
  curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE_LARGE,
                   static_cast<curl_off_t>(exchange->body.size()));
  curl_easy_setopt(curl, CURLOPT_POSTFIELDS, exchange->body.data());
  curl_easy_setopt(curl, CURLOPT_OPENSOCKETFUNCTION, &open_checked);
  curl_easy_setopt(curl, CURLOPT_OPENSOCKETDATA, &state_->rules);
  curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, &take_exchange_bytes);
  curl_easy_setopt(curl, CURLOPT_WRITEDATA, exchange.get());
  curl_easy_setopt(curl, CURLOPT_HEADERFUNCTION, &take_header);
  curl_easy_setopt(curl, CURLOPT_HEADERDATA, exchange.get());
  curl_multi_add_handle(state_->multi.get(), curl);
  state_->exchanges.emplace(curl, std::move(exchange));
}

std::vector<HttpMulti::Finished> HttpMulti::poll(std::chrono::milliseconds patience) {
  State& state = *state_;
  int running = 0;
  curl_multi_perform(state.multi.get(), &running);
  const bool idle = state.finished.empty() && running == static_cast<int>(state.exchanges.size());
  if (idle) {
    curl_multi_poll(state.multi.get(), nullptr, 0, static_cast<int>(patience.count()), nullptr);
    curl_multi_perform(state.multi.get(), &running);
  }
  int left = 0;
  while (const CURLMsg* message = curl_multi_info_read(state.multi.get(), &left)) {
    if (message->msg != CURLMSG_DONE) continue;
    const CURLcode outcome = message->data.result;
    auto node = state.exchanges.extract(message->easy_handle);
    Exchange& exchange = *node.mapped();
    state.finished.push_back({exchange.tag, reply_of(exchange, outcome)});
    curl_multi_remove_handle(state.multi.get(), exchange.curl.get());
    curl_easy_reset(exchange.curl.get());
    state.idle.push_back(std::move(exchange.curl));
  }
  return std::exchange(state.finished, {});
}

void HttpMulti::wake() { curl_multi_wakeup(state_->multi.get()); }

int HttpMulti::in_flight() const { return static_cast<int>(state_->exchanges.size()); }

}  // namespace dundun
