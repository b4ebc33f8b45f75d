#include "scheduler/mail_job.h"

#include "common/base/log.h"
#include "common/base/metrics.h"
#include "common/io/crypto.h"
#include "common/io/smtp.h"
#include "scheduler/mail_text.h"
#include "sql/mail.h"

namespace dundun {
namespace {

constexpr std::chrono::milliseconds kIdle{1000};
constexpr size_t kLinkTokenBytes = 32;
constexpr size_t kErrorBytesMax = 300;

struct Waiting {
  int64_t id;
  MailKind kind;
  std::string recipient, language;
  int attempts;
  Instant created_at;
};

std::optional<Waiting> claim_mail(Pg& pg) {
  constexpr auto& col = sql::mail_claim;
  const auto rows = pg.run(sql::mail_claim, {});
  if (!rows || rows->size() == 0) return std::nullopt;
  return Waiting{rows->i64(0, col.mail_id),
                 MailKind(rows->i16(0, col.kind)),
                 std::string(rows->text(0, col.recipient)),
                 std::string(rows->text(0, col.language)),
                 rows->i32(0, col.attempts),
                 rows->instant(0, col.created_at)};
}

void count_mail(const char* outcome) {
  counter("dundun_mails_total", "outcome=\"" + std::string(outcome) + "\"").add();
}

struct Person {
  int64_t account_id, user_id;
  std::string account;
};

// Nobody: the e-mail is unknown, the user is shut out, or has a password by now. The mail then has
// nobody to go to.
Result<std::optional<Person>> person_of(Pg& pg, const Waiting& mail) {
  constexpr auto& col = sql::mail_person;
  const PgRows rows = TRY(pg.run(sql::mail_person, {mail.recipient}));
  if (rows.size() == 0 || !rows.boolean(0, col.is_active)) return std::optional<Person>();
  const bool has_password = rows.boolean(0, col.has_password);
  if (mail.kind == MailKind::kInvitation && has_password) return std::optional<Person>();
  return std::optional(Person{rows.i64(0, col.account_id), rows.i64(0, col.user_id),
                              std::string(rows.text(0, col.name))});
}

// Commits the link first: one that was sent must hold.
Result<std::string> make_link(const Config& config, Pg& pg, MailKind kind, const Person& person) {
  const bool invites = kind == MailKind::kInvitation;
  const int minutes =
      invites ? config.sessions.invitation_hours * 60 : config.sessions.reset_minutes;
  const std::string token = to_hex(random_bytes(kLinkTokenBytes));
  (void)TRY(pg.run(sql::user_link_make, {PgParam::bytea(sha256(token)), person.account_id,
                                         person.user_id, static_cast<int16_t>(kind), minutes}));
  // After the #: no server's log and no Referer shows it.
  return config.sessions.portal_url + (invites ? "/invitation#" : "/new-password#") + token;
}

Status try_to_send(const Config& config, Pg& pg, const Waiting& waiting) {
  const std::optional<Person> person = TRY(person_of(pg, waiting));
  if (!person) return Done{};
  MailValues values;
  values.account = person->account;
  values.link = TRY(make_link(config, pg, waiting.kind, *person));
  values.holds = waiting.kind == MailKind::kInvitation ? config.sessions.invitation_hours
                                                       : config.sessions.reset_minutes;
  MailWords words = mail_words(waiting.kind, waiting.language, values);
  return send_mail(config.mail, {.to = waiting.recipient,
                                 .subject = std::move(words.subject),
                                 .text = std::move(words.text),
                                 .id = "dundun-" + std::to_string(waiting.id) + "-" +
                                       std::to_string(waiting.attempts),
                                 .at = now()});
}

// Who asked for a new password an hour ago has asked again, or remembers.
bool is_too_late(const Config& config, const Waiting& mail) {
  return mail.kind == MailKind::kNewPassword &&
         now() - mail.created_at > std::chrono::minutes(config.sessions.reset_minutes);
}

}  // namespace

std::chrono::milliseconds MailJob::run() {
  const std::optional<Waiting> mail = claim_mail(pg_);
  if (!mail) return kIdle;
  const Status sent =
      is_too_late(config_, *mail) ? Status(Done{}) : try_to_send(config_, pg_, *mail);
  if (sent) {
    (void)pg_.run(sql::mail_done, {mail->id});
    count_mail("done");
    return std::chrono::milliseconds(0);
  }
  const Error& error = sent.error();
  const bool given_up =
      error.code == ErrorCode::kInvalidRequest || mail->attempts >= config_.mail.attempts_max;
  (void)pg_.run(sql::mail_failed, {mail->id, error.detail.substr(0, kErrorBytesMax), given_up});
  count_mail(given_up ? "given_up" : "failed");
  log(LogLevel::kWarning, given_up ? "mail_given_up" : "mail_failed",
      {{"mail_id", mail->id},
       {"attempts", static_cast<int64_t>(mail->attempts)},
       {"detail", std::string_view(error.detail)}});
  return std::chrono::milliseconds(0);
}

}  // namespace dundun
