// A message enters.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

#include "common/base/ids.h"
#include "common/base/money.h"
#include "common/base/time.h"
#include "common/journal/change_kind.h"
#include "common/journal/changes/answer.h"
#include "common/journal/changes/verify.h"
#include "common/sms/encoding.h"
#include "common/sms/environment.h"

namespace dundun {

// A message leaves only between these times of day, by the clocks of `zone`. The window goes over
// midnight if `closes` is not after `opens`.
struct DeliveryWindow {
  int16_t opens;  // minutes after midnight
  int16_t closes;
  std::string zone;  // IANA name
};

// What the caller of a send named in the request, as bits of AcceptMessage::named.
inline constexpr int16_t kRouteNamed = 1;
inline constexpr int16_t kSenderNamed = 2;

// A message enters: its charge, row, timeline and due row are written together. Without
// scheduled_at the caller owns the message, under the result's claim and for `lease`, and submits
// it next.
struct AcceptMessage {
  int64_t account_id;
  Environment environment;
  Uuid message_id;
  std::string phone;  // E.164
  std::string body;   // UTF-8
  std::string sender;
  std::string route;
  std::string country;
  int16_t segments;
  Encoding encoding;
  Micros cost_micros;  // wallet currency
  std::string cost_currency;
  Micros route_cost_micros;
  std::string route_currency;
  std::string fx_rate;      // for the statement, e.g. "UGX 3726 / KES 129.13 per USD"
  std::string description;  // of the ledger entry
  std::string source;       // api_key, session …
  std::optional<Instant> scheduled_at;
  std::chrono::milliseconds lease{30'000};
  std::optional<Uuid> campaign_id;  // of a campaign, which paid for it
  std::optional<Uuid> retry_of;     // the `failed` message that this retries; counted there
  std::optional<Instant> not_after;
  std::optional<DeliveryWindow> window;
  std::optional<VerifyCode> code;  // set if the message carries a one-time code
  std::optional<IdempotencyKey> idempotency;
  // For explaining the route later: the version of the configuration that decided, and what the
  // caller named. Not set for a campaign's messages: the plan has both.
  std::optional<int64_t> config_version;
  int16_t named = 0;
  std::optional<StoredAnswer> answer;  // if it is known already: kept with the key at once
  std::string app_id;                  // app_…, or empty
  std::string user_ref;                // the app's own name for the user who sends, or empty
  std::string carrier;                 // asked first, if it leaves now; empty: not known
  bool despite_opt_out = false;        // for the answer to a STOP
  std::optional<Uuid> trace_id;        // of the caller's trace, if it is recorded
};

template <>
struct ChangeKind<AcceptMessage> {
  static constexpr Lane kLane = Lane::kEntering;
  static void wants(const AcceptMessage& accept, Reads& reads);
  static Decision decide(const AcceptMessage& accept, const Uuid& event_id, Known& known);
  static void tell(const AcceptMessage& accept, const Admitted& admitted, News& news);
  static void write(const AcceptMessage& accept, const Admitted& admitted, WriteSet& set);
};

}  // namespace dundun
