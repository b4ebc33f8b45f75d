#include "common/journal/notification.h"

#include "common/io/json.h"

namespace dundun {

Notify low_balance_notice(int64_t account_id, Environment environment, Micros balance_micros,
                          const std::string& currency) {
  Notify notice{};
  notice.account_id = account_id;
  notice.environment = environment;
  notice.type = "low_balance";
  notice.title = "Low balance";
  notice.body = "Your balance is down to " + currency + " " + format_micros(balance_micros, 2) +
                ". Top up to keep sending.";
  notice.link = "/balance";
  return notice;
}

Notify campaign_finished_notice(const ExpandCampaign& last) {
  const std::string id = batch_id_text(last.batch_id);
  Notify notice{};
  notice.account_id = last.account_id;
  notice.environment = last.environment;
  notice.type = "campaign_finished";
  notice.title = "Campaign finished";
  notice.body = "The last message of campaign " + id + " is on its way.";
  notice.link = "/campaigns/" + id;
  notice.dedupe_key = notice.type + ":" + id;
  return notice;
}

std::string notification_event(const Notification& notification) {
  const Notify& what = notification.what;
  JsonWriter json;
  json.begin_object()
      .member("type", "notification")
      .member("event_id", std::string_view(event_id_text(notification.event_id)))
      .member("id", notification.id)
      .member("notification_type", std::string_view(what.type))
      .member("title", std::string_view(what.title))
      .member("body", std::string_view(what.body))
      .member("link", std::string_view(what.link))
      .end_object();
  return json.take();
}

}  // namespace dundun
