// The main function of every handler binary, around its table of endpoints.
#pragma once

#include <span>

#include "common/web/endpoint.h"
#include "common/web/operation.h"

namespace dundun {

enum class Needs { kReads, kWrites, kSends, kUploads };

// `schemas` says which members the endpoints' bodies have. Reads the settings, opens what the
// binary needs, serves the listening socket on fd 0 until SIGTERM, flushes, and returns the exit
// status. kWrites adds the journal, kSends the carriers too; kUploads lets bodies of
// UPLOAD_BYTES_MAX through, as files.
int run_binary(const char* program, std::span<const Endpoint> endpoints, const Schemas& schemas,
               Needs needs);

}  // namespace dundun
