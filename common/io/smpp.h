// SMPP 3.4 on the wire: PDUs and the body that submit_sm and deliver_sm share. No I/O.
// Source: Short Message Peer to Peer Protocol Specification v3.4, sections 3.2, 4 and 5.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>

#include "common/base/result.h"

namespace dundun {

enum class SmppCommand : uint32_t {
  kBindReceiver = 0x1,
  kBindTransmitter = 0x2,
  kSubmitSm = 0x4,
  kDeliverSm = 0x5,
  kUnbind = 0x6,
  kBindTransceiver = 0x9,
  kDataSm = 0x103,
  kEnquireLink = 0x15,
  kGenericNack = 0x80000000,
};
// An answer is its request's command with this bit.
inline constexpr uint32_t kSmppAnswer = 0x80000000;

inline constexpr uint32_t kSmppOk = 0;
inline constexpr uint32_t kSmppSystemError = 0x08;
inline constexpr uint32_t kSmppQueueFull = 0x14;
inline constexpr uint32_t kSmppSubmitFailed = 0x45;
inline constexpr uint32_t kSmppThrottled = 0x58;
inline constexpr uint32_t kSmppReceiverBusy = 0x64;  // what they mean: smpp_status.h

inline constexpr uint8_t kEsmKind = 0x3c;          // esm_class: the bits that say what it is
inline constexpr uint8_t kEsmReceipt = 0x04;       // a delivery receipt
inline constexpr uint8_t kEsmIntermediate = 0x20;  // a receipt about an attempt, not the last word
inline constexpr uint8_t kEsmUdh = 0x40;           // the text begins with a user data header

struct SmppPdu {
  uint32_t command = 0;
  uint32_t status = kSmppOk;
  uint32_t sequence = 0;
  std::string body;

  bool is(SmppCommand wanted) const { return command == static_cast<uint32_t>(wanted); }
  bool is_answer() const { return (command & kSmppAnswer) != 0; }
};

std::string smpp_bytes(const SmppPdu& pdu);
SmppPdu smpp_answer(const SmppPdu& request, uint32_t status, std::string body = "");
// Writes and reads a C string, which is the body of most answers.
std::string smpp_c_string(std::string_view text);
std::string smpp_take_c_string(std::string_view body);

// Takes the next whole PDU off the bytes that were read; nullopt: it is not complete yet.
// kInvalidRequest for an impossible length: nothing after it can be understood.
Result<std::optional<SmppPdu>> smpp_take_pdu(std::string& bytes);

struct SmppMessage {
  std::string service_type;
  uint8_t source_ton = 0, source_npi = 0;
  std::string source;
  uint8_t destination_ton = 0, destination_npi = 0;
  std::string destination;
  uint8_t esm_class = 0, protocol_id = 0, priority = 0;
  std::string schedule, validity;
  uint8_t registered_delivery = 0, replace_if_present = 0, data_coding = 0, default_text = 0;
  std::string text;  // bytes as they travel, with the user data header
  std::map<uint16_t, std::string> options;
};

// kInvalidRequest for a body that ends too early.
Result<SmppMessage> smpp_message(std::string_view body);
std::string smpp_body(const SmppMessage& message);
// The body of data_sm (section 4.7.1) has fewer fields, and its text stands in an option.
Result<SmppMessage> smpp_data_message(std::string_view body);
std::string smpp_data_body(const SmppMessage& message);

}  // namespace dundun
