// What the mails say, in four languages.
#pragma once

#include <string>
#include <string_view>

namespace dundun {

enum class MailKind : int16_t { kInvitation = 1, kNewPassword = 2 };  // mail_outbox.kind

struct MailWords {
  std::string subject;
  std::string text;
};

struct MailValues {
  std::string account;  // its name
  std::string link;
  int holds;  // hours of an invitation, minutes of a new password's link
};

// An unknown language reads English.
MailWords mail_words(MailKind kind, std::string_view language, const MailValues& values);

}  // namespace dundun
