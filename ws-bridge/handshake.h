// The head of an upgrade request (RFC 9112, RFC 6455 section 4.2).
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace dundun {

struct RequestHead {
  std::string method;
  std::string path;  // without the query
  std::string query;
  int minor = 1;                                             // of HTTP/1.x
  std::vector<std::pair<std::string, std::string>> headers;  // names in lower case

  // The first with this name; those of one name are joined by a comma, as a list is. Empty if there
  // is none.
  std::string header(std::string_view name) const;
  bool lists(std::string_view name, std::string_view token) const;  // in any case
};

// nullopt: this is no HTTP.
std::optional<RequestHead> parse_head(std::string_view text);

// What the protocol has to say: 101, or the status that refuses.
int upgrade_status_of(const RequestHead& head);

// The whole answer that opens the WebSocket. No subprotocol: we know none, so none is named.
std::string upgrade_answer(const RequestHead& head);

// The whole answer that refuses, and ends the connection.
std::string refusal_answer(int status);

}  // namespace dundun
