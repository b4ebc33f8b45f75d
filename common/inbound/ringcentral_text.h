// A text that came in as RingCentral writes it: in a notification's `body`, and as a record of its
// message store. Source: RingCentral API reference, message-store.
#pragma once

#include <optional>

#include "common/base/time.h"
#include "common/inbound/owner.h"
#include "common/io/json.h"

namespace dundun {

struct RingCentralText {
  MoRequest mo;
  std::optional<Instant> written_at;  // creationTime, where it stands
};

// nullopt: no text that came in. kInvalidRequest names the field that cannot be used; `where`
// ("body.", "") comes before its name.
Result<std::optional<RingCentralText>> read_ringcentral_text(
    const std::optional<JsonValue>& message, std::string_view where, size_t text_bytes_max);

}  // namespace dundun
