// GET /admin/sender-ids: names that wait for a word. POST …/approve and …/reject: the word, for all
// the countries asked for or for some of them.
#include <limits>

#include "common/io/pg.h"
#include "common/journal/journal.h"
#include "common/sending/snapshot.h"
#include "common/web/audited_change.h"
#include "common/web/paging.h"
#include "common/web/sender_json.h"
#include "common/web/text_fields.h"
#include "handlers/admin/account_row.h"
#include "handlers/admin/endpoints.h"
#include "sql/admin.h"
#include "sql/senders.h"

namespace dundun {
namespace {

constexpr size_t kReasonBytesMax = 500;

struct Word {
  int64_t account_id;
  int64_t sender_id;
  bool approves;
  std::vector<std::string> countries;  // empty: all that are asked for
  std::string reason;
};

Result<Word> parse_decision(const Context& context, bool approves) {
  Word word{};
  word.approves = approves;
  word.account_id = TRY(path_account(context));
  const std::optional<int64_t> sender = parse_id(context.request.parameters.at(1));
  if (!sender) return fail(ErrorCode::kNotFound, "Sender ID not found");
  word.sender_id = *sender;
  const std::string& body = context.request.body;
  const JsonDocument document = TRY(JsonDocument::parse(body.empty() ? "{}" : body));
  const JsonObject object = TRY(JsonObject::of(document));
  if (document.root().find("countries")) {
    word.countries = TRY(country_codes(object, "countries", context.snapshot));
  }
  if (approves) return word;
  std::string reason = TRY(object.required_string("reason"));
  word.reason = TRY(bounded_text("reason", std::move(reason), kReasonBytesMax));
  return word;
}

Result<PgRows> write(AuditedChange& change, const Word& word) {
  const PgParam countries = text_array(word.countries);
  if (word.approves) {
    return change.run(sql::sender_approve, word.account_id, word.sender_id, countries);
  }
  return change.run(sql::sender_reject, word.account_id, word.sender_id, countries, word.reason);
}

Status record(AuditedChange& change, const Word& word, std::string_view name) {
  JsonWriter detail;
  detail.begin_object().member("name", name).key("countries").begin_array();
  for (const std::string& code : word.countries) detail.value(std::string_view(code));
  detail.end_array();
  if (!word.approves) detail.member("reason", word.reason);
  detail.end_object();
  return change.record({word.account_id,
                        word.approves ? "sender_id.approved" : "sender_id.rejected",
                        "sender_id " + std::to_string(word.sender_id), detail.take()});
}

// The account hears of it; a process that ends right here leaves it to the list of sender IDs.
void notify(Journal& journal, const Word& word, std::string_view name) {
  std::string countries;
  for (const std::string& code : word.countries) {
    countries.append(countries.empty() ? "" : ", ").append(code);
  }
  const std::string what = word.approves ? "approved" : "rejected";
  Notify notice{};
  notice.account_id = word.account_id;
  notice.type = "sender_" + what;
  notice.title = "Sender ID " + what;
  notice.body = std::string(name) + " is " + what + " for " + countries + ".";
  if (!word.approves) notice.body += " Reason: " + word.reason;
  notice.link = "/sender-ids";
  notice.dedupe_key = notice.type + " " + to_string(new_uuid7());
  journal.submit(std::move(notice), [](auto) {});
}

Result<Response> decide(Context& context, Word word) {
  AuditedChange change = TRY(AuditedChange::begin(context));
  if (auto earlier = TRY(change.earlier_answer())) return *std::move(earlier);
  const PgRows found = TRY(change.run(sql::sender_by_id, word.account_id, word.sender_id));
  if (found.size() == 0) return fail(ErrorCode::kNotFound, "Sender ID not found");
  if (word.countries.empty()) word.countries = found.text_array(0, sql::sender_by_id.requested);
  if (word.countries.empty()) {
    return fail(ErrorCode::kInvalidState, "No country waits for a decision: name them.");
  }
  const PgRows row = TRY(write(change, word));
  if (row.size() == 0) {
    return invalid_field("countries", "the name is not asked for in all of these", "value_error");
  }
  TRY(record(change, word, row.text(0, sql::sender_by_id.name)));
  JsonWriter json;
  json.begin_object().member("account_id", word.account_id);
  write_sender(json, row, 0);
  json.end_object();
  Response answer =
      TRY(change.commit(AuditedChange::Effect::kConfiguration, Response::json(json.take())));
  notify(*context.services.journal, word, row.text(0, sql::sender_by_id.name));
  return answer;
}

}  // namespace

Result<Response> list_sender_requests(Context& context) {
  const Paging paging = TRY(parse_paging(context.request));
  const std::optional<int64_t> after =
      TRY(query_integer(context.request, "after", 0, std::numeric_limits<int64_t>::max()));
  const PgRows rows =
      TRY(context.services.pg.query(sql::admin_sender_requests, after.value_or(0), paging.limit));
  JsonWriter json;
  json.begin_object().key("sender_ids").begin_array();
  for (int row = 0; row < rows.size(); ++row) {
    json.begin_object().member("account_id", rows.i64(row, sql::admin_sender_requests.account_id));
    write_sender(json, rows, row);
    json.end_object();
  }
  json.end_array().end_object();
  return Response::json(json.take());
}

Result<Response> approve_sender(Context& context) {
  const Word word = TRY(parse_decision(context, true));
  return decide(context, word);
}

Result<Response> reject_sender(Context& context) {
  const Word word = TRY(parse_decision(context, false));
  return decide(context, word);
}

}  // namespace dundun
