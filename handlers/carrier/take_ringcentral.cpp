// POST /v1/webhooks/ringcentral: RingCentral's notifications. Its first call is a handshake; every
// other bears the word that the subscription was made with.
#include <algorithm>

#include "common/base/config.h"
#include "common/base/log.h"
#include "common/base/metrics.h"
#include "common/inbound/record.h"
#include "common/inbound/ringcentral_text.h"
#include "common/io/crypto.h"
#include "common/io/json.h"
#include "common/io/pg.h"
#include "handlers/carrier/callback.h"
#include "handlers/carrier/endpoints.h"
#include "sql/ringcentral.h"

namespace dundun {
namespace {

constexpr size_t kHandshakeBytesMax = 255;

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
  constexpr auto& col = sql::rc_notified;
  const std::string extension = member_text(root, "ownerId");
  const PgRows rows = TRY(context.services.pg.query(sql::rc_notified, extension));
  const std::string hash = sha256(context.request.verification_token);
  std::optional<Subscriber> found;
  for (int row = 0; row < rows.size(); ++row) {
    const bool theirs = equal_constant_time(hash, rows.text(row, col.verification_hash));
    if (theirs)
      found = Subscriber{rows.i64(row, col.account_id), std::string(rows.text(row, col.carrier))};
  }
  if (found) return *std::move(found);
  counter("dundun_carrier_refused_total").add();
  return fail(ErrorCode::kInvalidSignature, "Unknown subscription or wrong Verification-Token");
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
  co_await from_its_networks(context, subscriber.carrier);
  auto parsed = read_ringcentral_text(root.find("body"), "body.",
                                      context.services.config.inbound_text_bytes_max);
  if (!parsed) note_unusable(subscriber, parsed.error());
  if (!parsed || !*parsed) co_return notification_taken();
  MoRequest mo = std::move((*parsed)->mo);
  const Routed routed = co_await route_to(context, subscriber, mo);
  Task<RecordedMo> recording =
      record_mo(*context.services.sending, context.snapshot, subscriber.carrier, mo, routed);
  (void)co_await std::move(recording);
  co_return notification_taken();
}

}  // namespace dundun
