#include "common/journal/reads.h"

#include "sql/guard.h"

namespace dundun {

template <class Act>
void Reads::in_order(Act act) {
  act(wallets);
  act(messages);
  act(campaigns);
  act(dispatch);
  act(claims);
  act(answers);
  act(events);
  act(charges);
  act(campaign_charges);
  act(payments);
  act(webhooks);
  act(notices);
  act(inbound);
  act(verify_counters);
  act(verifications);
}

std::vector<Pg::Call> Reads::calls() {
  std::vector<Pg::Call> calls{{&kPgBegin, {}}, {&sql::guard_open, {}}};
  in_order([&](auto& read) { read.add_calls(scope_, calls); });
  return calls;
}

void Reads::absorb(std::span<const PgRows> rows, Known& known) {
  rows = rows.subspan(2);  // of begin and guard_open
  in_order([&](auto& read) { read.absorb(rows, known); });
  known.messages.merge(assumed_);
}

std::vector<Pg::Call> Reads::late_calls(const Known& known) {
  opt_outs.drop_if([&](const PhoneRef& phone) {
    const auto wallet = known.wallets.find({std::get<0>(phone), std::get<1>(phone)});
    return wallet == known.wallets.end() || !wallet->second.has_opt_outs;
  });
  std::vector<Pg::Call> calls;
  opt_outs.add_calls(scope_, calls);
  return calls;
}

void Reads::absorb_late(std::span<const PgRows> rows, Known& known) {
  opt_outs.absorb(rows, known);
}

}  // namespace dundun
