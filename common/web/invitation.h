// Invitations: somebody is a user and chooses a password by a link. It goes by mail; where no mail
// server is set, whoever invites gets it to hand on, once.
#pragma once

#include <optional>
#include <string>

#include "common/io/json.h"
#include "common/web/audited_change.h"

namespace dundun {

// mail_outbox.kind and user_links.kind; scheduler/mail_text.h has the same.
inline constexpr int16_t kInvitationLink = 1;
inline constexpr int16_t kNewPasswordLink = 2;

struct Invited {
  int64_t account_id;
  int64_t user_id;
  std::string email;
};

// en, fr, pt or sw; en if it is left out. kValidation.
Result<std::string> parse_language(const JsonObject& object);

struct Invitation {
  bool by_mail;
  std::optional<std::string> link;    // only if it does not go by mail
  std::optional<Instant> expires_at;  // of that link
};
// Ends the invitations before. Part of the change.
Result<Invitation> invite(Context& context, AuditedChange& change, const Invited& person,
                          const std::string& language);
// The member `invitation`; null for a user who was given a password.
void write_invitation(JsonWriter& json, const std::optional<Invitation>& invitation);

// Invites again: writes the line of the audit log, commits, and answers. kNotFound; kInvalidState:
// the user has a password.
Result<Response> invite_again(Context& context, AuditedChange& change, int64_t account_id,
                              int64_t user_id);

}  // namespace dundun
