// In which calls, and in which order, a batch asks for the rows that it wants.
#include "common/journal/locked_read.h"

#include <gtest/gtest.h>

namespace dundun {
namespace locked_read_test {

constexpr Statement kStatement{"of_test", "select $1, $2", 2};
constexpr PgArray::Type kTypes[] = {PgArray::Type::kInt8, PgArray::Type::kUuid};

void take(const PgRows&, int, std::map<MessageKey, MessageState>&) {}

constexpr ReadRule<MessageKey, decltype(Known::messages)> kByKey{&kStatement, kTypes, in_key_order,
                                                                 &Known::messages, take};
constexpr ReadRule<MessageKey, decltype(Known::messages)> kById{&kStatement, kTypes, in_id_order,
                                                                &Known::messages, take};

const Uuid kFirst = new_uuid7(), kSecond = new_uuid7(), kThird = new_uuid7();

using Keys = std::vector<MessageKey>;

// The keys that a call asks for, as its parameters.
std::pair<std::string, std::string> parameters_of(const Keys& keys) {
  PgArray accounts(PgArray::Type::kInt8), ids(PgArray::Type::kUuid);
  for (const auto& [account_id, id] : keys) {
    accounts.add(account_id);
    ids.add(id);
  }
  return {accounts.finish().bytes(), ids.finish().bytes()};
}

void expect_calls(const ReadRule<MessageKey, decltype(Known::messages)>& rule, ReadScope scope,
                  const std::vector<Keys>& wanted) {
  LockedRead<MessageKey, decltype(Known::messages)> read(rule);
  for (const MessageKey& key : Keys{{2, kFirst}, {1, kThird}, {2, kFirst}, {1, kSecond}}) {
    read.want(key);
  }
  std::vector<Pg::Call> calls;
  read.add_calls(scope, calls);
  ASSERT_EQ(calls.size(), wanted.size());
  for (size_t i = 0; i < calls.size(); ++i) {
    EXPECT_EQ(calls[i].statement, &kStatement);
    ASSERT_EQ(calls[i].params.size(), 2u);
    const auto [accounts, ids] = parameters_of(wanted[i]);
    EXPECT_EQ(calls[i].params[0].bytes(), accounts) << "call " << i;
    EXPECT_EQ(calls[i].params[1].bytes(), ids) << "call " << i;
  }
}

TEST(LockedReadTest, ABatchIsOneCallInTheOrderOfItsLocks) {
  expect_calls(kByKey, ReadScope::kBatch, {{{1, kSecond}, {1, kThird}, {2, kFirst}}});
  expect_calls(kById, ReadScope::kBatch, {{{2, kFirst}, {1, kSecond}, {1, kThird}}});
}

TEST(LockedReadTest, AnAccountIsOneCallAndAccountsGoInTheirOrder) {
  expect_calls(kByKey, ReadScope::kAccount, {{{1, kSecond}, {1, kThird}}, {{2, kFirst}}});
  expect_calls(kById, ReadScope::kAccount, {{{1, kSecond}, {1, kThird}}, {{2, kFirst}}});
}

TEST(LockedReadTest, NothingWantedIsNothingAsked) {
  for (const ReadScope scope : {ReadScope::kBatch, ReadScope::kAccount}) {
    LockedRead<MessageKey, decltype(Known::messages)> read(kByKey);
    read.want({1, kFirst});
    read.drop_if([](const MessageKey& key) { return key.first == 1; });
    std::vector<Pg::Call> calls;
    read.add_calls(scope, calls);
    EXPECT_TRUE(calls.empty());
  }
}

}  // namespace locked_read_test
}  // namespace dundun
