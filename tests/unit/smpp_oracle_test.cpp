// libsmpp34, another implementation of SMPP 3.4, packs what we read and reads what we pack.
#include <gtest/gtest.h>

#include <cstdlib>
#include <cstring>
#include <random>

// In this order: they do not include each other.
extern "C" {
#include <libsmpp34/smpp34.h>
//
#include <libsmpp34/smpp34_structs.h>
//
#include <libsmpp34/smpp34_params.h>
}

#include "common/io/smpp.h"

namespace dundun {
namespace smpp_oracle_test {

int rounds() { return std::getenv("DUNDUN_FULL") != nullptr ? 100'000 : 2'000; }

std::mt19937 chance(34);

uint8_t octet() { return static_cast<uint8_t>(chance()); }

std::string word(size_t most) {
  std::string text(chance() % (most + 1), ' ');
  for (char& c : text) c = static_cast<char>('0' + chance() % 75);
  return text;
}

SmppMessage random_message() {
  SmppMessage message;
  message.service_type = word(5);
  message.source_ton = octet() % 7;
  message.source_npi = 1;
  message.source = word(20);
  message.destination_ton = octet() % 7;
  message.destination_npi = 1;
  message.destination = word(20);
  message.esm_class = octet();
  message.protocol_id = octet();
  message.priority = octet() % 4;
  message.validity = chance() % 2 == 0 ? "" : "000001000000000R";
  message.registered_delivery = octet();
  message.replace_if_present = octet() % 2;
  message.data_coding = octet();
  message.default_text = octet();
  message.text = std::string(chance() % 254, ' ');  // they pack 253 octets, not 254
  for (char& c : message.text) c = static_cast<char>(octet());
  if (chance() % 2 == 0) message.options[TLVID_receipted_message_id] = word(64) + '\0';
  if (chance() % 2 == 0) message.options[TLVID_message_state] = std::string(1, '\x02');
  if (chance() % 4 == 0) message.options[TLVID_network_error_code] = std::string("\x03\x01\x2c", 3);
  return message;
}

// Both structures have the same members in the same order; deliver_sm is read as its own.
template <class Theirs>
void expect_equal(const Theirs& theirs, const SmppMessage& ours) {
  const auto text = [](const uint8_t* bytes) {
    return std::string(reinterpret_cast<const char*>(bytes));
  };
  EXPECT_EQ(text(theirs.service_type), ours.service_type);
  EXPECT_EQ(theirs.source_addr_ton, ours.source_ton);
  EXPECT_EQ(theirs.source_addr_npi, ours.source_npi);
  EXPECT_EQ(text(theirs.source_addr), ours.source);
  EXPECT_EQ(theirs.dest_addr_ton, ours.destination_ton);
  EXPECT_EQ(theirs.dest_addr_npi, ours.destination_npi);
  EXPECT_EQ(text(theirs.destination_addr), ours.destination);
  EXPECT_EQ(theirs.esm_class, ours.esm_class);
  EXPECT_EQ(theirs.protocol_id, ours.protocol_id);
  EXPECT_EQ(theirs.priority_flag, ours.priority);
  EXPECT_EQ(text(theirs.schedule_delivery_time), ours.schedule);
  EXPECT_EQ(text(theirs.validity_period), ours.validity);
  EXPECT_EQ(theirs.registered_delivery, ours.registered_delivery);
  EXPECT_EQ(theirs.replace_if_present_flag, ours.replace_if_present);
  EXPECT_EQ(theirs.data_coding, ours.data_coding);
  EXPECT_EQ(theirs.sm_default_msg_id, ours.default_text);
  EXPECT_EQ(std::string(reinterpret_cast<const char*>(theirs.short_message), theirs.sm_length),
            ours.text);
}

std::map<uint16_t, std::string> options_of(const tlv_t* first) {
  std::map<uint16_t, std::string> options;
  const tlv_t* option = nullptr;
  smpp34_tlv_for_each(option, first) {
    options[option->tag] =
        std::string(reinterpret_cast<const char*>(option->value.octet), option->length);
  }
  return options;
}

size_t options_size(const SmppMessage& message) {
  size_t size = 0;
  for (const auto& [tag, value] : message.options) size += 4 + value.size();
  return size;
}

std::string packed(void* theirs) {
  std::string bytes(4096, '\0');
  int size = 0;
  EXPECT_EQ(smpp34_pack2(reinterpret_cast<uint8_t*>(bytes.data()), static_cast<int>(bytes.size()),
                         &size, theirs),
            0)
      << smpp34_strerror;
  bytes.resize(static_cast<size_t>(size));
  return bytes;
}

TEST(SmppOracleTest, WhatWePackTheyRead) {
  for (int i = 0; i < rounds() && !testing::Test::HasFailure(); ++i) {
    const SmppMessage ours = random_message();
    const std::string bytes =
        smpp_bytes({static_cast<uint32_t>(SmppCommand::kSubmitSm), 0, 7, smpp_body(ours)});
    submit_sm_t theirs{};
    ASSERT_EQ(smpp34_unpack2(&theirs, reinterpret_cast<const uint8_t*>(bytes.data()),
                             static_cast<int>(bytes.size())),
              0)
        << smpp34_strerror;
    EXPECT_EQ(theirs.command_length, bytes.size());
    EXPECT_EQ(theirs.sequence_number, 7u);
    expect_equal(theirs, ours);
    EXPECT_EQ(options_of(theirs.tlv), ours.options);
    // What they pack again has the same length and, but for the order of options, the same bytes.
    const std::string again = packed(&theirs);
    EXPECT_EQ(again.size(), bytes.size());
    const size_t fixed = bytes.size() - options_size(ours);
    EXPECT_EQ(again.substr(0, fixed), bytes.substr(0, fixed));
    destroy_tlv(theirs.tlv);
  }
}

TEST(SmppOracleTest, WhatTheyPackWeRead) {
  for (int i = 0; i < rounds() && !testing::Test::HasFailure(); ++i) {
    const SmppMessage wanted = random_message();
    deliver_sm_t theirs{};
    theirs.command_id = DELIVER_SM;
    theirs.sequence_number = static_cast<uint32_t>(i) + 1;
    const auto put = [](uint8_t* place, const std::string& text) {
      std::memcpy(place, text.c_str(), text.size() + 1);
    };
    put(theirs.service_type, wanted.service_type);
    theirs.source_addr_ton = wanted.source_ton;
    theirs.source_addr_npi = wanted.source_npi;
    put(theirs.source_addr, wanted.source);
    theirs.dest_addr_ton = wanted.destination_ton;
    theirs.dest_addr_npi = wanted.destination_npi;
    put(theirs.destination_addr, wanted.destination);
    theirs.esm_class = wanted.esm_class;
    theirs.data_coding = wanted.data_coding;
    theirs.sm_length = static_cast<uint8_t>(wanted.text.size());
    std::memcpy(theirs.short_message, wanted.text.data(), wanted.text.size());
    for (const auto& [tag, value] : wanted.options) {
      tlv_t option{};
      option.tag = tag;
      option.length = static_cast<uint16_t>(value.size());
      std::memcpy(option.value.octet, value.data(), value.size());
      build_tlv(&theirs.tlv, &option);
    }
    std::string bytes = packed(&theirs);
    destroy_tlv(theirs.tlv);
    const auto pdu = smpp_take_pdu(bytes);
    ASSERT_TRUE(pdu && *pdu);
    EXPECT_TRUE((*pdu)->is(SmppCommand::kDeliverSm));
    EXPECT_EQ((*pdu)->sequence, static_cast<uint32_t>(i) + 1);
    const auto ours = smpp_message((*pdu)->body);
    ASSERT_TRUE(ours);
    EXPECT_EQ(ours->source, wanted.source);
    EXPECT_EQ(ours->destination, wanted.destination);
    EXPECT_EQ(ours->esm_class, wanted.esm_class);
    EXPECT_EQ(ours->data_coding, wanted.data_coding);
    EXPECT_EQ(ours->text, wanted.text);
    EXPECT_EQ(ours->options, wanted.options);
  }
}

}  // namespace smpp_oracle_test
}  // namespace dundun
