#include "scheduler/ringcentral_texts.h"

#include <algorithm>

#include "common/base/log.h"
#include "common/base/metrics.h"
#include "common/inbound/ringcentral_text.h"
#include "sql/ringcentral.h"

namespace dundun {
namespace {

constexpr std::chrono::milliseconds kRoundEvery{1000};
constexpr int64_t kTextUsersMax = 1;
// A text may be in the store a little later than its time says.
constexpr int32_t kOverlapS = 900;
constexpr std::chrono::hours kSpanMax{24};
constexpr std::chrono::seconds kSpanMin{1};
constexpr int kPagesMax = 20;  // of a span, kept in memory; a fuller one is halved
constexpr int kPenaltyS = 60;  // RingCentral's, where it does not say how long

void note_failure(const RcUser& user, const Error& error) {
  log(LogLevel::kWarning, "ringcentral_texts",
      {{"account_id", user.account_id},
       {"detail", std::string_view(error.detail.empty() ? error.message : error.detail)}});
}

void note_unusable(const RcUser& user, const Error& error) {
  counter("dundun_ringcentral_unusable_total").add();
  log(LogLevel::kError, "ringcentral_text_unusable",
      {{"account_id", user.account_id}, {"detail", std::string_view(error.message)}});
}

// All pages of the span; nothing if they are too many.
Result<std::optional<std::vector<RcTexts>>> read_pages(const RingCentralApi& api,
                                                       const std::string& token, Instant since,
                                                       Instant until) {
  std::vector<RcTexts> pages;
  for (int page = 1; page <= kPagesMax; ++page) {
    pages.push_back(TRY(api.inbound_texts(token, {since, until, page})));
    if (!pages.back().has_more) return std::optional(std::move(pages));
  }
  return std::optional<std::vector<RcTexts>>();
}

}  // namespace

void RingCentralTexts::run() {
  constexpr auto& col = sql::rc_texts_due;
  if (Clock::now() < next_) return;
  const auto due =
      pg_.run(sql::rc_texts_due,
              {static_cast<int32_t>(config_.gravity.rc_texts_every.count()), kOverlapS,
               static_cast<int32_t>(config_.retention.inbound_repeat_days), kTextUsersMax});
  if (!due || due->size() == 0) next_ = Clock::now() + kRoundEvery;
  for (int row = 0; due && row < due->size(); ++row) {
    const RcUser user{due->i64(row, col.account_id), std::string(due->text(row, col.extension_id))};
    const Instant since = due->instant(row, col.since);
    const Span span{since, std::min(now(), since + kSpanMax)};
    const Status asked = ask(user, std::string(due->text(row, col.carrier)), span);
    if (asked) continue;
    note_failure(user, asked.error());
    if (asked.error().code != ErrorCode::kRateLimited) continue;
    const int penalty_s = std::max(asked.error().retry_after_s, kPenaltyS);
    (void)pg_.run(sql::rc_hold, {user.account_id, user.extension_id, penalty_s});
  }
}

Status RingCentralTexts::ask(const RcUser& user, const std::string& carrier, Span span) {
  const RingCentralApi api(TRY(ringcentral_settings(pg_, config_, carrier)));
  const auto token = TRY(access_token(pg_, config_, api, user, std::chrono::seconds(0)));
  if (!token) return unavailable("its tokens are being renewed");
  auto pages = TRY(read_pages(api, *token, span.since, span.until));
  while (!pages) {
    if (span.until - span.since < kSpanMin) return unavailable("RingCentral's list has no end");
    span.until = span.since + (span.until - span.since) / 2;
    pages = TRY(read_pages(api, *token, span.since, span.until));
  }
  TRY(take_all(user, carrier, *pages));
  TRY(pg_.run(sql::rc_texts_taken, {user.account_id, user.extension_id, span.until}));
  // The overlap alone is no reason to ask again.
  const bool is_behind = span.until < now() - std::chrono::seconds(kOverlapS);
  if (is_behind) TRY(pg_.run(sql::rc_texts_go_on, {user.account_id, user.extension_id}));
  return Done{};
}

// In the order in which they were written, because a START may follow a STOP.
Status RingCentralTexts::take_all(const RcUser& user, const std::string& carrier,
                                  const std::vector<RcTexts>& pages) {
  std::vector<RingCentralText> texts;
  for (const RcTexts& page : pages) {
    for (const JsonDocument& record : page.records) {
      auto text = read_ringcentral_text(record.root(), "", config_.inbound_text_bytes_max);
      if (!text) note_unusable(user, text.error());
      if (text && *text) texts.push_back(**std::move(text));
    }
  }
  std::ranges::stable_sort(texts, {}, [](const RingCentralText& text) {
    return text.written_at.value_or(Instant::max());
  });
  for (RingCentralText& text : texts) {
    const MoOutcome outcome =
        TRY(taker_.take({carrier, std::move(text.mo), text.written_at, user.account_id}));
    if (outcome == MoOutcome::kAccepted) counter("dundun_ringcentral_fetched_total").add();
  }
  return Done{};
}

}  // namespace dundun
