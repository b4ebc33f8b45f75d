// GET or POST /carrier/{carrier}/dlr: a delivery receipt, for the message that `ref` names; of a
// carrier of kind http, what its description says.
#include "common/base/executor.h"
#include "common/carrier/dlr_ingest.h"
#include "common/carrier/reference.h"
#include "common/io/pg.h"
#include "common/journal/change.h"
#include "common/journal/commit.h"
#include "common/journal/journal.h"
#include "common/sms/dlr.h"
#include "handlers/carrier/callback.h"
#include "handlers/carrier/described_dlr.h"
#include "handlers/carrier/endpoints.h"
#include "handlers/carrier/kept_receipts.h"
#include "sql/inbound.h"

namespace dundun {
namespace {

constexpr size_t kRefBytesMax = 64;
constexpr size_t kWordBytesMax = 200;

// Kannel's numbers of kinds (%d); a receipt that a text stands beside (%A) is more exact.
std::string_view word_of_kind(std::string_view kind) {
  if (kind == "1") return "DELIVRD";
  if (kind == "2") return "UNDELIV";
  if (kind == "4" || kind == "32") return "ENROUTE";
  if (kind == "8") return "ACCEPTD";
  if (kind == "16") return "REJECTD";
  // A number that is none of Kannel's kinds is a state of SMPP.
  const std::string_view state = smpp_state_name(kind);
  return state.empty() ? kind : state;
}

Result<std::string> word_of(const CallbackFields& fields) {
  std::string stat = receipt_word(fields.find("text").value_or(""));
  if (!stat.empty()) return stat.substr(0, kWordBytesMax);
  const std::string kind = TRY(fields.required("status", kWordBytesMax));
  stat = receipt_word(kind);
  return stat.empty() ? std::string(word_of_kind(kind)) : stat;
}

}  // namespace

Task<Response> take_dlr(Context& context) {
  const std::optional<DescribedCall> described = co_await described_call(context);
  if (described && described->description.dlr) {
    Task<Response> taken = take_described_dlr(context, *described);
    co_return co_await std::move(taken);
  }
  const std::string carrier = co_await calling_carrier(context);
  const CallbackFields fields = co_await CallbackFields::parse(context.request);
  const std::string ref = co_await fields.required("ref", kRefBytesMax);
  const std::optional<CarrierReference> named = parse_carrier_reference(ref);
  if (!named) co_return bad_field("ref", "is none of our references.");
  std::string word = co_await word_of(fields);
  count_receipt_word(carrier, word);
  const PgRows rows = co_await context.services.pg.query(
      sql::message_for_receipt, named->account_id, named->message_id, carrier);
  if (rows.size() == 0) {
    const std::vector<KeptReceipt> unmatched{{"", named, std::move(word)}};
    co_await keep_receipts(context, carrier, unmatched);
    co_return fail(ErrorCode::kNotFound, "Message not found");
  }
  // A carrier speaks only of messages that it took; test messages are the loopback's.
  const auto environment = Environment(rows.i16(0, sql::message_for_receipt.environment));
  const bool is_theirs = environment == Environment::kTest
                             ? carrier == kLoopback
                             : rows.boolean(0, sql::message_for_receipt.carrier_matches);
  if (!is_theirs) co_return fail(ErrorCode::kNotFound, "Message not found");
  const Dlr dlr{named->account_id, environment, named->message_id, std::move(word)};
  std::vector<Change> changes = changes_of({&dlr, 1});
  Task<CommitResult> committing =
      commit(*context.services.journal, std::move(changes.front()), context.services.executor);
  const CommitResult result = co_await std::move(committing);
  const bool is_new = result.outcome == CommitResult::Outcome::kCommitted;
  co_return callback_answer(context.request, is_new ? "accepted" : "duplicate", "");
}

}  // namespace dundun
