// A message as the second dialect shows it, outbound or inbound.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/io/json.h"
#include "common/io/pg.h"
#include "common/sms/status.h"

namespace dundun {

std::string gravity_message_id(const Uuid& id);  // "msg_" + 32 hex

// queued, sending, sent, delivered, failed.
std::string_view gravity_status(MessageStatus status);
// The statuses behind one of these names; none for `received` and for what is no name.
std::vector<MessageStatus> statuses_behind(std::string_view name);
inline constexpr std::string_view kReceived = "received";

// The canonical form of a number of 9 to 15 digits with its country code, however it is written;
// nullopt: it is none. Whether a plan has it is not asked.
std::optional<std::string> gravity_number(std::string_view written);

// A row of gravity_message or gravity_messages.
void write_sms(JsonWriter& json, const PgRows& rows, int row);

}  // namespace dundun
