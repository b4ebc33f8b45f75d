// POST /v1/sms/send: accepted is queued; what the carrier says is told by events.
#include <algorithm>

#include "common/base/executor.h"
#include "common/base/text.h"
#include "common/io/pg.h"
#include "common/journal/change.h"
#include "common/journal/commit.h"
#include "common/journal/journal.h"
#include "common/sending/send.h"
#include "common/sending/snapshot.h"
#include "common/web/idempotency.h"
#include "common/web/kept_answer.h"
#include "handlers/gravity/endpoints.h"
#include "handlers/gravity/sms_json.h"
#include "sql/gravity.h"

namespace dundun {
namespace {

using Outcome = CommitResult::Outcome;

constexpr size_t kBodyCharactersMax = 1600;
constexpr size_t kUserBytesMax = 255;

struct SmsRequest {
  std::string to, from, body, user;
};

Error bad_request(const char* text) { return fail(ErrorCode::kInvalidRequest, text); }

// "" for what is missing or no text.
std::string text_of(const JsonValue& root, std::string_view field) {
  const std::optional<JsonValue> value = root.find(field);
  return value && value->is_string() ? std::string(value->string()) : std::string();
}

Result<SmsRequest> parse(std::string_view body) {
  const JsonDocument document = TRY(JsonDocument::parse(body));
  const JsonValue root = document.root();
  if (!root.is_object()) return bad_request("to, from, and body are required");
  SmsRequest sms{text_of(root, "to"), text_of(root, "from"), text_of(root, "body"), {}};
  const std::optional<JsonValue> text = root.find("body");
  if (sms.to.empty() || sms.from.empty() || !text || !text->is_string()) {
    return bad_request("to, from, and body are required");
  }
  const std::optional<std::string> from = gravity_number(sms.from);
  if (!from || !gravity_number(sms.to)) return bad_request("to and from must be in E.164 format");
  sms.from = *from;
  const bool is_blank = sms.body.find_first_not_of(" \t\r\n\v\f") == std::string::npos;
  if (is_blank || count_characters(sms.body) > kBodyCharactersMax) {
    return bad_request("body must be 1-1600 characters");
  }
  const std::optional<JsonValue> user = root.find("userId");
  if (!user || user->is_null()) return sms;
  if (!user->is_string() || user->string().size() > kUserBytesMax) {
    return bad_request("userId must be a string of at most 255 characters");
  }
  sms.user = user->string();
  return sms;
}

// A number of RingCentral's leaves by RingCentral, whatever other routes the country has. nullopt:
// any route will do.
Result<std::optional<std::string>> route_of_number(Context& context, const SmsRequest& sms,
                                                   const std::string& country) {
  const Caller& caller = context.caller;
  const PgRows owned =
      TRY(context.services.pg.query(sql::gravity_from_number, caller.account_id, caller.environment,
                                    sms.from, caller.app_id, country));
  if (owned.size() == 0) return bad_request("from is not a number of this tenant");
  const bool theirs = owned.boolean(0, sql::gravity_from_number.theirs);
  std::optional<std::string> route = owned.maybe_text(0, sql::gravity_from_number.route);
  if (theirs && !route) return bad_request("from cannot send to this country");
  return route;
}

Result<AcceptMessage> message_of(Context& context, const SmsRequest& sms) {
  const Caller& caller = context.caller;
  Result<Msisdn> to = Msisdn::parse(sms.to);
  if (!to) return bad_request("to and from must be in E.164 format");
  std::optional<std::string> route = TRY(route_of_number(context, sms, to->country()));
  SendRequest request{.to = *std::move(to), .text = sms.body};
  request.route = std::move(route);
  request.from_number = sms.from;
  request.segments_max = kSegmentsOfSecondDialectMax;
  request.trace_id = context.request.recorded_trace();
  AcceptMessage accept =
      TRY(prepare(*context.services.sending, context.snapshot, request, payer_of(caller))).message;
  accept.user_ref = sms.user;
  accept.idempotency = TRY(idempotency_key(context.request, caller));
  return accept;
}

Error refusal(const CommitResult& result) {
  switch (result.outcome) {
    case Outcome::kInsufficientBalance:
      return fail(ErrorCode::kInsufficientBalance, "Insufficient balance");
    case Outcome::kOptedOut:
      return fail(ErrorCode::kRecipientOptedOut, "Recipient has opted out");
    default:
      return other_refusal(result);
  }
}

}  // namespace

Task<Response> send_sms(Context& context) {
  const SmsRequest sms = co_await parse(context.request.body);
  AcceptMessage accept = co_await message_of(context, sms);
  JsonWriter json;
  json.begin_object()
      .member("messageId", gravity_message_id(accept.message_id))
      .member("status", "queued")
      .end_object();
  const std::string body = json.take();
  if (accept.idempotency) accept.answer = {accept.idempotency->key_hash, 202, body};
  const Sent sent = co_await send(*context.services.sending, accept);
  if (auto known = answer_of_key(sent.result)) co_return co_await std::move(*known);
  if (sent.result.outcome != Outcome::kCommitted) co_return refusal(sent.result);
  co_return Response::json(body, 202);
}

}  // namespace dundun
