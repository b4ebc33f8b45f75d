// A text that a carrier brings, read from its call.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "common/base/config.h"
#include "common/base/result.h"
#include "handlers/carrier/callback.h"

namespace dundun {

// An address as carriers write them: "254712345678", "+254 712 345 678", "20880", "MPESA".
struct Address {
  std::string text;     // E.164 where it is a number of a numbering plan; else as it came
  std::string country;  // of that number; empty otherwise
  bool is_number() const { return !country.empty(); }
};
// kInvalidRequest naming the field for what is no address.
Result<Address> parse_address(std::string_view field, const std::string& text);

struct MoRequest {
  std::string carrier_message_id;
  Address from;
  Address to;
  std::string text;  // UTF-8
  bool auto_reply = false;

  // Where `to` may mean something: its own country, or for a short code the sender's.
  std::vector<std::string> countries() const;
};

// Fields: id (but for the loopback carrier), from, to, text (or text_hex), charset, auto_reply.
// Errors: kInvalidRequest naming the field; text over INBOUND_TEXT_BYTES_MAX is one.
Result<MoRequest> parse_mo(const CallbackFields& fields, std::string_view carrier,
                           const Config& config);

}  // namespace dundun
