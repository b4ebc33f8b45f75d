// The part of the write set that is about webhooks.
#include "common/journal/write_set.h"

namespace dundun {

void WriteSet::tell(const MessageKey& message, MessageStatus status,
                    const std::optional<std::string>& error_code, const Known& known) {
  const auto wanted = known.webhooks.find(message.first);
  if (wanted == known.webhooks.end()) return;
  if ((wanted->second >> static_cast<int>(status) & 1) == 0) return;
  const auto update = message_updates_.find({message.second, message.first});
  const int16_t move = update == message_updates_.end() ? int16_t{0} : update->second.moves;
  tellings_.push_back({message, status, error_code, move});
}

void WriteSet::add_deliveries() {
  for (const Telling& telling : tellings_) {
    const auto& [account_id, message_id] = telling.message;
    const auto update = message_updates_.find({message_id, account_id});
    const int later = update == message_updates_.end() ? 0 : update->second.moves - telling.move;
    deliveries_.row(account_id, message_id, static_cast<int16_t>(telling.status),
                    telling.error_code, static_cast<int16_t>(later));
  }
}

}  // namespace dundun
