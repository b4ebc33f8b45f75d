// GET or POST /carrier/{carrier}/kannel-receipt: a receipt from Kannel, or from smpp-guard before
// it, to the address that the submit gave them. The signature in the address is the authentication
// (common/carrier/receipt_url.h).
#include "common/base/config.h"
#include "common/base/executor.h"
#include "common/base/metrics.h"
#include "common/carrier/carrier_file.h"
#include "common/carrier/dlr_ingest.h"
#include "common/carrier/http/callback.h"
#include "common/carrier/kannel/kannel.h"
#include "common/carrier/receipt_url.h"
#include "common/io/crypto.h"
#include "common/io/pg.h"
#include "common/journal/change.h"
#include "common/journal/commit.h"
#include "common/journal/journal.h"
#include "common/sms/dlr.h"
#include "handlers/carrier/callback.h"
#include "handlers/carrier/endpoints.h"
#include "handlers/carrier/kept_receipts.h"
#include "sql/receipts.h"

namespace dundun {
namespace {

std::string_view field(const Request& request, std::string_view name) {
  return request.query_value(name).value_or(std::string_view());
}

Result<PartReference> signed_reference(const Context& context) {
  const Request& request = context.request;
  const auto wrong = [] {
    return fail(ErrorCode::kInvalidSignature, "Unknown carrier or wrong signature.");
  };
  const auto secrets =
      read_carrier_file(context.services.config.carrier_secrets_dir, request.parameters.at(0));
  const auto secret = secrets ? secrets->find("secret") : CarrierSecrets::const_iterator();
  if (!secrets || secret == secrets->end() || secret->second.empty()) return wrong();
  const std::string_view ref = field(request, "ref");
  const auto reference = parse_reference(ref);
  const bool good =
      equal_constant_time(receipt_signature(secret->second, ref), field(request, "sig"));
  if (!good || !reference) return wrong();
  return *reference;
}

// smpp-guard names the network's code by itself; from Kannel it stands in the answer. It goes into
// webhooks and labels: letters and digits only.
std::string error_of(const Request& request) {
  constexpr size_t kErrorMax = 20;
  std::string code(field(request, "err").substr(0, kErrorMax));
  std::erase_if(code, [](unsigned char c) { return std::isalnum(c) == 0; });
  if (!code.empty()) return code;
  return kannel_receipt_error(field(request, "type"), field(request, "answer"));
}

// The SMSC's id, as far as it can be shown.
std::string id_of(const Request& request) {
  const std::string_view id = field(request, "id");
  return is_carrier_id(id) ? std::string(id) : std::string();
}

// Kannel ignores the body of our response, so it is empty.
Response taken() { return Response{.body = "", .content_type = "text/plain", .headers = {}}; }

// The parts of a text are put together by the scheduler, one verdict a message.
Result<Response> keep(Context& context, const PartReference& part, const std::string& word,
                      const std::string& error) {
  TRY(context.services.pg.query(sql::keep_receipt, part.account_id, part.environment,
                                part.message_id, static_cast<int16_t>(part.part),
                                static_cast<int16_t>(part.parts), normalize_dlr_word(word), error));
  return taken();
}

}  // namespace

Task<Response> take_kannel_receipt(Context& context) {
  const PartReference part = co_await signed_reference(context);
  co_await from_its_networks(context, context.request.parameters.at(0));
  const std::optional<std::string> word =
      kannel_receipt_word(field(context.request, "type"), field(context.request, "answer"));
  if (!word) co_return fail(ErrorCode::kInvalidRequest, "type is no receipt's.");
  count_receipt_word(context.request.parameters.at(0), *word);
  const std::string error = error_of(context.request);
  count_carrier_error(context.request.parameters.at(0), error);
  if (part.parts > 1) co_return co_await keep(context, part, *word, error);
  const Dlr dlr{part.account_id, part.environment,       part.message_id,
                *word,           id_of(context.request), error};
  std::vector<Change> changes = changes_of({&dlr, 1});
  Task<CommitResult> committing =
      commit(*context.services.journal, std::move(changes.front()), context.services.executor);
  const CommitResult result = co_await std::move(committing);
  if (result.outcome == CommitResult::Outcome::kNotFound) {
    counter("dundun_receipts_unmatched_total").add();
    const std::vector<KeptReceipt> unmatched{
        {dlr.carrier_message_id, CarrierReference{part.account_id, part.message_id}, *word, error}};
    co_await keep_receipts(context, context.request.parameters.at(0), unmatched);
    co_return fail(ErrorCode::kNotFound, "Message not found");
  }
  co_return taken();
}

}  // namespace dundun
