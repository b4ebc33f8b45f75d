// To whom texts go that come in: GET /admin/inbound-numbers?number&after&limit, and per account PUT
// (make or change) and DELETE /admin/accounts/{id}/inbound-numbers.
#include <algorithm>

#include "common/io/json.h"
#include "common/io/pg.h"
#include "common/sms/msisdn.h"
#include "common/web/audited_change.h"
#include "common/web/paging.h"
#include "common/web/text_fields.h"
#include "handlers/admin/account_row.h"
#include "handlers/admin/endpoints.h"
#include "sql/admin.h"

namespace dundun {
namespace {

constexpr size_t kAnswerBytesMax = 459;
constexpr int64_t kListedMax = 1000;
constexpr size_t kCursorBytesMax = 100;

struct InboundNumber {
  int64_t account_id;
  std::string number, country, keyword;
  Environment environment = Environment::kLive;
  std::optional<std::string> carrier, auto_reply;
};

bool all_of_kind(std::string_view text, std::string_view allowed) {
  return text.find_first_not_of(allowed) == text.npos;
}

// A number of the country, which may be written in the national form, or a short code.
Result<std::string> number_or_short_code(const std::string& written, const std::string& country) {
  constexpr size_t kShortMin = 3, kShortMax = 8;
  const WrittenNumber text = read_number(written);
  const bool is_short = !text.fault && !text.international && text.digits.size() >= kShortMin &&
                        text.digits.size() <= kShortMax && text.digits.front() != '0';
  const Result<Msisdn> number = Msisdn::parse_in(country, written);
  if (!number) {
    if (is_short) return text.digits;
    return invalid_field("number",
                         number.error().message + " A short code has 3 to 8 digits, and no plus.",
                         "value_error");
  }
  if (number->country() != country) {
    return invalid_field("number", number->e164() + " is a number of " + number->country(),
                         "value_error");
  }
  return number->e164();
}

// Such a keyword would take the word away from everybody else who shares the number.
Status no_word_of_opting(const std::string& keyword, const std::string& country,
                         const std::vector<OptOutWord>& words) {
  for (const OptOutWord& word : words) {
    const bool holds = word.countries.empty() ||
                       std::ranges::find(word.countries, country) != word.countries.end();
    if (keyword.empty() || !holds || first_word(word.word).word != keyword) continue;
    return invalid_field(
        "keyword", "'" + keyword + "' is a word by which people opt out or in, or ask for help",
        "value_error");
  }
  return Done{};
}

Result<InboundNumber> parse_number(const Context& context) {
  InboundNumber number{};
  number.account_id = TRY(path_account(context));
  const JsonDocument document = TRY(JsonDocument::parse(context.request.body));
  const JsonObject object = TRY(JsonObject::of(document));
  const std::string written = TRY(object.required_string("number"));
  number.country = TRY(object.required_string("country_code"));
  if (number.country.size() != 2 || !all_of_kind(number.country, "ABCDEFGHIJKLMNOPQRSTUVWXYZ")) {
    return invalid_field("country_code", "an ISO 3166 code of two capital letters", "value_error");
  }
  number.number = TRY(number_or_short_code(written, number.country));
  number.keyword = TRY(object.optional_string("keyword")).value_or("");
  const bool no_word = number.keyword.size() == 1 || number.keyword.size() > 20;
  if (no_word || !all_of_kind(number.keyword, "abcdefghijklmnopqrstuvwxyz0123456789")) {
    return invalid_field("keyword", "2 to 20 small letters and digits", "value_error");
  }
  TRY(no_word_of_opting(number.keyword, number.country, context.snapshot.inbound.words));
  const std::string environment = TRY(object.optional_string("environment")).value_or("live");
  if (environment != "live" && environment != "test") {
    return invalid_field("environment", "choose live or test", "value_error.enum");
  }
  if (environment == "test") number.environment = Environment::kTest;
  number.carrier = TRY(object.optional_string("carrier"));
  std::optional<std::string> reply = TRY(object.optional_string("auto_reply"));
  if (reply)
    number.auto_reply = TRY(bounded_text("auto_reply", *std::move(reply), kAnswerBytesMax));
  return number;
}

std::string detail_of(const InboundNumber& number) {
  JsonWriter detail;
  detail.begin_object()
      .member("number", number.number)
      .member("country_code", number.country)
      .member("keyword", number.keyword)
      .member("environment", environment_name(number.environment))
      .member("carrier", number.carrier)
      .member("auto_reply", number.auto_reply)
      .end_object();
  return detail.take();
}

Error why_not_set(AuditedChange& change, const InboundNumber& number) {
  constexpr auto& col = sql::admin_inbound_number_why;
  Result<PgRows> found = change.run(sql::admin_inbound_number_why, number.number, number.country,
                                    number.keyword, number.account_id, number.carrier);
  if (!found) return std::move(found).error();
  const PgRows& rows = *found;
  if (!rows.boolean(0, col.account_exists)) {
    return fail(ErrorCode::kNotFound,
                "There is no account " + std::to_string(number.account_id) + ".");
  }
  if (!rows.boolean(0, col.carrier_exists)) {
    return invalid_field(
        "carrier",
        "there is no carrier '" + number.carrier.value_or("") + "'; see `dundunctl carrier list`",
        "value_error");
  }
  return fail(ErrorCode::kAlreadyExists,
              "Account " + std::to_string(rows.i64(0, col.taken_by)) + " has " + number.number +
                  (number.keyword.empty() ? "" : " with the keyword " + number.keyword) +
                  ": drop it there first.");
}

Result<Response> set_number(Context& context, const InboundNumber& number) {
  AuditedChange change = TRY(AuditedChange::begin(context));
  const PgRows set_number =
      TRY(change.run(sql::admin_inbound_number_set, number.number, number.country, number.keyword,
                     number.account_id, number.environment, number.carrier, number.auto_reply));
  if (set_number.affected() == 0) {
    return why_not_set(change, number);
  }
  const std::string detail = detail_of(number);
  TRY(change.record({number.account_id, "inbound_number.set", "number " + number.number, detail}));
  TRY(change.commit(AuditedChange::Effect::kConfiguration));
  return Response::json(detail);
}

Result<Response> drop_number(Context& context, const InboundNumber& number) {
  AuditedChange change = TRY(AuditedChange::begin(context));
  const PgRows dropped = TRY(change.run(sql::admin_inbound_number_drop, number.account_id,
                                        number.number, number.country, number.keyword));
  if (dropped.affected() == 0) return fail(ErrorCode::kNotFound, "Number not found");
  TRY(change.record(
      {number.account_id, "inbound_number.dropped", "number " + number.number, detail_of(number)}));
  TRY(change.commit(AuditedChange::Effect::kConfiguration));
  return Response{.status = 204, .body = {}, .headers = {}};
}

// A row's key, "+254709000001,KE,help", as `next` and `after` have it.
struct Place {
  std::string number, country, keyword;
};

Result<Place> parse_place(const Request& request) {
  std::string text(request.query_value("after").value_or(""));
  if (text.empty()) return Place{};
  if (text.front() == ' ') text.front() = '+';  // a plus of a query is a blank
  const size_t first = text.find(',');
  const size_t second = first == text.npos ? first : text.find(',', first + 1);
  if (second == text.npos || text.size() > kCursorBytesMax) {
    return invalid_query("after", "is not the `next` of an answer");
  }
  return Place{text.substr(0, first), text.substr(first + 1, second - first - 1),
               text.substr(second + 1)};
}

std::string place_of(const PgRows& rows, int row) {
  constexpr auto& col = sql::admin_inbound_numbers;
  std::string place(rows.text(row, col.number));
  place += ",";
  place += rows.text(row, col.country);
  place += ",";
  place += rows.text(row, col.keyword);
  return place;
}

// Digits of it, so that a plus, blanks and dashes do not matter.
Result<std::optional<std::string>> part_of_number(const Request& request) {
  std::string digits;
  for (const char c : request.query_value("number").value_or("")) {
    if (c >= '0' && c <= '9') {
      digits += c;
    } else if (std::string_view("+ -.()").find(c) == std::string_view::npos) {
      return invalid_query("number", "digits of a number are wanted");
    }
  }
  if (digits.size() > kCursorBytesMax) return invalid_query("number", "is too long");
  return digits.empty() ? std::optional<std::string>() : digits;
}

void write_number(JsonWriter& json, const PgRows& rows, int row) {
  constexpr auto& col = sql::admin_inbound_numbers;
  json.begin_object()
      .member("number", rows.text(row, col.number))
      .member("country_code", rows.text(row, col.country))
      .member("keyword", rows.text(row, col.keyword))
      .member("account_id", rows.i64(row, col.account_id))
      .member("environment", environment_name(Environment(rows.i16(row, col.environment))))
      .member("carrier", rows.maybe_text(row, col.carrier))
      .member("auto_reply", rows.maybe_text(row, col.auto_reply))
      .end_object();
}

}  // namespace

Result<Response> list_inbound_numbers(Context& context) {
  const Request& request = context.request;
  const std::optional<std::string> part = TRY(part_of_number(request));
  const Place after = TRY(parse_place(request));
  const int64_t limit = TRY(query_integer(request, "limit", 1, kListedMax)).value_or(kListedMax);
  // One more tells whether there are more.
  const PgRows rows = TRY(context.services.pg.query(sql::admin_inbound_numbers, part, limit + 1,
                                                    after.number, after.country, after.keyword));
  const int shown = static_cast<int>(std::min<int64_t>(rows.size(), limit));
  JsonWriter json;
  json.begin_object().key("inbound_numbers").begin_array();
  for (int row = 0; row < shown; ++row) write_number(json, rows, row);
  json.end_array();
  std::optional<std::string> next;
  if (rows.size() > shown) next = place_of(rows, shown - 1);
  json.member("next", next).end_object();
  return Response::json(json.take());
}

Result<Response> set_inbound_number(Context& context) {
  const InboundNumber number = TRY(parse_number(context));
  return set_number(context, number);
}

Result<Response> drop_inbound_number(Context& context) {
  const InboundNumber number = TRY(parse_number(context));
  return drop_number(context, number);
}

}  // namespace dundun
