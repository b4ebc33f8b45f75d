// The address that a carrier calls with the receipts of one part of a message. The address names
// the message, so no carrier id has to be looked up. It is signed: a person who sees one can forge
// only the receipts of that part.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "common/base/ids.h"
#include "common/sms/environment.h"

namespace dundun {

struct PartReference {
  int64_t account_id = 0;
  Environment environment = Environment::kLive;
  Uuid message_id;
  int part = 1;
  int parts = 1;
};

// "<account>-<environment>-<32 hex>-<part>-<parts>".
std::string reference_text(const PartReference& reference);
std::optional<PartReference> parse_reference(std::string_view text);

// 32 hex digits of an HMAC over the reference.
std::string receipt_signature(std::string_view secret, std::string_view reference);

}  // namespace dundun
