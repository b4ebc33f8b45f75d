#include "common/inbound/ringcentral_text.h"

namespace dundun {
namespace {

constexpr size_t kMessageIdBytesMax = 200;

std::string text_member(const std::optional<JsonValue>& object, const char* name) {
  const auto value = object && object->is_object() ? object->find(name) : std::nullopt;
  if (value && value->is_integer()) return std::to_string(value->integer());
  return value && value->is_string() ? std::string(value->string()) : std::string();
}

// Of a text to several the recipient that is ours is marked.
std::optional<JsonValue> recipient_of(const JsonValue& message) {
  const auto to = message.find("to");
  const std::vector<JsonValue> all = to && to->is_array() ? to->items() : std::vector<JsonValue>();
  for (const JsonValue& one : all) {
    const auto target = one.is_object() ? one.find("target") : std::nullopt;
    if (target && target->is_bool() && target->boolean()) return one;
  }
  return all.empty() ? std::nullopt : std::optional(all.front());
}

}  // namespace

Result<std::optional<RingCentralText>> read_ringcentral_text(
    const std::optional<JsonValue>& message, std::string_view where, size_t text_bytes_max) {
  if (!message || !message->is_object() || text_member(message, "direction") != "Inbound") {
    return std::optional<RingCentralText>();
  }
  const std::string prefix(where);
  const auto wrong = [&prefix](const char* why) {
    return fail(ErrorCode::kInvalidRequest, prefix + why);
  };
  RingCentralText read;
  read.mo.carrier_message_id = text_member(message, "id");
  if (read.mo.carrier_message_id.empty() ||
      read.mo.carrier_message_id.size() > kMessageIdBytesMax) {
    return wrong("id is missing or too long");
  }
  const std::string from = prefix + "from.phoneNumber", to = prefix + "to.phoneNumber";
  read.mo.from =
      TRY(parse_address(from.c_str(), text_member(message->find("from"), "phoneNumber")));
  read.mo.to = TRY(parse_address(to.c_str(), text_member(recipient_of(*message), "phoneNumber")));
  read.mo.text = text_member(message, "subject");
  if (read.mo.text.size() > text_bytes_max) return wrong("subject is too long");
  read.written_at = parse_rfc3339(text_member(message, "creationTime"));
  return std::optional(std::move(read));
}

}  // namespace dundun
