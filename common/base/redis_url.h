// Where Redis is and who asks it: what REDIS_URL says.
#pragma once

#include <string>
#include <string_view>

#include "common/base/result.h"

namespace dundun {

struct RedisAddress {
  std::string path;  // of a Unix socket; empty for TCP
  std::string host;
  int port = 6379;
  std::string user;      // empty: the default user
  std::string password;  // empty without a user: none is sent
  int database = 0;
};

// redis://[[user][:password]@]host[:port][/database] or unix:[//[user][:password]@]/path[?db=N],
// user and password percent-encoded. kInvalidRequest says what is wrong, and never the password.
Result<RedisAddress> parse_redis_url(std::string_view url);

}  // namespace dundun
