#include "handlers/verify/verification_json.h"

#include <algorithm>

#include "common/base/time.h"

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
  const auto status = VerifyStatus(rows.i16(row, 1));
  const bool expired = rows.boolean(row, 2);
  const bool open = status == VerifyStatus::kPending && !expired;
  const int left = open ? std::max(rows.i16(row, 7) - rows.i16(row, 6), 0) : 0;
  const std::optional<Instant> finished = rows.maybe_instant(row, 10);
  json.begin_object()
      .member("verification_id", verification_id_text(rows.uuid(row, 0)))
      .member("status", verification_status(status, expired))
      .member("to", rows.text(row, 3))
      .member("country", rows.text(row, 4))
      .member("app_id", rows.maybe_text(row, 5))
      .member("attempts_remaining", left)
      .member("sends", static_cast<int>(rows.i16(row, 8)))
      .member("created_at", std::string_view(format_z(created_at(rows.uuid(row, 0)))))
      .member("expires_at", format_z(rows.instant(row, 9)))
      .member("finished_at", finished ? std::optional(format_z(*finished)) : std::nullopt)
      .end_object();
}

}  // namespace dundun
