// POST /v1/webhooks/ringcentral: RingCentral's notifications. Its first call is a handshake; every
// other bears the word that the subscription was made with.
#include <algorithm>

#include "common/base/config.h"
#include "common/base/log.h"
#include "common/base/metrics.h"
#include "common/inbound/record.h"
#include "common/io/crypto.h"
#include "common/io/json.h"
#include "common/io/pg.h"
#include "handlers/carrier/endpoints.h"
#include "sql/ringcentral.h"

namespace dundun {
namespace {

constexpr size_t kHandshakeBytesMax = 255;
constexpr size_t kMessageIdBytesMax = 200;

Error bad_request(const char* text) { return fail(ErrorCode::kInvalidRequest, text); }

// RingCentral wants its token back, and JSON.
Result<Response> handshake(const std::string& token) {
  const bool plain = token.size() <= kHandshakeBytesMax &&
                     std::ranges::all_of(token, [](char c) { return c > 0x20 && c < 0x7f; });
  if (!plain) return bad_request("Invalid Validation-Token");
  Response response = Response::json("{}");
  response.headers.emplace_back("Validation-Token", token);
  return response;
}

std::string member_text(const std::optional<JsonValue>& object, const char* name) {
  const auto value = object && object->is_object() ? object->find(name) : std::nullopt;
  if (value && value->is_integer()) return std::to_string(value->integer());
  return value && value->is_string() ? std::string(value->string()) : std::string();
}

struct Subscriber {
  int64_t account_id;
  std::string carrier;
};

// The tenant whose word the notification bears.
Result<Subscriber> subscriber_of(Context& context, const JsonValue& root) {
  const std::string extension = member_text(root, "ownerId");
  const PgRows rows = TRY(context.services.pg.query(sql::rc_notified, extension));
  const std::string hash = sha256(context.request.verification_token);
  std::optional<Subscriber> found;
  for (int row = 0; row < rows.size(); ++row) {
    const bool theirs = equal_constant_time(hash, rows.text(row, 2));
    if (theirs) found = Subscriber{rows.i64(row, 0), std::string(rows.text(row, 1))};
  }
  if (found) return *std::move(found);
  counter("dundun_carrier_refused_total").add();
  return fail(ErrorCode::kInvalidSignature, "Unknown subscription or wrong Verification-Token");
}

// Of a text to several the recipient that is ours is marked.
std::optional<JsonValue> recipient_of(const JsonValue& body) {
  const auto to = body.find("to");
  const std::vector<JsonValue> all = to && to->is_array() ? to->items() : std::vector<JsonValue>();
  for (const JsonValue& one : all) {
    const auto target = one.is_object() ? one.find("target") : std::nullopt;
    if (target && target->is_bool() && target->boolean()) return one;
  }
  return all.empty() ? std::nullopt : std::optional(all.front());
}

// nullopt: no text that came in. Errors say why a text cannot be used.
Result<std::optional<MoRequest>> parse_notified_text(const JsonValue& root, const Config& config) {
  const auto body = root.find("body");
  if (!body || !body->is_object() || member_text(body, "direction") != "Inbound") {
    return std::optional<MoRequest>();
  }
  MoRequest mo;
  mo.carrier_message_id = member_text(body, "id");
  if (mo.carrier_message_id.empty() || mo.carrier_message_id.size() > kMessageIdBytesMax) {
    return bad_request("body.id is missing or too long");
  }
  mo.from =
      TRY(parse_address("body.from.phoneNumber", member_text(body->find("from"), "phoneNumber")));
  mo.to =
      TRY(parse_address("body.to.phoneNumber", member_text(recipient_of(*body), "phoneNumber")));
  mo.text = member_text(body, "subject");
  if (mo.text.size() > config.inbound_text_bytes_max)
    return bad_request("body.subject is too long");
  return std::optional(std::move(mo));
}

// A notification with one tenant's word can bring texts to that tenant's numbers only.
Result<Routed> route_to(Context& context, const Subscriber& subscriber, MoRequest& mo) {
  Routed routed =
      TRY(route_mo(context.services.pg, context.snapshot.inbound.words, subscriber.carrier, mo));
  std::erase_if(routed.owners, [&](const NumberOwner& owner) {
    return owner.account_id != subscriber.account_id;
  });
  return routed;
}

// RingCentral suspends a subscription whose notifications are refused, and with it all texts of the
// user: what bears the right word is taken, whatever it is.
void note_unusable(const Subscriber& subscriber, const Error& error) {
  counter("dundun_ringcentral_unusable_total").add();
  log(LogLevel::kError, "ringcentral_text_unusable",
      {{"account_id", subscriber.account_id}, {"detail", std::string_view(error.message)}});
}

Response notification_taken() { return Response::json(R"({"ok":true})"); }

}  // namespace

Task<Response> take_ringcentral(Context& context) {
  const Request& request = context.request;
  if (!request.validation_token.empty()) co_return co_await handshake(request.validation_token);
  const JsonDocument document = co_await JsonDocument::parse(request.body);
  const JsonValue root = document.root();
  if (!root.is_object()) co_return bad_request("Body must be a JSON object");
  const Subscriber subscriber = co_await subscriber_of(context, root);
  auto parsed = parse_notified_text(root, context.services.config);
  if (!parsed) note_unusable(subscriber, parsed.error());
  if (!parsed || !*parsed) co_return notification_taken();
  MoRequest mo = **std::move(parsed);
  const Routed routed = co_await route_to(context, subscriber, mo);
  Task<RecordedMo> recording =
      record_mo(*context.services.sending, context.snapshot, subscriber.carrier, mo, routed);
  (void)co_await std::move(recording);
  co_return notification_taken();
}

}  // namespace dundun
