#include "common/io/smpp.h"

namespace dundun {
namespace {

constexpr size_t kHeaderBytes = 16;
constexpr size_t kPduBytesMax = 64 << 10;

void put_number(std::string& bytes, uint32_t number) {
  for (int shift = 24; shift >= 0; shift -= 8) bytes += static_cast<char>(number >> shift & 0xff);
}

uint32_t number_at(std::string_view bytes, size_t at) {
  uint32_t number = 0;
  for (size_t i = 0; i < 4; ++i) number = number << 8 | static_cast<uint8_t>(bytes[at + i]);
  return number;
}

// Fields of a body one after the other; `short_` once it ended within one.
class Reader {
 public:
  explicit Reader(std::string_view body) : left_(body) {}

  std::string c_string() {
    const size_t end = left_.find('\0');
    if (end == std::string_view::npos) return short_ = true, std::string();
    std::string text(left_.substr(0, end));
    left_.remove_prefix(end + 1);
    return text;
  }
  uint8_t byte() {
    const std::string one = bytes(1);
    return one.empty() ? uint8_t{0} : static_cast<uint8_t>(one[0]);
  }
  uint16_t pair() {
    const uint16_t high = byte();
    return static_cast<uint16_t>(high << 8 | byte());
  }
  std::string bytes(size_t count) {
    if (left_.size() < count) return short_ = true, std::string();
    std::string taken(left_.substr(0, count));
    left_.remove_prefix(count);
    return taken;
  }
  bool done() const { return left_.empty() || short_; }
  bool ended_early() const { return short_; }

 private:
  std::string_view left_;
  bool short_ = false;
};

void put_pair(std::string& bytes, size_t number) {
  bytes += static_cast<char>(number >> 8 & 0xff);
  bytes += static_cast<char>(number & 0xff);
}

void take_parties(Reader& reader, SmppMessage& message) {
  message.service_type = reader.c_string();
  message.source_ton = reader.byte();
  message.source_npi = reader.byte();
  message.source = reader.c_string();
  message.destination_ton = reader.byte();
  message.destination_npi = reader.byte();
  message.destination = reader.c_string();
  message.esm_class = reader.byte();
}

Result<SmppMessage> with_options(Reader& reader, SmppMessage message) {
  while (!reader.done()) {
    const uint16_t tag = reader.pair();
    message.options[tag] = reader.bytes(reader.pair());
  }
  if (reader.ended_early()) return fail(ErrorCode::kInvalidRequest, "the SMPP body ends early");
  return message;
}

std::string parties_of(const SmppMessage& message) {
  std::string body = smpp_c_string(message.service_type);
  body += static_cast<char>(message.source_ton);
  body += static_cast<char>(message.source_npi);
  body += smpp_c_string(message.source);
  body += static_cast<char>(message.destination_ton);
  body += static_cast<char>(message.destination_npi);
  body += smpp_c_string(message.destination);
  body += static_cast<char>(message.esm_class);
  return body;
}

void put_options(std::string& body, const SmppMessage& message) {
  for (const auto& [tag, value] : message.options) {
    put_pair(body, tag);
    put_pair(body, value.size());
    body += value;
  }
}

}  // namespace

std::string smpp_bytes(const SmppPdu& pdu) {
  std::string bytes;
  put_number(bytes, static_cast<uint32_t>(kHeaderBytes + pdu.body.size()));
  put_number(bytes, pdu.command);
  put_number(bytes, pdu.status);
  put_number(bytes, pdu.sequence);
  return bytes + pdu.body;
}

SmppPdu smpp_answer(const SmppPdu& request, uint32_t status, std::string body) {
  return {request.command | kSmppAnswer, status, request.sequence, std::move(body)};
}

std::string smpp_c_string(std::string_view text) { return std::string(text) + '\0'; }

std::string smpp_take_c_string(std::string_view body) {
  return std::string(body.substr(0, body.find('\0')));
}

Result<std::optional<SmppPdu>> smpp_take_pdu(std::string& bytes) {
  if (bytes.size() < kHeaderBytes) return std::optional<SmppPdu>();
  const size_t length = number_at(bytes, 0);
  if (length < kHeaderBytes || length > kPduBytesMax) {
    return fail(ErrorCode::kInvalidRequest, "no SMPP PDU");
  }
  if (bytes.size() < length) return std::optional<SmppPdu>();
  SmppPdu pdu{number_at(bytes, 4), number_at(bytes, 8), number_at(bytes, 12),
              bytes.substr(kHeaderBytes, length - kHeaderBytes)};
  bytes.erase(0, length);
  return std::optional<SmppPdu>(std::move(pdu));
}

Result<SmppMessage> smpp_message(std::string_view body) {
  Reader reader(body);
  SmppMessage message;
  take_parties(reader, message);
  message.protocol_id = reader.byte();
  message.priority = reader.byte();
  message.schedule = reader.c_string();
  message.validity = reader.c_string();
  message.registered_delivery = reader.byte();
  message.replace_if_present = reader.byte();
  message.data_coding = reader.byte();
  message.default_text = reader.byte();
  message.text = reader.bytes(reader.byte());
  return with_options(reader, std::move(message));
}

std::string smpp_body(const SmppMessage& message) {
  std::string body = parties_of(message);
  for (uint8_t byte : {message.protocol_id, message.priority}) body += static_cast<char>(byte);
  body += smpp_c_string(message.schedule);
  body += smpp_c_string(message.validity);
  for (uint8_t byte : {message.registered_delivery, message.replace_if_present, message.data_coding,
                       message.default_text}) {
    body += static_cast<char>(byte);
  }
  body += static_cast<char>(message.text.size());
  body += message.text;
  put_options(body, message);
  return body;
}

Result<SmppMessage> smpp_data_message(std::string_view body) {
  Reader reader(body);
  SmppMessage message;
  take_parties(reader, message);
  message.registered_delivery = reader.byte();
  message.data_coding = reader.byte();
  return with_options(reader, std::move(message));
}

std::string smpp_data_body(const SmppMessage& message) {
  std::string body = parties_of(message);
  for (uint8_t byte : {message.registered_delivery, message.data_coding}) {
    body += static_cast<char>(byte);
  }
  put_options(body, message);
  return body;
}

}  // namespace dundun
