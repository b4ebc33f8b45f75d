// The live events of a batch, serialised once. The outbox keeps them, and Redis gets them.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "common/sms/environment.h"

namespace dundun {

// "events:{42}:live": one channel an account and environment; the braces are Redis Cluster's tag.
std::string event_channel(int64_t account_id, Environment environment);
// "stream:{42}:live": the stream that keeps a channel's events for clients that come back.
std::string event_stream(std::string_view channel);

// The events of one batch by channel, in the order of their commit. An event is one line of JSON,
// as the first dialect shows it, with `type` and `event_id` first. A tab may follow, and an object
// with what only the second dialect shows.
class Publication {
 public:
  void add(const std::string& channel, std::string event);
  bool empty() const { return channels_.empty(); }
  struct Channel {
    std::string name;
    std::string payload;  // one event a line, no line end after the last
  };
  const std::vector<Channel>& channels() const { return channels_; }
  // The form in the outbox: lines of "<channel> <event>". parse() reads it.
  std::string outbox_text() const;
  static Publication parse(std::string_view outbox_text);

 private:
  std::vector<Channel> channels_;
  std::unordered_map<std::string, size_t> index_;  // name -> place in channels_
};

}  // namespace dundun
