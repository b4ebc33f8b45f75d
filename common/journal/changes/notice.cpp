#include "common/journal/changes/notice.h"

#include "common/io/json.h"
#include "common/journal/news.h"
#include "common/journal/reads.h"
#include "common/journal/write_set.h"
#include "sql/journal.h"

namespace dundun {

using enum PgArray::Type;
using Outcome = CommitResult::Outcome;

// By its key a commit of unknown outcome is recognised.
void ChangeKind<Notify>::prepare(Notify& notify) {
  if (notify.dedupe_key.empty()) notify.dedupe_key = to_string(new_uuid7());
}

void ChangeKind<Notify>::wants(const Notify& notify, Reads& reads) {
  reads.notices.want({notify.account_id, notify.dedupe_key});
}

namespace {

constexpr PgArray::Type kNoticeKey[] = {kInt8, kText};

void take_notice(const PgRows& rows, int row, std::map<NoticeKey, Uuid>& notices) {
  constexpr auto& col = sql::journal_read_notices;
  notices.emplace(
      NoticeKey{rows.i64(row, col.account_id), std::string(rows.text(row, col.dedupe_key))},
      rows.uuid(row, col.event_id));
}

}  // namespace

constinit const ReadRule<NoticeRef, decltype(Known::notices)> kNoticeRead{
    &sql::journal_read_notices, kNoticeKey, in_key_order, &Known::notices, take_notice};

Decision ChangeKind<Notify>::decide(const Notify& notify, const Uuid& event_id, Known& known) {
  const auto [place, is_new] =
      known.notices.try_emplace({notify.account_id, notify.dedupe_key}, event_id);
  if (!is_new)
    return refuse(place->second == event_id ? Outcome::kCommitted : Outcome::kDuplicate, {});
  Decision decision;
  decision.apply = true;
  return decision;
}

void ChangeKind<Notify>::tell(const Notify& notify, const Admitted& admitted, News& news) {
  news.notifications.push_back({notify, admitted.event_id});
}

namespace {

// {"type":"notification",…} with its event_id, one line.
std::string notification_event(const Notification& notification) {
  const Notify& what = notification.what;
  JsonWriter json;
  json.begin_object()
      .member("type", "notification")
      .member("event_id", event_id_text(notification.event_id))
      .member("id", notification.id)
      .member("notification_type", what.type)
      .member("title", what.title)
      .member("body", what.body)
      .member("link", what.link)
      .end_object();
  return json.take();
}

}  // namespace

void number_notifications(const PgRows& numbers, News& news) {
  for (size_t i = 0; i < news.notifications.size(); ++i) {
    Notification& made = news.notifications[i];
    made.id = numbers.i64(static_cast<int>(i), 0);
    news.publication.add(event_channel(made.what.account_id, made.what.environment),
                         notification_event(made));
  }
}

constexpr Table kNotifications{WritePlace::kNotifications,
                               sql::journal_insert_notifications,
                               {kInt8, kInt8, kInt2, kText, kText, kText, kText, kText, kUuid}};

void write_notifications(const std::vector<Notification>& notifications, WriteSet& set) {
  for (const Notification& made : notifications) {
    const Notify& what = made.what;
    set.row(kNotifications, what.account_id, made.id, what.environment, std::string_view(what.type),
            std::string_view(what.title), std::string_view(what.body), std::string_view(what.link),
            unless_empty(what.dedupe_key), made.event_id);
  }
}

}  // namespace dundun
