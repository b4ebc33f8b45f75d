// POST /verify/check. An attempt is one guarded write: of a hundred at a time, one finds the state
// it has read, and the others look again. The right code counts once.
#include "common/base/config.h"
#include "common/io/json.h"
#include "common/io/pg.h"
#include "common/sms/msisdn.h"
#include "common/web/audited_change.h"
#include "handlers/verify/check_verdict.h"
#include "handlers/verify/code.h"
#include "handlers/verify/endpoints.h"
#include "handlers/verify/verification_json.h"
#include "sql/verify.h"

namespace dundun {
namespace {

// Each round that finds the state changed has been another's attempt, and those are few.
constexpr int kRoundsMax = 50;
constexpr size_t kCodeBytesMax = 64;

struct CheckRequest {
  std::string code;
  std::optional<Uuid> id;
  std::optional<std::string> phone;
};

Result<CheckRequest> parse_check(const Request& request) {
  const JsonDocument document = TRY(JsonDocument::parse(request.body));
  const JsonObject object = TRY(JsonObject::of(document));
  CheckRequest check;
  check.code = TRY(object.required_text("code"));
  if (check.code.size() > kCodeBytesMax) {
    return invalid_field("code", "ensure this value has at most 64 bytes",
                         "value_error.any_str.max_length");
  }
  const std::optional<std::string> id = TRY(object.optional_string("verification_id"));
  const std::optional<std::string> to = TRY(object.optional_string("to"));
  if (id.has_value() == to.has_value()) {
    return invalid_field("verification_id", "give either verification_id or to", "value_error");
  }
  if (id) {
    check.id = parse_verification_id(*id);
    if (!check.id) return fail(ErrorCode::kNotFound, "Verification not found");
  } else {
    check.phone = TRY(Msisdn::parse(*to)).e164();
  }
  return check;
}

// By number only `pending` and `approved` are said: whether it has had a code stays unsaid.
std::string verdict_json(const CheckRequest& check, const Uuid& id, std::string_view status,
                         int attempts_remaining) {
  JsonWriter json;
  const bool approved = status == "approved";
  json.begin_object().member("status", check.phone && !approved ? "pending" : status);
  if (!check.phone || approved) {
    json.member("verification_id", verification_id_text(id));
  }
  if (!check.phone) json.member("attempts_remaining", attempts_remaining);
  json.end_object();
  return json.take();
}

class Check {
 public:
  Check(AuditedChange& change, const Context& context, const CheckRequest& request)
      : change_(change), context_(context), request_(request) {}

  Result<Response> run() {
    for (int round = 0; round < kRoundsMax; ++round) {
      std::optional<Response> answer = TRY(attempt());
      if (answer) return *std::move(answer);
    }
    return unavailable("too many checks of one verification");
  }

 private:
  // nullopt: another attempt was quicker.
  Result<std::optional<Response>> attempt() {
    const PgRows rows = TRY(read());
    if (rows.size() == 0) return std::optional<Response>(TRY(unknown()));
    const std::string code = plain_code(request_.code);
    const bool matches = code_matches(context_.services.config.verify.secret,
                                      rows.text(0, sql::verify_check_by_id.salt), code,
                                      rows.text(0, sql::verify_check_by_id.code_hash));
    const bool has_form =
        code.size() == static_cast<size_t>(rows.i16(0, sql::verify_check_by_id.code_length));
    const CheckState state{VerifyStatus(rows.i16(0, sql::verify_check_by_id.status)),
                           rows.boolean(0, sql::verify_check_by_id.is_expired),
                           rows.i16(0, sql::verify_check_by_id.attempts),
                           rows.i16(0, sql::verify_check_by_id.attempts_max)};
    const CheckVerdict verdict = judge_attempt(state, !has_form ? Typed::kNone
                                                      : matches ? Typed::kRight
                                                                : Typed::kWrong);
    if (!verdict.counts && state.status == VerifyStatus::kApproved) {
      return fail(ErrorCode::kInvalidState, "Verification is approved already.");
    }
    if (verdict.counts && !TRY(write(rows, state, verdict))) return std::optional<Response>();
    return std::optional(Response::json(verdict_json(
        request_, rows.uuid(0, sql::verify_check_by_id.verification_id),
        verification_status(verdict.status, state.expired), verdict.attempts_remaining)));
  }

  Result<PgRows> read() {
    static_assert(begins_with_columns(sql::verify_check_by_phone, sql::verify_check_by_id));
    const auto environment = context_.caller.environment;
    const int64_t account = context_.caller.account_id;
    if (request_.id) {
      return change_.run(sql::verify_check_by_id, account, environment, *request_.id);
    }
    return change_.run(sql::verify_check_by_phone, account, environment, *request_.phone);
  }

  Result<Response> unknown() {
    if (request_.id) return fail(ErrorCode::kNotFound, "Verification not found");
    // As much work as for a number that has a code.
    (void)code_hash(context_.services.config.verify.secret, "no such salt at all", request_.code);
    return Response::json(verdict_json(request_, {}, "pending", 0));
  }

  // False: it is not as it was read.
  Result<bool> write(const PgRows& rows, const CheckState& state, const CheckVerdict& verdict) {
    const PgRows written = TRY(change_.run(
        sql::verify_check_write, context_.caller.account_id,
        rows.uuid(0, sql::verify_check_by_id.verification_id), static_cast<int16_t>(state.attempts),
        rows.text(0, sql::verify_check_by_id.code_hash), static_cast<int16_t>(verdict.status)));
    return written.affected() == 1;
  }

  AuditedChange& change_;
  const Context& context_;
  const CheckRequest& request_;
};

Result<Response> check(Context& context, const CheckRequest& request) {
  AuditedChange change = TRY(AuditedChange::begin(context));
  if (auto earlier = TRY(change.earlier_answer())) return *std::move(earlier);
  Response answer = TRY(Check(change, context, request).run());
  return change.commit(AuditedChange::Effect::kNone, std::move(answer));
}

}  // namespace

Result<Response> check_verification(Context& context) {
  const CheckRequest request = TRY(parse_check(context.request));
  return check(context, request);
}

}  // namespace dundun
