// POST /messages/validate: what the numbering plans say of numbers.
#include "common/io/json.h"
#include "common/sending/snapshot.h"
#include "common/sms/country_name.h"
#include "common/sms/msisdn.h"
#include "common/web/endpoint.h"
#include "handlers/messages/endpoints.h"

namespace dundun {
namespace {

constexpr size_t kNumbersMax = 1000;

Result<OneOrMany> parse_validate_request(std::string_view body) {
  const JsonDocument document = TRY(JsonDocument::parse(body));
  const JsonObject object = TRY(JsonObject::of(document));
  return object.one_or_many_strings("phone", kNumbersMax);
}

void write_text(JsonWriter& json, std::string_view name, std::string_view text) {
  text.empty() ? json.member_null(name) : json.member(name, text);
}

// The name that /routes shows, if it shows one.
std::string name_of_country(const std::string& country, const Snapshot& snapshot) {
  if (country.empty()) return {};
  const auto known = snapshot.country_names.find(country);
  return known != snapshot.country_names.end() ? known->second : country_name(country);
}

void write_facts(JsonWriter& json, std::string_view phone, const PhoneFacts& facts,
                 const Snapshot& snapshot) {
  const bool routable = facts.valid && snapshot.route_for_country(facts.country) != nullptr;
  json.begin_object().member("phone", phone).member("valid", facts.valid);
  write_text(json, "e164", facts.e164);
  write_text(json, "country", facts.country);
  write_text(json, "country_name", name_of_country(facts.country, snapshot));
  json.member("type", facts.type);
  write_text(json, "national_format", facts.national_format);
  write_text(json, "international_format", facts.international_format);
  // libphonenumber has no carrier data in C++, and a guess by prefix is wrong for ported numbers.
  json.member_null("carrier").member("routable", routable);
  if (!facts.valid) {
    json.member("reason", facts.reason);
  } else if (!routable) {
    json.member("reason", "no_route");
  }
  json.end_object();
}

std::string list_answer(const std::vector<std::string>& phones, const Snapshot& snapshot) {
  int64_t valid = 0;
  int64_t mobile = 0;
  JsonWriter results;
  results.begin_array();
  for (const std::string& phone : phones) {
    const PhoneFacts facts = describe_phone(phone);
    valid += facts.valid ? 1 : 0;
    // Where a plan does not tell them apart, a mobile is what most of them are.
    mobile += facts.type == "mobile" || facts.type == "fixed_line_or_mobile" ? 1 : 0;
    write_facts(results, phone, facts, snapshot);
  }
  results.end_array();
  const auto count = static_cast<int64_t>(phones.size());
  JsonWriter json;
  json.begin_object()
      .member("count", count)
      .member("valid", valid)
      .member("invalid", count - valid)
      .member("mobile", mobile)
      .key("results")
      .raw(results.text())
      .end_object();
  return json.take();
}

}  // namespace

Result<Response> validate_numbers(Context& context) {
  const OneOrMany phones = TRY(parse_validate_request(context.request.body));
  if (phones.many) {
    std::string body = list_answer(phones.values, context.snapshot);
    return Response::json(std::move(body));
  }
  const std::string& phone = phones.values.front();
  JsonWriter json;
  write_facts(json, phone, describe_phone(phone), context.snapshot);
  return Response::json(json.take());
}

}  // namespace dundun
