#include "common/carrier/http/mapping.h"

#include <algorithm>
#include <cctype>

#include "common/sms/dlr.h"

namespace dundun {
namespace {

Result<std::string> read_secret(DescribedFields& fields, const char* name,
                                const CarrierSecrets& secrets) {
  const std::string wanted = TRY(fields.required_text(name));
  const auto found = secrets.find(wanted);
  if (found != secrets.end() && !found->second.empty()) return found->second;
  return fields.wrong(name, "names the secret " + wanted + ", which is not in the carrier's file.");
}

Result<CallbackProof> read_hmac(DescribedFields& fields, const CarrierSecrets& secrets) {
  CallbackProof proof;
  proof.kind = CallbackProof::Kind::kHmac;
  proof.secret = TRY(read_secret(fields, "secret", secrets));
  proof.header = TRY(fields.required_text("header"));
  std::ranges::transform(proof.header, proof.header.begin(),
                         [](unsigned char c) { return std::tolower(c); });
  // Of a request's headers only those are kept.
  if (proof.header.find("signature") == std::string::npos &&
      proof.header.find("hmac") == std::string::npos) {
    return fields.wrong("header", "must have \"signature\" or \"hmac\" in its name.");
  }
  proof.prefix = TRY(fields.text("prefix")).value_or("");
  const std::string digits = TRY(fields.text("digits")).value_or("hex");
  if (digits != "hex" && digits != "base64") {
    return fields.wrong("digits", "must be hex or base64.");
  }
  proof.base64 = digits == "base64";
  TRY(fields.nothing_else());
  return proof;
}

Result<CallbackProof> read_basic(DescribedFields& fields, const CarrierSecrets& secrets) {
  CallbackProof proof;
  proof.kind = CallbackProof::Kind::kBasic;
  const std::string username = TRY(read_secret(fields, "username", secrets));
  const std::string password = TRY(read_secret(fields, "password", secrets));
  proof.secret = username + ":" + password;
  TRY(fields.nothing_else());
  return proof;
}

}  // namespace

Result<ValuePath> read_path(DescribedFields& fields, const char* name, Needed needed) {
  const std::optional<std::string> text = TRY(fields.text(name));
  if (text) return fields.named(name, ValuePath::parse(*text));
  if (needed == Needed::kMustBeThere) return fields.wrong(name, "is missing.");
  return ValuePath();
}

Result<std::vector<ValuePath>> read_paths(DescribedFields& fields, const char* name) {
  std::vector<ValuePath> paths;
  const std::vector<std::string> texts = TRY(fields.list(name));
  for (const std::string& text : texts) {
    ValuePath path = TRY(fields.named(name, ValuePath::parse(text)));
    paths.push_back(std::move(path));
  }
  return paths;
}

Result<DlrMapping> read_dlr_mapping(DescribedFields& fields) {
  DlrMapping dlr;
  dlr.list = TRY(read_path(fields, "list", Needed::kMayBeAbsent));
  dlr.id = TRY(read_path(fields, "id", Needed::kMayBeAbsent));
  dlr.reference = TRY(read_path(fields, "reference", Needed::kMayBeAbsent));
  if (dlr.id.empty() && dlr.reference.empty()) return fields.wrong("id", "is missing.");
  dlr.status = TRY(read_paths(fields, "status"));
  if (dlr.status.empty()) return fields.wrong("status", "is missing.");
  dlr.error = TRY(read_path(fields, "error", Needed::kMayBeAbsent));
  dlr.time = TRY(read_path(fields, "time", Needed::kMayBeAbsent));
  dlr.number = TRY(read_path(fields, "number", Needed::kMayBeAbsent));
  dlr.network = TRY(read_path(fields, "network", Needed::kMayBeAbsent));
  dlr.cost = TRY(read_path(fields, "cost", Needed::kMayBeAbsent));
  const DescribedFields::Texts words = TRY(fields.texts("words"));
  for (const auto& [theirs, ours] : words) {
    if (!judge_dlr(ours).status) {
      return fields.wrong("words." + theirs, "is none of our words, such as DELIVRD or UNDELIV.");
    }
    dlr.words.emplace(theirs, ours);
  }
  TRY(fields.nothing_else());
  return dlr;
}

Result<MoMapping> read_mo_mapping(DescribedFields& fields) {
  MoMapping mo;
  mo.list = TRY(read_path(fields, "list", Needed::kMayBeAbsent));
  mo.id = TRY(read_path(fields, "id", Needed::kMustBeThere));
  mo.from = TRY(read_path(fields, "from", Needed::kMustBeThere));
  mo.to = TRY(read_path(fields, "to", Needed::kMustBeThere));
  mo.text = TRY(read_path(fields, "text", Needed::kMustBeThere));
  mo.time = TRY(read_path(fields, "time", Needed::kMayBeAbsent));
  TRY(fields.nothing_else());
  return mo;
}

Result<OptOutMapping> read_opt_out_mapping(DescribedFields& fields) {
  OptOutMapping opt_out;
  opt_out.number = TRY(read_path(fields, "number", Needed::kMustBeThere));
  opt_out.sender = TRY(read_path(fields, "sender", Needed::kMustBeThere));
  TRY(fields.nothing_else());
  return opt_out;
}

Result<CallbackProof> read_callback_proof(DescribedFields& fields, const CarrierSecrets& secrets) {
  std::optional<DescribedFields> hmac = TRY(fields.object("hmac"));
  std::optional<DescribedFields> basic = TRY(fields.object("basic"));
  TRY(fields.nothing_else());
  if (hmac.has_value() == basic.has_value()) return fields.wrong("hmac", "or basic is needed.");
  return hmac ? read_hmac(*hmac, secrets) : read_basic(*basic, secrets);
}

}  // namespace dundun
