#include "common/web/invitation.h"

#include <algorithm>

#include "common/base/config.h"
#include "common/base/language.h"
#include "common/io/crypto.h"
#include "common/io/pg.h"
#include "common/web/message_json.h"
#include "sql/mail.h"

namespace dundun {
namespace {

constexpr size_t kInvitationTokenBytes = 32;

Result<std::string> language_of(const Context& context) {
  if (context.request.body.empty()) return std::string(kLanguages[0]);
  const JsonDocument document = TRY(JsonDocument::parse(context.request.body));
  const JsonObject object = TRY(JsonObject::of(document));
  return parse_language(object);
}

}  // namespace

Result<std::string> parse_language(const JsonObject& object) {
  std::string language = TRY(object.optional_string("language")).value_or("en");
  if (std::ranges::find(kLanguages, language) != std::end(kLanguages)) return language;
  return invalid_field("language", "choose en, fr, pt or sw", "value_error.enum");
}

Result<Invitation> invite(Context& context, AuditedChange& change, const Invited& person,
                          const std::string& language) {
  (void)TRY(change.run(sql::user_links_drop, person.account_id, person.user_id));
  (void)TRY(change.run(sql::mail_unqueue, person.account_id, person.user_id));
  const Config& config = context.services.config;
  if (!config.mail.url.empty()) {
    (void)TRY(change.run(sql::mail_queue, kInvitationLink, person.account_id, person.user_id,
                         person.email, language));
    return Invitation{true, std::nullopt, std::nullopt};
  }
  const std::string token = to_hex(random_bytes(kInvitationTokenBytes));
  const int32_t minutes = config.sessions.invitation_hours * 60;
  const PgRows made = TRY(change.run(sql::user_link_make, sha256(token), person.account_id,
                                     person.user_id, kInvitationLink, minutes));
  // After the #: no server's log and no Referer shows it.
  return Invitation{false, config.sessions.portal_url + "/invitation#" + token,
                    made.instant(0, sql::user_link_make.expires_at)};
}

void write_invitation(JsonWriter& json, const std::optional<Invitation>& invitation) {
  if (!invitation) {
    json.member_null("invitation");
    return;
  }
  json.key("invitation").begin_object().member("by_mail", invitation->by_mail);
  json.member("link", invitation->link);
  write_time(json, "expires_at", invitation->expires_at, format_z);
  json.end_object();
}

Result<Response> invite_again(Context& context, AuditedChange& change, int64_t account_id,
                              int64_t user_id) {
  const std::string language = TRY(language_of(context));
  const PgRows user = TRY(change.run(sql::user_password_wanted, account_id, user_id));
  if (user.size() == 0) return fail(ErrorCode::kNotFound, "User not found");
  if (user.boolean(0, sql::user_password_wanted.has_password)) {
    return fail(ErrorCode::kInvalidState, "This user has a password, and may ask for a new one.");
  }
  const Invited person{account_id, user_id,
                       std::string(user.text(0, sql::user_password_wanted.email))};
  const std::optional<Invitation> invitation = TRY(invite(context, change, person, language));
  TRY(change.record({.account_id = account_id,
                     .action = "user.invited",
                     .subject = "user " + std::to_string(user_id)}));
  JsonWriter json;
  json.begin_object().member("id", user_id);
  write_invitation(json, invitation);
  Response response = Response::json(json.end_object().take());
  response.headers.emplace_back("Cache-Control", "no-store");
  return change.commit(AuditedChange::Effect::kNone, std::move(response));
}

}  // namespace dundun
