// The changes of a campaign: it is accepted and charged whole, made into messages chunk by chunk,
// and steered (paused, cancelled …).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "common/base/ids.h"
#include "common/base/money.h"
#include "common/base/time.h"
#include "common/journal/change_kind.h"
#include "common/journal/changes/accept_message.h"
#include "common/journal/changes/answer.h"
#include "common/sms/campaign.h"
#include "common/sms/environment.h"

namespace dundun {

// How messages to one country leave, as agreed when the campaign was accepted.
struct CampaignRoute {
  std::string country;
  std::string route;
  std::string sender;
  std::string currency;
  Micros price_micros = 0;  // a segment, route currency
  FxRate rate = 0;
  std::string zone{};  // with a window: the time zone, an IANA name
};

// What is agreed when a campaign is accepted; it never changes. `skipped` has an entry for each
// list: bit contact_id % 8 of byte contact_id / 8 is set if the contact gets nothing. With a window
// the routes are in the order of their time zones, in which they are served.
struct CampaignPlan {
  std::vector<int64_t> list_ids;
  std::vector<std::string> skipped;
  std::vector<CampaignRoute> routes;
  FxRate wallet_rate = 0;
};

// Messages leave only between these times of day.
struct CampaignWindow {
  int16_t opens;  // minutes after midnight
  int16_t closes;
  std::optional<std::string> zone;  // IANA name; none: each recipient's country decides
};

// The last contact that was looked at.
struct CampaignCursor {
  // Index into CampaignPlan::list_ids. With a window the lists are gone through once for each time
  // zone; the round of the second zone begins at list_ids.size().
  int32_t list_position = 0;
  int64_t contact_id = 0;
  auto operator<=>(const CampaignCursor&) const = default;
};

// A campaign, one text to many: charged whole now, made into messages later.
struct AcceptCampaign {
  int64_t account_id;
  Environment environment;
  Uuid campaign_id;
  std::string body;
  std::string source;
  std::string description;  // of the ledger entry
  int32_t total;
  int64_t segments;
  Micros cost_micros;  // wallet currency
  std::string cost_currency;
  std::optional<int32_t> drip_rate;
  std::optional<Instant> scheduled_at;
  std::optional<CampaignWindow> window;
  std::optional<Instant> not_after;
  CampaignPlan plan;
  std::optional<IdempotencyKey> idempotency;
};

template <>
struct ChangeKind<AcceptCampaign> {
  static constexpr Lane kLane = Lane::kEntering;
  static void wants(const AcceptCampaign& accept, Reads& reads);
  static Decision decide(const AcceptCampaign& accept, const Uuid& event_id, Known& known);
  static void tell(const AcceptCampaign& accept, const Admitted& admitted, News& news);
  static void write(const AcceptCampaign& accept, const Admitted& admitted, WriteSet& set);
};

// Makes a chunk of a campaign's messages; the caller owns them as it owns accepted ones. Refused if
// the cursor is not at `from` any more.
struct ExpandCampaign {
  int64_t account_id;
  Environment environment;
  Uuid campaign_id;
  CampaignCursor from, to;
  std::vector<AcceptMessage> messages;
  Instant next_due;  // of the next chunk
  bool finished;     // this is the last chunk
};

template <>
struct ChangeKind<ExpandCampaign> {
  static constexpr Lane kLane = Lane::kEntering;
  static void wants(const ExpandCampaign& expand, Reads& reads);
  static Decision decide(const ExpandCampaign& expand, const Uuid& event_id, Known& known);
  static void tell(const ExpandCampaign& expand, const Admitted& admitted, News& news);
  static void write(const ExpandCampaign& expand, const Admitted& admitted, WriteSet& set);
};

// What a client may ask of a campaign; kExpire is what its not_after does to it.
enum class CampaignStep { kCancel, kPause, kResume, kReschedule, kChangeRate, kExpire };

struct SteerCampaign {
  int64_t account_id;
  Environment environment;
  Uuid campaign_id;
  CampaignStep step;
  std::optional<Instant> scheduled_at;  // kReschedule
  std::optional<int32_t> drip_rate;     // kChangeRate
};

template <>
struct ChangeKind<SteerCampaign> {
  static constexpr Lane kLane = Lane::kMoving;
  static void wants(const SteerCampaign& steer, Reads& reads);
  static Decision decide(const SteerCampaign& steer, const Uuid& event_id, Known& known);
  static void tell(const SteerCampaign& steer, const Admitted& admitted, News& news);
  static void write(const SteerCampaign& steer, const Admitted& admitted, WriteSet& set);
};

// What the journal knows of a campaign.
struct CampaignState {
  CampaignStatus status = CampaignStatus::kScheduled;
  Environment environment = Environment::kLive;
  CampaignCursor cursor;
  int32_t total = 0;
  int32_t made = 0;
  Micros cost_micros = 0;
  Micros made_micros = 0;
  Micros refunded_micros = 0;
  std::optional<int32_t> drip_rate;
  std::optional<Instant> scheduled_at;
  Instant next_due{};
  bool changed = false;
};

}  // namespace dundun
