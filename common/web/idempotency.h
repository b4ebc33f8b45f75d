// The Idempotency-Key of a request.
#pragma once

#include <optional>

#include "common/base/result.h"
#include "common/journal/change.h"
#include "common/web/caller.h"
#include "common/web/request.h"

namespace dundun {

// kInvalidRequest for an Idempotency-Key that is no key, even an empty one, or that came twice: its
// sender counts on a protection that the request would not have. No header is fine.
Status check_idempotency_key(const Request& request);

// Quoted (RFC 8941 string) or bare, 1 to 255 printable ASCII characters; kInvalidRequest
// otherwise. The key counts per account, environment, method and path; /api and /v1 are one path.
Result<std::optional<IdempotencyKey>> idempotency_key(const Request& request, const Caller& caller);

// A key of 32 bytes made of the Idempotency-Key, which only the client has: what is kept for its
// repeats is sealed with it.
std::string answer_sealing_key(const Request& request);

}  // namespace dundun
