// Messages through real SMPP: our stack, smpp-guard, Debian's Kannel, and an SMSC that plays.
#include "tests/support/kannel.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <map>
#include <memory>
#include <set>

#include "common/sms/encoding.h"
#include "tests/support/seed.h"
#include "tests/support/smsc_simulator.h"

namespace dundun {
namespace kannel_test {

class KannelTest : public testing::Test {
 protected:
  void start(SmscSimulator::Behaviour behaviour = {}, bool split = false) {
    smsc_ = std::make_unique<SmscSimulator>(std::move(behaviour));
    const int port = free_port();
    kannel_ = std::make_unique<KannelGateway>(smsc_->port(), port);
    if (split) kannel_->split_binds();
    kannel_->start();
    Service::Options options;
    options.http_port = port;
    options.environment = {{"CARRIER_SECRETS_DIR", kannel_->secrets_folder()}};
    const std::string database = Stack::shared().fresh_database();
    Pg before({.url = database});
    kannel_->take_over(before, Stack::shared().redis_url());
    service_ = std::make_unique<Service>(database, options);
    account_ = seed_account(pg());
    key_ = seed_key(pg(), account_);
    scheduler_ = service_->scheduler(600);
  }
  Pg& pg() { return service_->pg(); }

  HttpAnswer send(const std::string& to, const std::string& text) {
    std::string escaped;
    for (const char c : text) {
      if (c == '"' || c == '\\') escaped += '\\';
      if (c == '\n') {
        escaped += "\\n";
      } else if (c == '\r') {
        escaped += "\\r";
      } else if (c == '\f') {
        escaped += "\\f";
      } else {
        escaped += c;
      }
    }
    return service_->client().send("POST", "/api/messages/send",
                                   {{"Authorization", "Bearer " + key_}},
                                   R"({"to":")" + to + R"(","text":")" + escaped + R"("})");
  }
  int64_t count(const std::string& where) {
    return number_of(pg(), "select count(*) from messages where " + where);
  }
  bool all_reach(const std::string& status, int64_t messages) {
    return wait_until([&] { return count("status = " + status) == messages; });
  }

  std::unique_ptr<SmscSimulator> smsc_;
  std::unique_ptr<KannelGateway> kannel_;
  std::unique_ptr<Service> service_;
  Process scheduler_;
  int64_t account_ = 0;
  std::string key_;
};

TEST_F(KannelTest, AMessagePassesAndIsDelivered) {
  start();
  const auto reply = send("+254712345678", "Gate 4 opens at 9");
  EXPECT_EQ(reply.status, 200) << reply.body;
  EXPECT_NE(reply.body.find(R"("status":"submitted")"), std::string::npos) << reply.body;
  ASSERT_TRUE(all_reach("5", 1));
  const auto taken = smsc_->taken();
  ASSERT_EQ(taken.size(), 1u);
  EXPECT_EQ(part_of(taken[0].message).text, "Gate 4 opens at 9");
  EXPECT_EQ(taken[0].message.source, "eSMSAfrica");
  EXPECT_EQ(taken[0].message.source_ton, 5);
  EXPECT_EQ(taken[0].message.destination, "254712345678");
  EXPECT_EQ(taken[0].message.destination_ton, 1);
  EXPECT_TRUE(taken[0].message.options.empty());
  EXPECT_EQ(service_->reconcile(), 0);
}

// What arrived, put together again by address and reference; parts by their number.
std::map<std::string, std::string> rejoined(const std::vector<SmscSimulator::Taken>& taken,
                                            std::map<std::string, int>& parts) {
  std::map<std::string, std::map<int, std::string>> texts;
  for (const auto& one : taken) {
    const ReceivedPart part = part_of(one.message);
    EXPECT_LE(part.part, part.parts);
    texts[one.message.destination][part.part] += part.text;
    parts[one.message.destination] = part.parts;
  }
  std::map<std::string, std::string> whole;
  for (const auto& [to, pieces] : texts) {
    EXPECT_EQ(static_cast<int>(pieces.size()), parts[to]) << to;
    for (const auto& [part, text] : pieces) whole[to] += text;
  }
  return whole;
}

std::string repeated(const std::string& unit, int times) {
  std::string text;
  for (int i = 0; i < times; ++i) text += unit;
  return text;
}

// Texts of every length around each border, made of units that may straddle it.
std::vector<std::string> border_texts() {
  std::vector<std::string> texts;
  for (int length : {1, 159, 160, 161, 305, 306, 307, 458, 459, 460, 1529, 1530}) {
    texts.push_back(repeated("a", length));
    // An extension character at the end, and one that would lie across the border.
    if (length >= 2) texts.push_back(repeated("a", length - 2) + "€");
    for (int before : {151, 152, 153, 304, 305, 306}) {
      if (before + 2 <= length) {
        texts.push_back(repeated("b", before) + "€" + repeated("c", length - before - 2));
      }
    }
  }
  for (int length : {1, 69, 70, 71, 133, 134, 135, 200, 201, 202, 669, 670}) {
    texts.push_back("ы" + repeated("a", length - 1));
    if (length >= 3) texts.push_back("ы" + repeated("a", length - 3) + "😀");
    for (int before : {65, 66, 67, 132, 133, 134}) {
      if (before + 3 <= length) {
        texts.push_back("ы" + repeated("b", before - 1) + "😀" + repeated("c", length - before - 2));
      }
    }
  }
  texts.push_back("@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?");
  texts.push_back("¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà\f^{}\\[~]|€");
  texts.push_back("  spaces around  \n");
  std::erase_if(texts, [](const std::string& text) { return count_segments(text)->segments > 10; });
  texts.push_back("日本語 العربية ไทย 👩‍👩‍👧‍👦🇰🇪");
  return texts;
}

TEST_F(KannelTest, WhatIsBilledIsWhatLeavesAtEveryBorder) {
  start();
  const std::vector<std::string> texts = border_texts();
  std::map<std::string, std::string> sent;
  for (size_t i = 0; i < texts.size(); ++i) {
    const std::string to = "25471" + std::to_string(2'000'000 + i);
    sent[to] = texts[i];
    const auto reply = send("+" + to, texts[i]);
    ASSERT_EQ(reply.status, 200) << reply.body << texts[i];
  }
  ASSERT_TRUE(all_reach("5", static_cast<int64_t>(texts.size())))
      << count("status = 5") << " of " << texts.size();
  std::map<std::string, int> parts;
  EXPECT_EQ(rejoined(smsc_->taken(), parts), sent);
  for (const auto& [to, text] : sent) {
    EXPECT_EQ(parts[to],
              number_of(pg(), "select segments from messages where phone = '+" + to + "'"))
        << text;
  }
  EXPECT_EQ(number_of(pg(), "select count(*) from receipt_inbox"), 0);
  EXPECT_EQ(service_->reconcile(), 0);
}

TEST_F(KannelTest, ARefusalOfTheSmscRefunds) {
  SmscSimulator::Behaviour refuses;
  refuses.refuse_with = 0x0b;  // invalid destination
  start(refuses);
  ASSERT_EQ(send("+254712345678", "Gate 4").status, 200);
  ASSERT_TRUE(all_reach("6", 1));
  EXPECT_EQ(count("refunded and error_code = 'SUBMIT_FAIL' and carrier_error_code = '0x0B'"), 1);
  EXPECT_EQ(number_of(pg(), "select balance_micros from wallets where environment = 0"),
            1'000'000'000);
  EXPECT_EQ(service_->reconcile(), 0);
}

TEST_F(KannelTest, ADroppedAnswerIsInDoubtAndRefundedAndNeverSentAgain) {
  SmscSimulator::Behaviour drops;
  drops.drop_answers = 1;
  drops.receipts = false;
  start(drops);
  ASSERT_EQ(send("+254712345678", "Gate 4").status, 200);
  ASSERT_TRUE(all_reach("6", 1));
  EXPECT_EQ(count("refunded and error_code = 'SUBMIT_UNKNOWN'"), 1);
  kannel_->kill_bearerbox();
  smsc_->behave({});
  ASSERT_EQ(send("+254712345679", "Gate 5").status, 200);
  ASSERT_TRUE(all_reach("5", 1));
  EXPECT_EQ(smsc_->taken_count(), 2u);
  EXPECT_EQ(service_->reconcile(), 0);
}

TEST_F(KannelTest, AThrottledSubmitIsSentLater) {
  SmscSimulator::Behaviour throttles;
  throttles.throttled = 0.5;
  start(throttles);
  for (int i = 0; i < 10; ++i) {
    ASSERT_EQ(send("+25471234567" + std::to_string(i), "Gate " + std::to_string(i)).status, 200);
  }
  ASSERT_TRUE(all_reach("5", 10));
  EXPECT_EQ(smsc_->taken_count(), 10u);
}

// 0x08 and 0x64 pass, as everything that Kannel takes for temporary.
TEST_F(KannelTest, ABusySmscGetsTheMessageLaterAndNothingIsRefunded) {
  SmscSimulator::Behaviour busy;
  for (int i = 0; i < 4; ++i) {
    busy.answers["25471234567" + std::to_string(i)] = {kSmppSystemError, kSmppReceiverBusy};
  }
  start(busy);
  for (int i = 0; i < 4; ++i) {
    ASSERT_EQ(send("+25471234567" + std::to_string(i), "Gate " + std::to_string(i)).status, 200);
  }
  ASSERT_TRUE(all_reach("5", 4));
  EXPECT_EQ(smsc_->taken_count(), 4u);
  EXPECT_EQ(count("refunded"), 0);
  EXPECT_EQ(service_->reconcile(), 0);
}

// Receipts that say everything in options, by either PDU; parts of long texts too.
TEST_F(KannelTest, EveryReceiptInOptionsIsJudged) {
  SmscSimulator::Behaviour options;
  options.form = SmscSimulator::Behaviour::Form::kOptions;
  start(options);
  ASSERT_EQ(send("+254712345670", "Gate 4").status, 200);
  ASSERT_EQ(send("+254712345671", repeated("a", 200)).status, 200);
  ASSERT_TRUE(all_reach("5", 2));
  options.by_data_sm = true;
  smsc_->behave(options);
  ASSERT_EQ(send("+254712345672", "Gate 4").status, 200);
  ASSERT_EQ(send("+254712345673", repeated("a", 200)).status, 200);
  ASSERT_TRUE(all_reach("5", 4));
  options.stat = "UNDELIV";
  options.err = "027";
  smsc_->behave(options);
  ASSERT_EQ(send("+254712345674", "Gate 4").status, 200);
  ASSERT_EQ(send("+254712345675", repeated("a", 200)).status, 200);
  ASSERT_TRUE(all_reach("6", 2));
  EXPECT_EQ(count("error_code = 'UNDELIV' and carrier_error_code = '27'"), 2);
  EXPECT_EQ(number_of(pg(), "select count(*) from message_events where metadata like '%\"27\"%'"),
            2);
  EXPECT_TRUE(wait_until([&] { return smsc_->receipts_pending() == 0; }));
}

TEST_F(KannelTest, TransmitterAndReceiverMayHaveALinkEach) {
  start({}, true);
  ASSERT_EQ(send("+254712345678", "Gate 4").status, 200);
  ASSERT_TRUE(all_reach("5", 1));
  EXPECT_EQ(service_->reconcile(), 0);
}

TEST_F(KannelTest, SlowAnswersOutOfOrderAreNoTrouble) {
  SmscSimulator::Behaviour slow;
  slow.answer_after_max = std::chrono::milliseconds(900);
  slow.receipts_first = 0.3;
  start(slow);
  for (int i = 0; i < 20; ++i) {
    const std::string last = std::to_string(10 + i);
    ASSERT_EQ(send("+2547123456" + last, "Gate " + last).status, 200);
  }
  ASSERT_TRUE(all_reach("5", 20));
  EXPECT_EQ(smsc_->taken_count(), 20u);
}

// Without a guard a submit cannot be repeated: a lost answer waits for a receipt, then fails.
TEST_F(KannelTest, WithoutKannelNothingIsLost) {
  start();
  kannel_.reset();
  const auto reply = send("+254712345678", "Gate 4");
  EXPECT_NE(reply.body.find(R"("status":"queued")"), std::string::npos) << reply.body;
  ASSERT_TRUE(wait_until(
      [&] { return number_of(pg(), "select count(*) from dispatch where attempt > 1") == 1; }));
  EXPECT_EQ(count("status = 2"), 1);
}

// Texts that people send: Kannel hands them to the callback of all carriers.
TEST_F(KannelTest, ATextComesIn) {
  start();
  sql_of_test(pg(),
              "insert into inbound_numbers (number, country, account_id) values "
              "('20880', 'KE', " +
                  std::to_string(account_) + ")");
  // The link is up once something has left over it.
  ASSERT_EQ(send("+254712345678", "Gate 4").status, 200);
  ASSERT_TRUE(all_reach("5", 1));
  SmppMessage mo;
  mo.source = "254712345678";
  mo.source_ton = 1;
  mo.source_npi = 1;
  mo.destination = "20880";
  mo.text = std::string(
      "Price? \x02"
      "5 \x1b\x65",
      12);  // $5 €
  smsc_->send_mo(mo);
  mo.data_coding = 8;
  mo.text = std::string("\x04\x4b\xd8\x3d\xde\x00", 6);
  smsc_->send_mo(mo);
  ASSERT_TRUE(
      wait_until([&] { return number_of(pg(), "select count(*) from inbound_messages") == 2; }));
  EXPECT_EQ(number_of(pg(),
                      "select count(*) from inbound_messages where body = 'Price? $5 €' "
                      "and sender = '+254712345678' and recipient = '20880'"),
            1);
  EXPECT_EQ(number_of(pg(), "select count(*) from inbound_messages where body = 'ы😀'"), 1);
  // Blanks and line breaks as they came.
  mo.data_coding = 0;
  mo.text = "Two  blanks\nand lines ";
  smsc_->send_mo(mo);
  // Octets: Latin-1 where that is a text.
  mo.data_coding = 4;
  mo.text = "caf\xe9";
  smsc_->send_mo(mo);
  mo.text = std::string("\x06\x05\x00\xff", 4);
  smsc_->send_mo(mo);
  for (const char* body : {"Two  blanks\nand lines ", "café", "060500FF"}) {
    EXPECT_TRUE(wait_until(
        [&] {
          return number_of(pg(), "select count(*) from inbound_messages where body = '" +
                                     std::string(body) + "'") == 1;
        },
        15))
        << body;
  }
}

// Who reads an address that texts came in by can sign no receipt.
TEST(KannelSecretsTest, TextsAndReceiptsHaveOneEach) {
  const std::string folder = Stack::shared().folder();
  const std::string carrier = folder + "/kannel-secrets", mo = folder + "/kannel-mo.secret";
  const auto text_of = [](const std::string& path) {
    std::ifstream file(path);
    return std::string(std::istreambuf_iterator<char>(file), {});
  };
  std::set<std::string> seen;
  for (int start = 0; start < 2; ++start) {  // the second one keeps them
    const std::string script = Stack::shared().root() + "/deploy/kannel/secrets.sh";
    ASSERT_EQ(run_command({script, carrier, mo}), 0);
    seen.insert(text_of(carrier) + text_of(mo));
  }
  EXPECT_EQ(seen.size(), 1u);
  const std::string mo_secret = text_of(mo).substr(0, 64);
  EXPECT_EQ(mo_secret.find_first_not_of("0123456789abcdef"), mo_secret.npos);
  EXPECT_NE(text_of(carrier).find("\nsecret="), std::string::npos);
  EXPECT_EQ(text_of(carrier).find(mo_secret), std::string::npos);
  const auto rights = std::filesystem::status(carrier).permissions();
  EXPECT_EQ(rights, std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);
}

}  // namespace kannel_test
}  // namespace dundun
