#include "handlers/bulk/campaign_request.h"

#include <algorithm>

#include "common/web/text_fields.h"

namespace dundun {
namespace {

using std::chrono::days;
using std::chrono::minutes;

constexpr minutes kLeadMin{5};
constexpr days kLeadMax{90};
constexpr int64_t kDripRateMax = 600;
constexpr size_t kVarsMax = 50;
constexpr size_t kNameBytesMax = 100;

Error bad_schedule(std::string message) {
  return fail(ErrorCode::kInvalidSchedule, std::move(message));
}

Result<std::vector<int64_t>> parse_list_ids(const JsonObject& object) {
  std::vector<int64_t> ids;
  for (const JsonValue& value : TRY(object.optional_array("contact_list_ids"))) {
    if (!value.is_integer()) {
      return invalid_field("contact_list_ids", "value is not a valid integer",
                           "type_error.integer");
    }
    if (std::ranges::find(ids, value.integer()) == ids.end()) ids.push_back(value.integer());
  }
  if (ids.size() > kListsMax) {
    return invalid_field("contact_list_ids", "ensure this value has at most 100 items",
                         "value_error.list.max_items");
  }
  return ids;
}

// Numbers and booleans are taken as they are written; PHP sends an empty map as [].
Result<std::vector<std::pair<std::string, std::string>>> parse_vars(const JsonValue& recipient) {
  std::vector<std::pair<std::string, std::string>> vars;
  const std::optional<JsonValue> value = recipient.find("vars");
  if (!value || value->is_null() || (value->is_array() && value->items().empty())) return vars;
  if (!value->is_object() || value->members().size() > kVarsMax) {
    return invalid_field("recipients", "vars is not an object of at most 50 values",
                         "type_error.dict");
  }
  for (const auto& [name, member] : value->members()) {
    std::string text = member.is_string()    ? std::string(member.string())
                       : member.is_integer() ? std::to_string(member.integer())
                                             : std::string();
    if (text.find('\x1f') != std::string::npos) {
      return invalid_field("recipients", "vars holds a control character", "value_error");
    }
    vars.emplace_back(name, std::move(text));
  }
  return vars;
}

Result<std::vector<InlineRecipient>> parse_recipients(const JsonObject& object) {
  std::vector<InlineRecipient> recipients;
  for (const JsonValue& value : TRY(object.optional_array("recipients"))) {
    const std::optional<JsonValue> to = value.is_object() ? value.find("to") : std::nullopt;
    if (!to || !to->is_string()) {
      return invalid_field("recipients", "each recipient needs a string `to`",
                           "value_error.missing");
    }
    const std::optional<JsonValue> name = value.find("name");
    recipients.push_back({std::string(to->string()),
                          name && name->is_string() ? std::string(name->string()) : "",
                          TRY(parse_vars(value))});
  }
  if (recipients.size() > kRecipientsMax) {
    return invalid_field("recipients", "ensure this value has at most 10000 items",
                         "value_error.list.max_items");
  }
  return recipients;
}

Status parse_mode(const JsonObject& object, Instant at, CampaignRequest& request) {
  const std::string mode = TRY(object.optional_string("schedule_mode")).value_or("now");
  const std::optional<std::string> when = TRY(object.optional_string("scheduled_at"));
  const std::optional<int64_t> rate = TRY(object.optional_integer("drip_rate"));
  if (mode != "now" && mode != "scheduled" && mode != "drip") {
    return invalid_field("schedule_mode", "value is not one of: now, scheduled, drip",
                         "value_error.const");
  }
  if (mode == "now" && when) {
    return bad_schedule("scheduled_at needs schedule_mode \"scheduled\" or \"drip\".");
  }
  if (mode == "scheduled" && !when) {
    return bad_schedule("scheduled_at is required when schedule_mode is scheduled.");
  }
  if (mode != "drip" && rate) return bad_schedule("drip_rate needs schedule_mode \"drip\".");
  if (mode == "drip") request.drip_rate = TRY(parse_drip_rate(rate));
  if (when) request.scheduled_at = TRY(parse_campaign_time(*when, at));
  return Done{};
}

}  // namespace

Result<int32_t> parse_drip_rate(std::optional<int64_t> rate) {
  if (!rate) return invalid_field("drip_rate", "field required", "value_error.missing");
  if (*rate < 1 || *rate > kDripRateMax) {
    return invalid_field("drip_rate", "ensure this value is between 1 and 600",
                         "value_error.number.not_in_range");
  }
  return static_cast<int32_t>(*rate);
}

Result<Instant> parse_campaign_time(const std::string& text, Instant at) {
  const std::optional<Instant> time = parse_rfc3339(text);
  if (!time) return bad_schedule("scheduled_at is not an ISO 8601 time with a zone.");
  if (*time < at + kLeadMin) {
    return bad_schedule("scheduled_at must be at least 5 minutes in the future.");
  }
  if (*time > at + kLeadMax) {
    return bad_schedule("scheduled_at must be at most 90 days in the future.");
  }
  return *time;
}

Result<CampaignRequest> parse_campaign_request(std::string_view body, Instant at) {
  const JsonDocument document = TRY(JsonDocument::parse(body));
  const JsonObject object = TRY(JsonObject::of(document));
  CampaignRequest request;
  request.list_ids = TRY(parse_list_ids(object));
  request.recipients = TRY(parse_recipients(object));
  if (request.list_ids.empty() && request.recipients.empty()) {
    return invalid_field("contact_list_ids",
                         "field required: name contact lists here, or numbers in recipients",
                         "value_error.missing");
  }
  request.text = TRY(object.required_text("text"));
  std::optional<std::string> name = TRY(object.optional_string("name"));
  if (name) request.name = TRY(bounded_text("name", *std::move(name), kNameBytesMax));
  request.sender = TRY(object.optional_string("sender_id"));
  request.route = TRY(object.optional_string("route"));
  (void)TRY(object.optional_bool("international"));  // there is one price a route
  request.quote_id = TRY(object.optional_string("quote_id"));
  TRY(parse_mode(object, at, request));
  request.window = TRY(parse_window(object));
  request.not_after = TRY(parse_not_after(object, request.scheduled_at.value_or(at)));
  return request;
}

}  // namespace dundun
