#include "common/journal/batch.h"

#include "common/base/metrics.h"
#include "common/journal/write_set.h"

namespace dundun {

std::vector<Pg::Call> Batch::reads() {
  for (const Entry& entry : entries_) {
    std::visit([&]<class Kind>(const Kind& change) { ChangeKind<Kind>::wants(change, reads_); },
               entry.change);
  }
  return reads_.calls();
}

void Batch::decide_all() {
  decisions_.reserve(entries_.size());
  for (const Entry& entry : entries_) {
    decisions_.push_back(decide(entry.change, entry.event_id, known_));
  }
  make_claim();
  tell_all();
}

// One claim for all that were accepted for now.
void Batch::make_claim() {
  claim_.token = new_uuid7();
  for (const Decision& decision : decisions_) claim_.size += decision.claims;
  for (Decision& decision : decisions_) {
    if (decision.claims > 0) decision.result.claim = claim_;
  }
}

Admitted Batch::admitted(size_t index) const {
  return {entries_[index].event_id, decisions_[index], known_};
}

void Batch::tell_all() {
  news_.at = now();
  for (size_t i = 0; i < entries_.size(); ++i) {
    if (!decisions_[i].apply) continue;
    std::visit(
        [&]<class Kind>(const Kind& change) { ChangeKind<Kind>::tell(change, admitted(i), news_); },
        entries_[i].change);
  }
  tell_wallets(known_, news_);
}

void Batch::count() const {
  for (const auto& [key, wallet] : known_.wallets) {
    if (key.second != Environment::kLive || !wallet.changed) continue;
    const std::string label = "currency=\"" + wallet.currency + "\"";
    counter("dundun_charged_micros_total", label).add(wallet.charged_micros);
    counter("dundun_refunded_micros_total", label).add(wallet.refunded_micros);
  }
  for (const ReceiptWait& receipt : news_.receipts) {
    histogram("dundun_receipt_seconds", Histogram::Scale::kWaits,
              "carrier=\"" + receipt.carrier + "\"")
        .observe(std::chrono::duration<double>(receipt.waited).count());
  }
}

// Claims whose last message this batch records.
std::vector<Uuid> Batch::finished_claims(const ClaimCounts& counts) const {
  std::vector<Uuid> finished;
  for (const auto& [token, count] : recorded_) {
    auto before = counts.find(token);
    const int recorded = count.recorded + (before == counts.end() ? 0 : before->second.recorded);
    if (recorded >= count.size) finished.push_back(token);
  }
  return finished;
}

std::vector<Pg::Call> Batch::writes(const Shards& shards, const ClaimCounts& counts,
                                    const std::vector<Uuid>& done_outbox) {
  WriteSet set(shards);
  for (size_t i = 0; i < entries_.size(); ++i) {
    if (!decisions_[i].apply) continue;
    std::visit(
        [&]<class Kind>(const Kind& change) { ChangeKind<Kind>::write(change, admitted(i), set); },
        entries_[i].change);
  }
  write_notifications(news_.notifications, set);
  write_wallets(known_, set);
  write_campaigns(known_, set);
  write_verify_counters(known_, set);
  if (claim_.size > 0) set.add_claim(claim_);
  recorded_ = set.recorded();
  set.delete_claims(finished_claims(counts));
  if (!news_.publication.empty()) {
    outbox_id_ = new_uuid7();
    set.add_outbox(outbox_id_, news_.publication.outbox_text());
  }
  if (!done_outbox.empty()) set.delete_outbox(done_outbox);
  due_hints_ = set.take_due_hints();
  return std::move(set).calls();
}

}  // namespace dundun
