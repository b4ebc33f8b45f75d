#include "scheduler/mail_text.h"

#include <algorithm>

namespace dundun {
namespace {

struct MailTemplate {
  MailKind kind;
  std::string_view language;
  const char* subject;
  const char* text;
};

constexpr MailTemplate kTemplates[] = {
    {MailKind::kInvitation, "en", "Invitation to {account}",
     "Hello,\n\nyou are invited to work with {account}. Open this link and choose a password:\n\n"
     "{link}\n\nIt holds for {holds} hours and opens once. If you did not expect this, you need "
     "not do anything.\n"},
    {MailKind::kInvitation, "fr", "Invitation à rejoindre {account}",
     "Bonjour,\n\nvous êtes invité à travailler avec {account}. Ouvrez ce lien et choisissez un "
     "mot de passe :\n\n{link}\n\nIl est valable {holds} heures et ne s'ouvre qu'une fois. Si "
     "vous ne l'attendiez pas, vous n'avez rien à faire.\n"},
    {MailKind::kInvitation, "pt", "Convite para {account}",
     "Olá,\n\nrecebeu um convite para trabalhar com {account}. Abra esta ligação e escolha uma "
     "palavra-passe:\n\n{link}\n\nÉ válida durante {holds} horas e abre uma só vez. Se não a "
     "esperava, não precisa de fazer nada.\n"},
    {MailKind::kInvitation, "sw", "Mwaliko wa kujiunga na {account}",
     "Habari,\n\numealikwa kufanya kazi na {account}. Fungua kiungo hiki na uchague nenosiri:\n\n"
     "{link}\n\nKinatumika kwa saa {holds}, mara moja tu. Kama hukutarajia ujumbe huu, huhitaji "
     "kufanya lolote.\n"},
    {MailKind::kNewPassword, "en", "A new password for {account}",
     "Hello,\n\nsomebody, probably you, asked for a new password. Open this link to choose one:\n\n"
     "{link}\n\nIt holds for {holds} minutes and opens once. When it is used, every session "
     "ends. If it was not you, do nothing: your password stays as it is.\n"},
    {MailKind::kNewPassword, "fr", "Un nouveau mot de passe pour {account}",
     "Bonjour,\n\nquelqu'un, sans doute vous, a demandé un nouveau mot de passe. Ouvrez ce lien "
     "pour le choisir :\n\n{link}\n\nIl est valable {holds} minutes et ne s'ouvre qu'une fois. "
     "Son usage met fin à toutes les sessions. Si ce n'était pas vous, ne faites rien : votre mot "
     "de passe reste le même.\n"},
    {MailKind::kNewPassword, "pt", "Uma nova palavra-passe para {account}",
     "Olá,\n\nalguém, provavelmente você, pediu uma nova palavra-passe. Abra esta ligação para a "
     "escolher:\n\n{link}\n\nÉ válida durante {holds} minutos e abre uma só vez. Ao ser usada, "
     "todas as sessões terminam. Se não foi você, não faça nada: a sua palavra-passe mantém-se.\n"},
    {MailKind::kNewPassword, "sw", "Nenosiri jipya la {account}",
     "Habari,\n\nmtu fulani, huenda ni wewe, ameomba nenosiri jipya. Fungua kiungo hiki ili "
     "ulichague:\n\n{link}\n\nKinatumika kwa dakika {holds}, mara moja tu. Kikitumika, vipindi "
     "vyote vinafungwa. Kama si wewe, usifanye lolote: nenosiri lako halibadiliki.\n"},
};

std::string filled(std::string text, const MailValues& values) {
  const std::pair<std::string_view, std::string> marks[] = {
      {"{account}", values.account},
      {"{link}", values.link},
      {"{holds}", std::to_string(values.holds)}};
  for (const auto& [mark, value] : marks) {
    const size_t at = text.find(mark);
    if (at != std::string::npos) text.replace(at, mark.size(), value);
  }
  return text;
}

}  // namespace

MailWords mail_words(MailKind kind, std::string_view language, const MailValues& values) {
  const auto in = [&](std::string_view wanted) {
    return std::ranges::find_if(kTemplates, [&](const MailTemplate& one) {
      return one.kind == kind && one.language == wanted;
    });
  };
  auto found = in(language);
  if (found == std::end(kTemplates)) found = in("en");
  return {filled(found->subject, values), filled(found->text, values)};
}

}  // namespace dundun
