// POST /messages/preview: how a text will travel, what forces it into UCS-2, and what it would
// save without that. Charges and stores nothing.
#include <algorithm>
#include <array>
#include <cstdio>

#include "common/io/json.h"
#include "common/sending/price.h"
#include "common/sending/route_choice.h"
#include "common/sending/snapshot.h"
#include "common/sms/msisdn.h"
#include "common/sms/substitute.h"
#include "common/sms/template.h"
#include "common/web/endpoint.h"
#include "handlers/messages/endpoints.h"

namespace dundun {
namespace {

constexpr size_t kCharactersMax = 50;

struct PreviewRequest {
  std::string text;
  std::optional<Msisdn> to;
};

Result<PreviewRequest> parse_preview_request(std::string_view body) {
  const JsonDocument document = TRY(JsonDocument::parse(body));
  const JsonObject object = TRY(JsonObject::of(document));
  PreviewRequest request{TRY(object.required_text("text")), std::nullopt};
  const std::optional<std::string> to = TRY(object.optional_string("to"));
  if (to) request.to = TRY(Msisdn::parse(*to));
  return request;
}

// What the text could become, when that saves segments.
struct Substitute {
  std::string text;
  SegmentCount count;
};

Result<std::optional<Substitute>> cheaper(std::string_view text, const SegmentCount& count) {
  std::optional<Substitute> none;
  if (count.encoding == Encoding::kGsm7) return none;
  std::optional<std::string> other = gsm7_substitute(text);
  if (!other) return none;
  const SegmentCount other_count = TRY(count_segments(*other));
  // Nothing but invisible characters leaves nothing to send.
  if (other_count.segments == 0 || other_count.segments >= count.segments) return none;
  return std::optional<Substitute>({*std::move(other), other_count});
}

Status write_parts(JsonWriter& json, std::string_view text, const SegmentCount& count) {
  const std::vector<std::string> parts = TRY(split_segments(text));
  int units = 0;
  json.key("parts").begin_array();
  for (const std::string& part : parts) {
    units = count_units(part, count.encoding);
    json.begin_object().member("text", part).member("units", units).end_object();
  }
  json.end_array().member("remaining", units_max(count.encoding, count.segments) - units);
  return Done{};
}

struct Ucs2Character {
  char32_t code_point;
  std::string_view text;
  std::vector<int64_t> positions;  // in characters, from 0
};

std::vector<Ucs2Character> ucs2_characters(std::string_view text) {
  std::vector<Ucs2Character> found;
  int64_t position = 0;
  for (size_t at = 0; at < text.size(); ++position) {
    const size_t start = at;
    const std::optional<char32_t> c = next_code_point(text, at);
    if (!c) break;
    if (gsm7_septets(*c) > 0) continue;
    auto same = std::ranges::find(found, *c, &Ucs2Character::code_point);
    if (same == found.end()) {
      if (found.size() == kCharactersMax) continue;
      same = found.insert(same, {*c, text.substr(start, at - start), {}});
    }
    same->positions.push_back(position);
  }
  return found;
}

void write_ucs2_characters(JsonWriter& json, std::string_view text) {
  json.key("ucs2_characters").begin_array();
  for (const Ucs2Character& character : ucs2_characters(text)) {
    std::array<char, 16> name;
    std::snprintf(name.data(), name.size(), "U+%04X", static_cast<unsigned>(character.code_point));
    json.begin_object().member("char", character.text).key("positions").begin_array();
    for (const int64_t position : character.positions) json.value(position);
    json.end_array().member("codepoint", name.data()).end_object();
  }
  json.end_array();
}

void write_substitute(JsonWriter& json, const std::optional<Substitute>& substitute) {
  json.key("substitute");
  if (!substitute) {
    json.null();
    return;
  }
  json.begin_object()
      .member("text", substitute->text)
      .member("encoding", encoding_name(substitute->count.encoding))
      .member("units", substitute->count.units)
      .member("segments", substitute->count.segments)
      .end_object();
}

// What a campaign would fill in; a single send leaves it as it is.
void write_variables(JsonWriter& json, std::string_view text) {
  const Template compiled = Template::compile(text, ListHeaders());
  if (!compiled.has_variables()) return;
  json.key("variables").begin_array();
  for (const std::string& name : compiled.variables()) {
    json.begin_object().member("name", name).end_object();
  }
  json.end_array();
}

Status write_costs(JsonWriter& json, const Msisdn& to, const SegmentCount& count,
                   const std::optional<Substitute>& substitute, const Context& context) {
  const Route* route = TRY(choose_route(to.country(), std::nullopt, context.snapshot));
  const std::string& currency = context.caller.currency;
  const RoutePrice price = TRY(price_over(*route, count, currency, context.snapshot));
  const Micros cost = price.quote.wallet_cost;
  json.member("to", to.e164()).member_money("cost", cost);
  if (substitute) {
    const RoutePrice less = TRY(price_over(*route, substitute->count, currency, context.snapshot));
    json.member_money("substitute_cost", less.quote.wallet_cost)
        .member_money("saving", cost - less.quote.wallet_cost);
  } else {
    json.member_null("substitute_cost").member_null("saving");
  }
  json.member("currency", currency);
  return Done{};
}

Result<std::string> preview_answer(const PreviewRequest& request, const Context& context) {
  const SegmentCount count = TRY(count_segments(request.text));
  TRY(within_segments_max(count));
  const std::optional<Substitute> substitute = TRY(cheaper(request.text, count));
  JsonWriter json;
  json.begin_object()
      .member("encoding", encoding_name(count.encoding))
      .member("units", count.units)
      .member("segments", count.segments);
  TRY(write_parts(json, request.text, count));
  write_ucs2_characters(json, count.encoding == Encoding::kUcs2 ? request.text : "");
  write_substitute(json, substitute);
  write_variables(json, request.text);
  if (request.to) TRY(write_costs(json, *request.to, count, substitute, context));
  json.end_object();
  return json.take();
}

}  // namespace

Result<Response> preview_message(Context& context) {
  const PreviewRequest request = TRY(parse_preview_request(context.request.body));
  std::string body = TRY(preview_answer(request, context));
  return Response::json(std::move(body));
}

}  // namespace dundun
