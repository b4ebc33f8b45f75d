#include "common/carrier/dlr_ingest.h"

#include <algorithm>
#include <cctype>
#include <map>
#include <mutex>
#include <set>

#include "common/base/metrics.h"
#include "common/io/json.h"
#include "common/sms/dlr.h"

namespace dundun {
namespace {

constexpr size_t kCodesMax = 50;
constexpr size_t kCodeBytesMax = 32;

std::string metadata_of(const Dlr& dlr) {
  JsonWriter json;
  json.begin_object();
  for (const auto& [name, value] :
       {std::pair("carrier_message_id", &dlr.carrier_message_id), std::pair("error", &dlr.error),
        std::pair("carrier_time", &dlr.carrier_time), std::pair("network_code", &dlr.network),
        std::pair("carrier_cost", &dlr.cost)}) {
    if (!value->empty()) json.member(name, std::string_view(*value));
  }
  json.end_object();
  return json.text() == "{}" ? std::string() : json.take();
}

AdvanceMessage change_of_receipt(const Dlr& dlr) {
  const std::string word = normalize_dlr_word(dlr.word);
  const DlrVerdict verdict = judge_dlr(word);
  AdvanceMessage change{};
  change.account_id = dlr.account_id;
  change.environment = dlr.environment;
  change.message_id = dlr.message_id;
  // A word that moves nothing still goes on the timeline; `submitted` is what it proves.
  change.to = verdict.status.value_or(MessageStatus::kSubmitted);
  change.event = verdict.status ? std::string(status_name(*verdict.status)) : "receipt";
  change.event_key = "dlr:" + word;
  change.detail = "DLR: " + word;
  change.dlr_status = word;
  change.metadata = metadata_of(dlr);
  if (verdict.status == MessageStatus::kFailed) {
    change.error_code = word;
    change.error_message = "The carrier reports " + word + ".";
    change.refundable = true;  // where the account refunds any failure, or it was never taken
    change.never_taken = verdict.never_taken;
    if (!dlr.error.empty()) change.carrier_error_code = dlr.error;
  }
  return change;
}

}  // namespace

std::vector<Change> changes_of(std::span<const Dlr> receipts) {
  std::vector<Change> changes;
  changes.reserve(receipts.size());
  for (const Dlr& dlr : receipts) changes.emplace_back(change_of_receipt(dlr));
  return changes;
}

void count_carrier_error(std::string_view carrier, std::string_view code) {
  static std::mutex mutex;
  static std::map<std::string, std::set<std::string>, std::less<>> seen;
  if (code.empty()) return;
  std::string label;
  for (const char c : code.substr(0, kCodeBytesMax)) {
    const bool plain = std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_' || c == '-';
    label += plain ? c : '_';
  }
  {
    std::lock_guard lock(mutex);
    std::set<std::string>& codes = seen[std::string(carrier)];
    if (!codes.contains(label) && codes.size() >= kCodesMax) label = "other";
    codes.insert(label);
  }
  counter("dundun_receipts_error_total",
          "carrier=\"" + std::string(carrier) + "\",code=\"" + label + "\"")
      .add();
}

void count_receipt_word(std::string_view carrier, std::string_view word) {
  const auto status = judge_dlr(normalize_dlr_word(word)).status;
  const std::string label = "carrier=\"" + std::string(carrier) + "\"";
  counter("dundun_receipts_total",
          label + ",status=\"" + (status ? std::string(status_name(*status)) : "other") + "\"")
      .add();
  if (!status) counter("dundun_receipts_unknown_word_total", label).add();
}

bool ingest(Journal& journal, std::span<const Dlr> receipts) {
  const auto results = journal.commit_all(changes_of(receipts));
  return std::ranges::all_of(results, [](const auto& result) { return result.has_value(); });
}

}  // namespace dundun
