// The part of the write set that is about texts that came in.
#include "common/journal/write_set.h"

namespace dundun {
namespace {

std::optional<std::string_view> null_if_empty(const std::string& text) {
  if (text.empty()) return std::nullopt;
  return std::string_view(text);
}

}  // namespace

void WriteSet::add(const RecordInbound& r, const Entry&, const Decision&, const Known& known) {
  inbound_.row(r.account_id, r.inbound_id, static_cast<int16_t>(r.environment),
               std::string_view(r.carrier), std::string_view(r.carrier_message_id),
               std::string_view(r.from), std::string_view(r.to), std::string_view(r.text),
               null_if_empty(r.keyword), null_if_empty(r.app_id), static_cast<int16_t>(r.wish),
               r.auto_reply);
  const auto wanted = known.webhooks.find(r.account_id);
  if (wanted != known.webhooks.end() && (wanted->second & 1) != 0) {
    inbound_deliveries_.row(r.account_id, r.inbound_id);
  }
  if (r.wish == OptOutWish::kNone) return;
  opt_out_changes_.insert_or_assign({r.account_id, r.environment, r.from},
                                    OptOutChange{r.wish, r.inbound_id});
}

void WriteSet::add_opt_outs() {
  for (const auto& [key, change] : opt_out_changes_) {
    const auto& [account_id, environment, phone] = key;
    const auto number = static_cast<int16_t>(environment);
    if (change.wish == OptOutWish::kStop) {
      opt_outs_.row(account_id, number, std::string_view(phone), change.inbound_id);
    } else {
      opt_ins_.row(account_id, number, std::string_view(phone));
    }
  }
}

}  // namespace dundun
