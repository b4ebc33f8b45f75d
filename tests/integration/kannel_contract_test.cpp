// SMPP's and Kannel's own documents (tests/data/carriers/kannel.txt) against our tables, our
// connector, and the SMSC that plays in the tests:
//   status | code | name | meaning | source
//   state | number | word | our status | source
//   receipt | text | id | word | error, or - | source (read by smpp-guard: carrier_contract_test)
//   request | header of sendsms | value | source
//   answer | name | HTTP status | body | meaning | code | elsewhere | source
//   dlr | type | answer | our word | error, or - | source
#include <gtest/gtest.h>

#include <set>

#include "common/carrier/kannel/kannel.h"
#include "common/io/smpp_status.h"
#include "common/sms/dlr.h"
#include "common/sms/status.h"
#include "tests/support/carrier_contract.h"
#include "tests/support/http_stand_in.h"
#include "tests/support/smsc_simulator.h"
#include "tests/support/wait.h"

namespace dundun {
namespace kannel_contract_test {

using Kind = SubmitOutcome::Kind;

std::string or_dash(const std::string& text) { return text.empty() ? "-" : text; }

TEST(KannelContractTest, EveryStatusOfTheSpecificationHasAVerdict) {
  std::set<uint32_t> named;
  const SmppStatuses statuses;
  for (const Case& line : contract_of("kannel", "status")) {
    const auto code = static_cast<uint32_t>(std::stoul(line.at(1), nullptr, 16));
    named.insert(code);
    const SmppStatus* known = find_smpp_status(code);
    ASSERT_NE(known, nullptr) << line.at(1) << " has no verdict";
    EXPECT_EQ(known->name, line.at(2));
    EXPECT_EQ(smpp_meaning_name(statuses.meaning(code)), line.at(3)) << line.at(2);
  }
  EXPECT_EQ(named.size(), smpp_statuses().size()) << "the table has one that nobody named";
}

TEST(KannelContractTest, EveryStateHasItsWordAndItsStatus) {
  const auto states = contract_of("kannel", "state");
  EXPECT_EQ(states.size(), 10u);
  for (const Case& line : states) {
    EXPECT_EQ(smpp_state_name(line.at(1)), line.at(2));
    const auto status = judge_dlr(line.at(2)).status;
    ASSERT_TRUE(status) << line.at(2) << " moves nothing";
    EXPECT_EQ(status_name(*status), line.at(3)) << line.at(2);
  }
}

// The SMSC of the tests writes its receipts as the specification's example is written.
TEST(KannelContractTest, TheSimulatorWritesAsTheSpecificationDoes) {
  const std::string example = contract_of("kannel", "receipt").front().at(1);
  SmscSimulator::Taken taken;
  taken.id = "0123456789";
  taken.stat = "DELIVRD";
  const SmscSimulator simulator({});
  const std::string written = simulator.receipt_for(taken).text;
  for (const char* label :
       {"id:", "sub:", "dlvrd:", "submit date:", "done date:", "stat:", "err:"}) {
    EXPECT_NE(example.find(label), std::string::npos) << label;
    const std::string theirs(receipt_field(example, label)), ours(receipt_field(written, label));
    EXPECT_EQ(ours.size(), theirs.size()) << label << " in " << written;
  }
}

TEST(KannelContractTest, TheRequestIsWhatKannelReads) {
  HttpStandIn kannel([](const auto&) {
    return HttpStandIn::Reply{202, contract_answer("kannel", "taken"), ""};
  });
  KannelSettings settings;
  settings.url = kannel.url() + "/cgi-bin/sendsms";
  settings.username = "dundun";
  settings.password = "p-1";
  settings.secret = "s-1";
  settings.guarded = true;
  settings.dlr_mask = 0;
  settings.validity_min = 30;
  const auto connector = make_kannel(settings);
  Submission message{};
  message.account_id = 42;
  message.message_id = *parse_uuid("01984f6e-6a10-7c11-9b52-31c6a6a0d9f4");
  message.phone = "+254712345678";
  message.sender = "Kijani";
  message.body = "Gate 4";
  message.encoding = Encoding::kGsm7;
  message.segments = 1;
  std::atomic<bool> taken{false};
  connector->submit(
      message, [&taken](const SubmitOutcome& outcome) { taken = outcome.kind == Kind::kAccepted; });
  ASSERT_TRUE(wait_until([&] { return taken.load(); }));
  const HttpStandIn::Seen seen = kannel.seen().back();
  EXPECT_EQ(seen.method, "POST");
  EXPECT_EQ(seen.body, "Gate 4");
  for (const Case& line : contract_of("kannel", "request")) {
    const auto header = seen.headers.find(line.at(1));
    ASSERT_NE(header, seen.headers.end()) << line.at(1);
    EXPECT_EQ(header->second, line.at(2)) << line.at(1);
  }
}

TEST(KannelContractTest, EveryAnswerAndEveryReceiptOfKannelHasItsMeaning) {
  for (const Case& line : contract_of("kannel", "answer")) {
    const SubmitOutcome judged = kannel_outcome(std::stoi(line.at(2)), line.at(3), 1);
    EXPECT_EQ(meaning_of(judged.kind), line.at(4)) << line.at(1);
    EXPECT_EQ(or_dash(judged.error_code), line.at(5)) << line.at(1);
    EXPECT_EQ(judged.carrier_trouble && judged.kind == Kind::kRefused ? "yes" : "no", line.at(6))
        << line.at(1);
  }
  for (const Case& line : contract_of("kannel", "dlr")) {
    const auto word = kannel_receipt_word(line.at(1), line.at(2));
    ASSERT_TRUE(word) << line.at(1);
    EXPECT_EQ(*word, line.at(3)) << line.at(1);
    EXPECT_EQ(or_dash(kannel_receipt_error(line.at(1), line.at(2))), line.at(4)) << line.at(2);
  }
}

}  // namespace kannel_contract_test
}  // namespace dundun
