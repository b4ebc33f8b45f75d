// A verification as its answers show it.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "common/io/json.h"
#include "common/io/pg.h"
#include "common/journal/changes/verify.h"

namespace dundun {

std::string verification_id_text(const Uuid& id);  // "ver-" + UUID
// That, or the bare UUID.
std::optional<Uuid> parse_verification_id(std::string_view text);

// What is pending is expired after its time, without anybody writing that down.
std::string_view verification_status(VerifyStatus status, bool expired);

// A row of verification_by_id or verifications_page as an object.
void write_verification(JsonWriter& json, const PgRows& rows, int row);

}  // namespace dundun
