// Money enters or leaves a wallet without a message.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "common/base/ids.h"
#include "common/base/money.h"
#include "common/journal/change_kind.h"
#include "common/sms/environment.h"

namespace dundun {

// Money enters or leaves a wallet without a message. Its row in `payments` is made before, and
// makes sure that this happens once: a second credit of a paid payment is a kDuplicate, also if the
// outcome of the first commit was unknown. kNotAllowed if the row has another amount or
// environment.
struct CreditWallet {
  enum class Kind { kPayment, kManualCredit, kManualDebit };
  int64_t account_id;
  Environment environment;
  Kind kind = Kind::kPayment;
  Uuid payment_id;
  Micros amount_micros;            // wallet currency; negative for a debit
  std::string description;         // of the ledger entry
  std::string provider_reference;  // the provider's id of what was paid, or empty
};

template <>
struct ChangeKind<CreditWallet> {
  static constexpr Lane kLane = Lane::kEntering;
  static void wants(const CreditWallet& credit, Reads& reads);
  static Decision decide(const CreditWallet& credit, const Uuid& event_id, Known& known);
  // A payment is notified; a wallet tells its balance after each batch.
  static void tell(const CreditWallet& credit, const Admitted& admitted, News& news);
  static void write(const CreditWallet& credit, const Admitted& admitted, WriteSet& set);
};

// {"type":"balance_update",…}
std::string balance_event(const Uuid& event_id, Micros balance_micros, std::string_view currency);

}  // namespace dundun
