// POST /sender-ids: asks for a name in some countries. For a name that is there already, the
// countries are added to what it is asked for.
#include <algorithm>
#include <array>

#include "common/base/config.h"
#include "common/identity/user_fields.h"
#include "common/io/pg.h"
#include "common/sending/snapshot.h"
#include "common/sms/sender_id.h"
#include "common/web/audited_change.h"
#include "common/web/sender_json.h"
#include "common/web/text_fields.h"
#include "handlers/account/endpoints.h"
#include "handlers/account/key_fields.h"
#include "sql/senders.h"

namespace dundun {
namespace {

constexpr size_t kUseCaseBytesMax = 4000;
// Operators keep these for services that cost nothing.
constexpr std::array<std::string_view, 2> kReserved{"free", "info"};

struct SenderRequest {
  std::string name;
  std::vector<std::string> countries;
  std::optional<std::string> use_case;
};

Result<SenderRequest> parse(const Context& context) {
  const JsonDocument document = TRY(JsonDocument::parse(context.request.body));
  const JsonObject object = TRY(JsonObject::of(document));
  SenderRequest request;
  request.name = TRY(object.required_string("name"));
  if (!is_valid_sender_name(request.name)) {
    return invalid_field("name", "1 to 11 letters, digits and inner spaces", "value_error");
  }
  if (std::ranges::find(kReserved, lower_case(request.name)) != kReserved.end()) {
    return invalid_field("name", "this word is reserved", "value_error");
  }
  request.countries = TRY(country_codes(object, "countries", context.snapshot));
  std::optional<std::string> use_case = TRY(object.optional_string("use_case"));
  if (use_case && !use_case->empty()) {
    request.use_case = TRY(bounded_text("use_case", *std::move(use_case), kUseCaseBytesMax));
  }
  return request;
}

Result<Response> ask(Context& context, const SenderRequest& request) {
  const int64_t account = context.caller.account_id;
  AuditedChange change = TRY(AuditedChange::begin(context));
  if (auto earlier = TRY(change.earlier_answer())) return *std::move(earlier);
  const PgRows count = TRY(change.run(sql::senders_count, account));
  const int names_max = context.services.config.sender_ids_max;
  if (count.i64(0, 0) >= names_max) {
    return fail(ErrorCode::kAlreadyExists,
                "There are " + std::to_string(names_max) + " sender IDs already.");
  }
  const PgRows row = TRY(change.run(sql::sender_request, account, request.name,
                                    text_array(request.countries), request.use_case));
  JsonWriter detail;
  detail.begin_object().member("name", request.name);
  write_texts(detail, "countries", request.countries);
  detail.end_object();
  TRY(change.record({account, "sender_id.requested",
                     "sender_id " + std::to_string(row.i64(0, sql::sender_request.sender_id)),
                     detail.take()}));
  JsonWriter json;
  json.begin_object();
  write_sender(json, row, 0);
  json.end_object();
  return change.commit(AuditedChange::Effect::kConfiguration, Response::json(json.take()));
}

}  // namespace

Result<Response> request_sender_id(Context& context) {
  const SenderRequest request = TRY(parse(context));
  return ask(context, request);
}

}  // namespace dundun
