// The live events of a batch, serialised once. The outbox keeps them, and Redis gets them.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "common/base/ids.h"
#include "common/base/money.h"
#include "common/base/time.h"
#include "common/journal/campaign.h"
#include "common/journal/inbound.h"
#include "common/sms/environment.h"
#include "common/sms/status.h"

namespace dundun {

// "events:{42}:live": one channel an account and environment; the braces are Redis Cluster's tag.
std::string event_channel(int64_t account_id, Environment environment);
// "stream:{42}:live": the stream that keeps a channel's events for clients that come back.
std::string event_stream(std::string_view channel);

// An event is one line of JSON, as the first dialect shows it, with `type` and `event_id` first. In
// a message's event a tab may follow, and an object with what only the second dialect shows: appId
// and rcMessageId (for messages of an app), error.
struct MessageChange {
  Uuid event_id;
  Uuid message_id;
  MessageStatus status;
  std::string_view dlr_word;            // or empty
  std::string_view app_id;              // or empty
  std::string_view carrier_message_id;  // or empty
  std::string_view error;               // or empty
};
// {"type":"message_status",…}, of the first dialect.
std::string message_status_event(const MessageChange& change, Instant at);
// {"type":"batch_progress",…}: a campaign's state, and how many of its messages are made.
std::string campaign_event(const Uuid& event_id, const Uuid& batch_id,
                           const CampaignState& campaign);
// {"type":"sms_inbound",…}, of the second dialect; rcMessageId is the carrier's id.
std::string inbound_event(const Uuid& event_id, const RecordInbound& record);
// {"type":"balance_update",…}
std::string balance_event(const Uuid& event_id, Micros balance_micros, std::string_view currency);

// The events of one batch by channel, in the order of their commit.
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
