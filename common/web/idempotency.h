// The Idempotency-Key of a request.
#pragma once

#include <optional>

#include "common/base/result.h"
#include "common/identity/caller.h"
#include "common/journal/change.h"
#include "common/web/request.h"

namespace dundun {

// kInvalidRequest for an Idempotency-Key that is malformed, empty, or sent twice: the client counts
// on a protection that the request would not have. A missing header is fine.
Status check_idempotency_key(const Request& request);

// Takes a quoted (RFC 8941 string) or a bare key of 1 to 255 printable ASCII characters;
// kInvalidRequest otherwise. A key belongs to an account, environment, method and path; /api and
// /v1 are the same path.
Result<std::optional<IdempotencyKey>> idempotency_key(const Request& request, const Caller& caller);

// 32 bytes that are made from the Idempotency-Key. They seal the answer that is kept for repeats,
// so only the client that has the key can open it.
std::string answer_sealing_key(const Request& request);

}  // namespace dundun
