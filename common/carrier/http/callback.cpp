#include "common/carrier/http/callback.h"

#include <algorithm>

#include "common/base/json_text.h"
#include "common/sms/dlr.h"

namespace dundun {
namespace {

constexpr size_t kIdBytesMax = 200;
constexpr size_t kDetailBytesMax = 100;

Error wrong_callback(std::string message) {
  return fail(ErrorCode::kInvalidRequest, std::move(message));
}

// Calls `read` for the callback itself, or for each item of its list.
template <class Read>
Status for_each_item(const ValuePath& list, const CarrierDocument& document, const Read& read) {
  if (list.empty()) return read(nullptr, "");
  const std::optional<std::vector<JsonValue>> items = document.list(list);
  if (!items) return wrong_callback("The list is missing.");
  if (items->size() > kCallbackItemsMax) return wrong_callback("The list is too long.");
  for (size_t i = 0; i < items->size(); ++i) {
    TRY(read(&(*items)[i], "Item " + std::to_string(i) + ": "));
  }
  return Done{};
}

// A detail for people: what is too long or not clean is left out.
std::string detail(const CarrierDocument& document, const ValuePath& path, const JsonValue* item) {
  std::string text = document.find(path, item).value_or("");
  const bool good = text.size() <= kDetailBytesMax && (text.empty() || is_carrier_id(text));
  return good ? text : std::string();
}

std::string word_of(const DlrMapping& mapping, const CarrierDocument& document,
                    const JsonValue* item) {
  std::string first;
  for (const ValuePath& path : mapping.status) {
    std::string word = document.find(path, item).value_or("");
    // Some hand on the whole text of the receipt that they got themselves.
    if (std::string stat = receipt_word(word); !stat.empty()) word = std::move(stat);
    if (word.empty()) continue;
    const auto known = mapping.words.find(word);
    if (known != mapping.words.end()) return known->second;
    if (judge_dlr(normalize_dlr_word(word)).status) return word;
    if (first.empty()) first = std::move(word);
  }
  return first;
}

}  // namespace

bool is_carrier_id(std::string_view id) {
  return !id.empty() && id.size() <= kIdBytesMax && is_utf8(id) &&
         std::ranges::none_of(id, [](unsigned char c) { return c < 0x20 || c == 0x7f; });
}

namespace {

Result<HttpReceipt> read_receipt(const DlrMapping& mapping, const CarrierDocument& document,
                                 const JsonValue* item, const std::string& where) {
  HttpReceipt receipt;
  receipt.carrier_message_id = document.find(mapping.id, item).value_or("");
  receipt.reference = document.find(mapping.reference, item).value_or("");
  for (const std::string* id : {&receipt.carrier_message_id, &receipt.reference}) {
    if (!id->empty() && !is_carrier_id(*id)) return wrong_callback(where + "id is no id.");
  }
  if (receipt.carrier_message_id.empty() && receipt.reference.empty()) {
    return wrong_callback(where + "id is missing.");
  }
  receipt.word = word_of(mapping, document, item);
  if (receipt.word.empty()) return wrong_callback(where + "status is missing.");
  receipt.error = detail(document, mapping.error, item);
  receipt.time = detail(document, mapping.time, item);
  receipt.number = detail(document, mapping.number, item);
  receipt.network = detail(document, mapping.network, item);
  receipt.cost = detail(document, mapping.cost, item);
  return receipt;
}

}  // namespace

Result<std::vector<HttpReceipt>> read_receipts(const DlrMapping& mapping,
                                               const CarrierDocument& document) {
  std::vector<HttpReceipt> receipts;
  const auto read = [&](const JsonValue* item, const std::string& where) -> Status {
    receipts.push_back(TRY(read_receipt(mapping, document, item, where)));
    return Done{};
  };
  TRY(for_each_item(mapping.list, document, read));
  return receipts;
}

Result<std::vector<HttpReceipt>> read_good_receipts(const DlrMapping& mapping,
                                                    const CarrierDocument& document,
                                                    int& unreadable) {
  std::vector<HttpReceipt> receipts;
  const auto read = [&](const JsonValue* item, const std::string& where) -> Status {
    auto receipt = read_receipt(mapping, document, item, where);
    receipt ? receipts.push_back(*std::move(receipt)) : void(++unreadable);
    return Done{};
  };
  TRY(for_each_item(mapping.list, document, read));
  return receipts;
}

Result<std::vector<MoFields>> read_texts(const MoMapping& mapping,
                                         const CarrierDocument& document) {
  std::vector<MoFields> texts;
  const auto read = [&](const JsonValue* item, const std::string&) -> Status {
    MoFields fields;
    for (const auto& [name, path] : {std::pair("id", &mapping.id), std::pair("from", &mapping.from),
                                     std::pair("to", &mapping.to), std::pair("text", &mapping.text),
                                     std::pair("time", &mapping.time)}) {
      fields.emplace_back(name, document.find(*path, item).value_or(""));
    }
    texts.push_back(std::move(fields));
    return Done{};
  };
  TRY(for_each_item(mapping.list, document, read));
  return texts;
}

}  // namespace dundun
