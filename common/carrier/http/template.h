// Texts with placeholders, from which an HTTP carrier's request is made: "{{to}}",
// "{{secret.api_key}}". They are filled in one pass. Each value is escaped for its place, so
// nothing in a value is read as a placeholder, a quote or another field.
#pragma once

#include <array>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/result.h"
#include "common/carrier/carrier_file.h"

namespace dundun {

enum class Placeholder {
  kTo,           // to: the recipient, in the carrier's form of numbers
  kFrom,         // from: the sender ID, a number in the same form
  kText,         // text: UTF-8
  kMessageId,    // message_id: the UUID
  kReference,    // reference: carrier_reference(), by which a receipt finds its message
  kCallbackUrl,  // callback_url: for the receipts of this message, signed
  kSegments,     // segments: as billed
  kEncoding,     // encoding: the carrier's word for GSM-7 or UCS-2
  kValidityMin,  // validity_min: how many minutes the carrier may try
  // Of a question for reports or texts, not of a message:
  kLimit,  // limit: the most that one answer may hold
  kSince,  // since: 2026-07-01T09:00:00.000+00:00
  kUntil,  // until: the same
};
inline constexpr size_t kPlaceholders = 12;
using PlaceholderValues = std::array<std::string, kPlaceholders>;

// The place of a template. It decides how values are escaped.
enum class Place {
  kJson,    // the text of a JSON document, placeholders inside its strings
  kForm,    // a value of a form or a query: percent-encoded, the template's own text too
  kUrl,     // a URL: messages' values percent-encoded and only behind the host, secrets as they are
  kHeader,  // a header's value: no control characters, and nothing that could hold one
};

class HttpTemplate {
 public:
  HttpTemplate() = default;
  // kInvalidRequest says what is wrong: an unknown placeholder, a secret that `secrets` lacks …
  static Result<HttpTemplate> parse(std::string_view text, Place place,
                                    const CarrierSecrets& secrets);

  enum class Secrets { kGiven, kMasked };  // masked: "***"
  std::string fill(const PlaceholderValues& values, Secrets secrets) const;
  bool uses(Placeholder placeholder) const;
  bool is_open() const;  // has a placeholder, secrets aside

 private:
  struct Part {
    enum class Kind { kText, kSecret, kPlaceholder };
    Kind kind = Kind::kText;
    std::string text;  // escaped already
    Placeholder placeholder = Placeholder::kTo;
  };
  Status add_placeholder(std::string_view name, const CarrierSecrets& secrets);
  Status check_url() const;

  Place place_ = Place::kForm;
  std::vector<Part> parts_;
};

}  // namespace dundun
