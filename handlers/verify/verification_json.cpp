#include "handlers/verify/verification_json.h"

#include <algorithm>

#include "common/base/time.h"
#include "sql/verify.h"

namespace dundun {
namespace {

constexpr std::string_view kPrefix = "ver-";

}  // namespace

std::string verification_id_text(const Uuid& id) { return std::string(kPrefix) + to_string(id); }

std::optional<Uuid> parse_verification_id(std::string_view text) {
  if (text.starts_with(kPrefix)) text.remove_prefix(kPrefix.size());
  return parse_uuid(text);
}

std::string_view verification_status(VerifyStatus status, bool expired) {
  switch (status) {
    case VerifyStatus::kPending:
      return expired ? "expired" : "pending";
    case VerifyStatus::kApproved:
      return "approved";
    case VerifyStatus::kFailed:
      return "failed";
    case VerifyStatus::kCanceled:
      return "canceled";
  }
  return "expired";
}

void write_verification(JsonWriter& json, const PgRows& rows, int row) {
  constexpr auto& col = sql::verifications_page;
  static_assert(begins_with_columns(sql::verification_by_id, col));
  const auto status = VerifyStatus(rows.i16(row, col.status));
  const bool expired = rows.boolean(row, col.is_expired);
  const bool open = status == VerifyStatus::kPending && !expired;
  const int left =
      open ? std::max(rows.i16(row, col.attempts_max) - rows.i16(row, col.attempts), 0) : 0;
  const std::optional<Instant> finished = rows.maybe_instant(row, col.finished_at);
  json.begin_object()
      .member("verification_id", verification_id_text(rows.uuid(row, col.verification_id)))
      .member("status", verification_status(status, expired))
      .member("to", rows.text(row, col.phone))
      .member("country", rows.text(row, col.country))
      .member("app_id", rows.maybe_text(row, col.app_id))
      .member("attempts_remaining", left)
      .member("sends", static_cast<int>(rows.i16(row, col.sends)))
      .member("created_at",
              std::string_view(format_z(created_at(rows.uuid(row, col.verification_id)))))
      .member("expires_at", format_z(rows.instant(row, col.expires_at)))
      .member("finished_at", finished ? std::optional(format_z(*finished)) : std::nullopt)
      .end_object();
}

}  // namespace dundun
