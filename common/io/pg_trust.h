// Whether PostgreSQL proves who it is, as DATABASE_URL asks (deploy/postgresql-tls.md).
#pragma once

#include <string>

#include "common/base/result.h"

namespace dundun {

// For a program's start, where sslmode is require, verify-ca or verify-full: connects once.
// kInvalidRequest, with libpq's words: the server speaks no TLS, its certificate is signed by
// somebody else or has another name, or the file of the CA is not there. A server that does not
// answer is no such fault: it may come back.
Status check_pg_trust(const std::string& url);

}  // namespace dundun
