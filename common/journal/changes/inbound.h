// A text that came in (MO), and what it changes.
#pragma once

#include <cstdint>
#include <string>

#include "common/base/ids.h"
#include "common/journal/change_kind.h"
#include "common/sms/environment.h"
#include "common/sms/opt_out.h"

namespace dundun {

// Records one text for one account: its row, its wish (STOP or START) and its event `sms_inbound`.
// A repeat with the same account, carrier and carrier_message_id is a kDuplicate, whose result
// names the first.
struct RecordInbound {
  int64_t account_id;
  Environment environment;
  Uuid inbound_id;
  std::string tenant_id;  // of the account
  std::string app_id;     // of the number, or empty
  std::string carrier;
  std::string carrier_message_id;
  std::string from;     // E.164; or a short code or a name, if it is not a number
  std::string to;       // our number (E.164) or short code
  std::string text;     // UTF-8
  std::string keyword;  // that named the account at a shared number, or empty
  OptOutWish wish = OptOutWish::kNone;
  bool auto_reply = false;  // the carrier says that a machine wrote the text
};

template <>
struct ChangeKind<RecordInbound> {
  static constexpr Lane kLane = Lane::kEntering;
  static void wants(const RecordInbound& record, Reads& reads);
  static Decision decide(const RecordInbound& record, const Uuid& event_id, Known& known);
  static void tell(const RecordInbound& record, const Admitted& admitted, News& news);
  static void write(const RecordInbound& record, const Admitted& admitted, WriteSet& set);
};

}  // namespace dundun
