// POST /admin/carriers/{carrier}/try: one real message by a carrier, outside all accounts. Shows
// what was asked and answered, secrets masked, and what became of it, until its last receipt or the
// end of the patience. Nobody is charged; the carrier may charge the operator.
#include <future>
#include <thread>

#include "common/base/config.h"
#include "common/carrier/http/answer.h"
#include "common/carrier/http/connector.h"
#include "common/carrier/kannel/kannel.h"
#include "common/carrier/submit_outcome.h"
#include "common/io/http_poster.h"
#include "common/io/json.h"
#include "common/io/pg.h"
#include "common/sms/dlr.h"
#include "common/sms/encoding.h"
#include "common/sms/msisdn.h"
#include "common/web/audited_change.h"
#include "handlers/admin/endpoints.h"
#include "sql/admin.h"
#include "sql/carrier_receipts.h"

namespace dundun {
namespace {

using std::chrono::milliseconds;
using SubmitKind = SubmitOutcome::Kind;

// No account has this number, so that nobody's message is meant.
constexpr int64_t kNobody = INT64_MAX;
constexpr int64_t kPatienceMaxS = 300;
constexpr size_t kShownBytesMax = 4096;
constexpr size_t kSecretBytesMin = 4;
constexpr const char* kUsualText = "Dundun: a test of this carrier.";

struct Trial {
  std::string carrier, kind, settings;
  CarrierSecrets secrets;
  Submission message;
  std::chrono::seconds patience{60};
};

struct Answered {
  std::optional<HttpReply> reply;  // none: no answer, or a kind that shows none
  SubmitOutcome outcome;
};

Result<Submission> message_in(const JsonObject& object) {
  Submission message{};
  message.account_id = kNobody;
  message.environment = Environment::kLive;
  message.message_id = new_uuid7();
  const std::string to = TRY(object.required_string("to"));
  const auto number = Msisdn::parse(to);
  if (!number) return invalid_field("to", "no phone number", "value_error");
  message.phone = number->e164();
  message.sender = TRY(object.required_string("from"));
  message.body = TRY(object.optional_string("text")).value_or(kUsualText);
  const auto counted = count_segments(message.body);
  if (!counted) return invalid_field("text", "empty, too long or not UTF-8", "value_error");
  message.encoding = counted->encoding;
  message.segments = counted->segments;
  return message;
}

Result<Trial> parse_trial(Context& context) {
  constexpr auto& col = sql::admin_carrier_settings_of;
  Trial trial;
  trial.carrier = context.request.parameters.at(0);
  if (!is_carrier_name(trial.carrier)) return fail(ErrorCode::kNotFound, "Carrier not found");
  const JsonDocument document = TRY(JsonDocument::parse(context.request.body));
  const JsonObject object = TRY(JsonObject::of(document));
  trial.message = TRY(message_in(object));
  const int64_t wait_s = TRY(object.optional_integer("wait_s")).value_or(trial.patience.count());
  if (wait_s < 0 || wait_s > kPatienceMaxS) {
    return invalid_field("wait_s", "0 to 300", "value_error");
  }
  trial.patience = std::chrono::seconds(wait_s);
  const PgRows rows = TRY(context.services.pg.query(sql::admin_carrier_settings_of, trial.carrier));
  if (rows.size() == 0 || rows.is_null(0, col.kind))
    return fail(ErrorCode::kNotFound, "Carrier not found");
  trial.kind = rows.text(0, col.kind);
  trial.settings = rows.text(0, col.settings);
  auto secrets = read_carrier_file(context.services.config.carrier_secrets_dir, trial.carrier);
  if (!secrets) {
    return fail(ErrorCode::kInvalidState, "The carrier's file of secrets cannot be read.",
                secrets.error().detail);
  }
  trial.secrets = *std::move(secrets);
  return trial;
}

std::string masked(std::string text, const CarrierSecrets& secrets) {
  for (const auto& [name, value] : secrets) {
    if (value.size() < kSecretBytesMin) continue;
    for (size_t at = text.find(value); at != text.npos; at = text.find(value, at + 3)) {
      text.replace(at, value.size(), "***");
    }
  }
  if (text.size() > kShownBytesMax) text.resize(kShownBytesMax);
  return text;
}

// As the connector asks (common/carrier/http/connector), but the answer is kept.
Answered ask_http(const HttpDescription& description, const Submission& message) {
  HttpPoster http({1, 1, kSubmitStartWithin,
                   description.private_addresses ? HttpPoster::Addresses::kAll
                                                 : HttpPoster::Addresses::kPublic});
  std::promise<HttpOutcome> promise;
  http.post(http_call_for(description, message, HttpTemplate::Secrets::kGiven),
            [&promise](HttpOutcome outcome) { promise.set_value(std::move(outcome)); });
  HttpOutcome got = promise.get_future().get();
  if (got.kind == HttpOutcome::Kind::kNotSent) return {std::nullopt, not_submitted(got, 1)};
  if (got.kind == HttpOutcome::Kind::kNoAnswer) return {std::nullopt, submit_in_doubt(got.error)};
  HttpReply shown = got.reply;
  return {std::move(shown), judge_answer(description.answer, std::move(got.reply), 1)};
}

Answered ask_kannel(const KannelSettings& settings, const Submission& message) {
  const std::unique_ptr<Connector> kannel = make_kannel(settings);
  std::promise<SubmitOutcome> promise;
  kannel->submit(message,
                 [&promise](SubmitOutcome outcome) { promise.set_value(std::move(outcome)); });
  return {std::nullopt, promise.get_future().get()};
}

void write_request(JsonWriter& json, const HttpDescription& description,
                   const Submission& message) {
  const HttpCall call = http_call_for(description, message, HttpTemplate::Secrets::kMasked);
  json.key("request").begin_object().member("method", call.method).member("url", call.url);
  json.key("headers").begin_array();
  for (const auto& [name, value] : call.headers) json.value(name + ": " + value);
  json.end_array().member("body", call.body).end_object();
}

std::string_view meaning_of(SubmitKind kind) {
  switch (kind) {
    case SubmitKind::kAccepted:
      return "accepted";
    case SubmitKind::kRefused:
      return "refused";
    case SubmitKind::kFailed:
      return "failed";
    case SubmitKind::kRetryLater:
    case SubmitKind::kPaced:
      return "later";
    case SubmitKind::kUnknown:
      break;
  }
  return "in doubt";
}

void write_answer(JsonWriter& json, const Trial& trial, const Answered& answered) {
  const SubmitOutcome& outcome = answered.outcome;
  json.key("answer").begin_object();
  if (answered.reply) {
    json.member("http", static_cast<int64_t>(answered.reply->status))
        .member("body", masked(answered.reply->body, trial.secrets));
  }
  json.member("means", meaning_of(outcome.kind))
      .member("error_code", outcome.error_code)
      .member("carrier_error_code", outcome.carrier_code)
      .member("elsewhere", outcome.carrier_trouble)
      .member("carrier_message_id", outcome.carrier_message_id)
      .member("detail", masked(outcome.error_message, trial.secrets))
      .end_object();
}

bool has_last_word(const PgRows& rows) {
  for (int row = 0; row < rows.size(); ++row) {
    const auto status = judge_dlr(rows.text(row, sql::carrier_receipts_of_trial.word)).status;
    if (status == MessageStatus::kDelivered || status == MessageStatus::kFailed) return true;
  }
  return false;
}

// The receipts of the message, which wait with those that nobody claims: until the last word is
// among them, or the patience ends.
Result<PgRows> await_receipts(PgPool& pg, const Trial& trial, const std::string& id) {
  const auto until = std::chrono::steady_clock::now() + trial.patience;
  while (true) {
    PgRows rows =
        TRY(pg.query(sql::carrier_receipts_of_trial, trial.carrier, id, trial.message.message_id));
    if (has_last_word(rows) || std::chrono::steady_clock::now() >= until) return rows;
    std::this_thread::sleep_for(milliseconds(200));
  }
}

Status write_receipts(JsonWriter& json, PgPool& pg, const Trial& trial, const std::string& id) {
  constexpr auto& col = sql::carrier_receipts_of_trial;
  const PgRows rows = TRY(await_receipts(pg, trial, id));
  json.key("receipts").begin_array();
  PgArray seen(PgArray::Type::kInt8);
  for (int row = 0; row < rows.size(); ++row) {
    const auto status = judge_dlr(rows.text(row, col.word)).status;
    json.begin_object()
        .member("word", rows.text(row, col.word))
        .member("means", status ? status_name(*status) : std::string_view("nothing"))
        .member("error", rows.text(row, col.error))
        .member("carrier_time", rows.text(row, col.carrier_time))
        .member("network_code", rows.text(row, col.network))
        .member("carrier_cost", rows.text(row, col.cost))
        .end_object();
    seen.add(rows.i64(row, col.receipt_id));
  }
  json.end_array();
  TRY(pg.query(sql::drop_carrier_receipts, seen.finish()));
  return Done{};
}

// What leaves is written down before it leaves, and leaves once for each Idempotency-Key. An
// answer: it is that of the request before.
Result<std::optional<Response>> note_trial(Context& context, const Trial& trial) {
  constexpr std::chrono::seconds kGoneAfter{kPatienceMaxS + 60};
  AuditedChange change = TRY(AuditedChange::begin(context));
  AuditedChange::Work work = TRY(change.claim_work(trial.message.message_id, kGoneAfter));
  if (work.answer) return work.answer;
  if (work.begun_before) {
    return fail(ErrorCode::kInvalidState, "The message may have left: look at the handset first.");
  }
  JsonWriter detail;
  detail.begin_object()
      .member("to", mask_msisdn(trial.message.phone))
      .member("from", trial.message.sender)
      .end_object();
  TRY(change.record({0, "carrier.tried", "carrier " + trial.carrier, detail.take()}));
  TRY(change.commit(AuditedChange::Effect::kNone));
  return std::optional<Response>();
}

}  // namespace

Result<Response> try_carrier(Context& context) {
  const Trial trial = TRY(parse_trial(context));
  std::optional<HttpDescription> description;
  std::optional<KannelSettings> kannel;
  if (trial.kind == "http") {
    description = TRY(read_http_description(trial.settings, trial.secrets));
  } else if (trial.kind == "kannel") {
    kannel = TRY(read_kannel_settings(trial.settings, trial.secrets));
  } else {
    return fail(ErrorCode::kInvalidState,
                "A carrier of this kind sends from tenants' numbers only: send from one of those.");
  }
  if (auto earlier = TRY(note_trial(context, trial))) return *std::move(earlier);
  JsonWriter json;
  json.begin_object().member("carrier", trial.carrier).member("kind", trial.kind);
  if (description) write_request(json, *description, trial.message);
  const Answered answered =
      description ? ask_http(*description, trial.message) : ask_kannel(*kannel, trial.message);
  write_answer(json, trial, answered);
  const bool may_come = answered.outcome.kind == SubmitKind::kAccepted ||
                        answered.outcome.kind == SubmitKind::kUnknown;
  if (may_come) {
    TRY(write_receipts(json, context.services.pg, trial, answered.outcome.carrier_message_id));
  }
  json.end_object();
  return AuditedChange::finish_work(context, Response::json(json.take()));
}

}  // namespace dundun
