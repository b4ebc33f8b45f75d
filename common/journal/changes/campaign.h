// The changes of a campaign: it is accepted and charged whole, made into messages chunk by chunk,
// and steered (paused, cancelled …).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
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
// the routes of one time zone stand together, and are a lane; without one there is one lane.
struct CampaignPlan {
  std::vector<int64_t> list_ids;
  std::vector<std::string> skipped;
  std::vector<CampaignRoute> routes;
  FxRate wallet_rate = 0;
};
// The time zones of the lanes: one that is empty, without a window.
std::vector<std::string> lanes_of(const std::vector<CampaignRoute>& routes);

// Messages leave only between these times of day.
struct CampaignWindow {
  int16_t opens;  // minutes after midnight
  int16_t closes;
  std::optional<std::string> zone;  // IANA name; none: each recipient's country decides
};

// A campaign, one text to many: charged whole now, made into messages later.
struct AcceptCampaign {
  int64_t account_id;
  Environment environment;
  Uuid campaign_id;
  std::optional<std::string> name{};  // what people call it
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

// Makes a chunk of a campaign's messages, of one lane; the caller owns them as it owns accepted
// ones. Refused if the lane's cursor is not at `from` any more.
struct ExpandCampaign {
  int64_t account_id;
  Environment environment;
  Uuid campaign_id;
  size_t lane;
  CampaignCursor from, to;
  std::vector<AcceptMessage> messages;
  Instant next_due;  // of the next chunk
  int32_t lists;     // that each lane goes through
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
  CampaignCursors cursors;
  std::string name;  // or empty
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
