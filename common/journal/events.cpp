#include "common/journal/events.h"

#include <algorithm>

namespace dundun {

std::string event_channel(int64_t account_id, Environment environment) {
  std::string name = "events:{" + std::to_string(account_id) + "}:";
  name += environment_name(environment);
  return name;
}

std::string event_stream(std::string_view channel) {
  return "stream" + std::string(channel.substr(channel.find(':')));
}

void Publication::add(const std::string& channel, std::string event) {
  auto [place, is_new] = index_.try_emplace(channel, channels_.size());
  if (is_new) {
    channels_.push_back({channel, std::move(event)});
  } else {
    channels_[place->second].payload.append("\n").append(event);
  }
}

std::string Publication::outbox_text() const {
  std::string text;
  for (const Channel& channel : channels_) {
    std::string_view rest = channel.payload;
    while (!rest.empty()) {
      const size_t end = std::min(rest.find('\n'), rest.size());
      text.append(channel.name).append(" ").append(rest.substr(0, end)).append("\n");
      rest.remove_prefix(std::min(end + 1, rest.size()));
    }
  }
  return text;
}

Publication Publication::parse(std::string_view outbox_text) {
  Publication publication;
  while (!outbox_text.empty()) {
    const size_t end = std::min(outbox_text.find('\n'), outbox_text.size());
    const std::string_view line = outbox_text.substr(0, end);
    if (const size_t space = line.find(' '); space != std::string_view::npos) {
      publication.add(std::string(line.substr(0, space)), std::string(line.substr(space + 1)));
    }
    outbox_text.remove_prefix(std::min(end + 1, outbox_text.size()));
  }
  return publication;
}

}  // namespace dundun
