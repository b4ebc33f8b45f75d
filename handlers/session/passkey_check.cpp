// A passkey that was made is kept; one that was shown is believed, or not.
#include "common/base/config.h"
#include "common/base/log.h"
#include "common/io/crypto.h"
#include "handlers/session/passkey_ceremony.h"
#include "sql/passkeys.h"

namespace dundun {
namespace {

constexpr size_t kNameCharactersMax = 64;
constexpr size_t kOwnerHandleBytes = 32;

std::string passkey_detail(int64_t passkey_id) {
  return JsonWriter().begin_object().member("passkey", passkey_id).end_object().take();
}

Caller person_of(const Shown& shown) {
  Caller person;
  person.account_id = shown.account_id;
  person.user_id = shown.user_id;
  person.email = shown.email;
  return person;
}

// The signer's counter stands still or goes back: there may be a copy of it (section 6.1.1).
Result<Shown> counter_is_back(AuditedChange& change, const Shown& shown) {
  const Caller person = person_of(shown);
  TRY(change.record({.account_id = shown.account_id,
                     .action = "passkey.counter_back",
                     .subject = "user " + std::to_string(shown.user_id),
                     .detail = passkey_detail(shown.passkey_id),
                     .by = &person}));
  TRY(change.commit(AuditedChange::Effect::kNone));
  log(LogLevel::kWarning, "passkey_counter_back", {{"user_id", shown.user_id}});
  return fail(ErrorCode::kWrongPasskey,
              "signCount: the counter of this passkey went back, so there may be a copy of it. "
              "Remove it, and make another.");
}

PgArray text_array(const std::vector<std::string>& words) {
  PgArray array(PgArray::Type::kText);
  for (const std::string& word : words) array.add(std::string_view(word));
  return array;
}

}  // namespace

Error wrong_passkey() { return fail(ErrorCode::kWrongPasskey, "This passkey opens nothing here."); }

Result<std::string> parse_passkey_name(const JsonObject& body) {
  const std::string name = TRY(body.required_text("name"));
  size_t characters = 0;
  for (const char c : name) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < ' ' || byte == 0x7f) {
      return invalid_field("name", "has a control character", "value_error.name");
    }
    if ((byte & 0xc0) != 0x80) ++characters;  // UTF-8: not a byte that continues one
  }
  if (characters > kNameCharactersMax) {
    return invalid_field("name", "longer than 64 characters", "value_error.name");
  }
  return name;
}

Result<Kept> keep_passkey(Context& context, AuditedChange& change, const SecondFactor& factor,
                          const Credential& credential, const std::string& name) {
  const RelyingParty party = TRY(own_party(context));
  const NewPasskey made = TRY(read_attestation(credential.attestation_object, party));
  if (made.credential_id != credential.id) {
    return invalid_field("credential.id", "not the attestation's credentialId",
                         "value_error.passkey");
  }
  (void)TRY(change.run(sql::passkey_owner, factor.account_id, factor.user_id,
                       random_bytes(kOwnerHandleBytes)));
  const PgRows known = TRY(change.run(sql::passkeys_of_user, factor.account_id, factor.user_id));
  if (known.size() >= context.services.config.sessions.passkeys_max) {
    return fail(ErrorCode::kInvalidState, "There are as many passkeys as may be: remove one.");
  }
  const PgRows row = TRY(
      change.run(sql::passkey_make, factor.account_id, factor.user_id, name, made.credential_id,
                 made.public_key, static_cast<int32_t>(made.algorithm),
                 static_cast<int64_t>(made.sign_count), made.user_verified, made.backup_eligible,
                 made.backed_up, text_array(credential.transports).finish()));
  if (row.size() == 0) return fail(ErrorCode::kAlreadyExists, "This passkey is there already.");
  Kept kept{row.i64(0, sql::passkey_make.passkey_id),
            name,
            row.instant(0, sql::passkey_make.created_at),
            made.user_verified,
            made.backed_up,
            {}};
  if (!factor.in_force()) kept.recovery_codes = TRY(renew_recovery_codes(change, factor));
  const Caller person = person_of({factor.account_id, factor.user_id, 0, factor.email});
  TRY(change.record({.account_id = factor.account_id,
                     .action = "passkey.added",
                     .subject = "user " + std::to_string(factor.user_id),
                     .detail = passkey_detail(kept.passkey_id),
                     .by = &person}));
  return kept;
}

Result<Shown> check_passkey(Context& context, AuditedChange& change, const PgRows& found,
                            const Credential& credential, Proves wants) {
  constexpr auto& col = sql::passkey_of_user;
  if (found.size() == 0) return wrong_passkey();
  const Shown shown{found.i64(0, col.account_id), found.i64(0, col.user_id),
                    found.i64(0, col.passkey_id), std::string(found.text(0, col.email))};
  const RelyingParty party = TRY(own_party(context));
  const ShownPasskey said = TRY(read_authenticator_data(credential.authenticator_data, party));
  if (wants == Proves::kOwner && !said.user_verified) {
    return invalid_field(kAuthenticatorField, "flags: the authenticator did not verify its owner",
                         "value_error.passkey");
  }
  // Who is not named otherwise is named by the authenticator (section 7.2, step 6).
  const bool named = !credential.user_handle.empty() || wants == Proves::kOwner;
  const auto algorithm = static_cast<SignatureAlgorithm>(found.i32(0, col.algorithm));
  if ((named && credential.user_handle != found.text(0, col.handle)) ||
      said.backup_eligible != found.boolean(0, col.backup_eligible) ||
      !has_signed(algorithm, found.text(0, col.public_key),
                  PasskeyAnswer{credential.authenticator_data, credential.client_data_json,
                                credential.signature})) {
    log(LogLevel::kWarning, "passkey_failed", {{"user_id", shown.user_id}});
    return wrong_passkey();
  }
  const PgRows used =
      TRY(change.run(sql::passkey_used, shown.account_id, shown.user_id, shown.passkey_id,
                     static_cast<int64_t>(said.sign_count), said.backed_up));
  if (used.size() == 0) return counter_is_back(change, shown);
  return shown;
}

}  // namespace dundun
