// TLS over a connected socket that does not block: the client's side, by OpenSSL. The server's
// certificate is verified, for its name too.
#pragma once

#include <sys/types.h>

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

#include "common/base/result.h"

struct ssl_ctx_st;
struct ssl_st;

namespace dundun {

// What all connections to one server share.
class TlsSettings {
 public:
  // `ca_file`: the certificates that are trusted; empty: the system's. `own_file`: our certificate
  // and its key, for servers that want one; or empty. TLS 1.2 or newer.
  static Result<TlsSettings> create(const std::string& ca_file, const std::string& own_file);
  ~TlsSettings();
  TlsSettings(TlsSettings&& other) noexcept;
  TlsSettings& operator=(TlsSettings&&) = delete;

 private:
  friend class TlsStream;
  explicit TlsSettings(ssl_ctx_st* context) : context_(context) {}
  ssl_ctx_st* context_;
};

class TlsStream {
 public:
  // `host`: the name or address that the certificate must have. The first write begins the
  // handshake. The socket stays the caller's.
  TlsStream(const TlsSettings& settings, int fd, const std::string& host);
  ~TlsStream();
  TlsStream(const TlsStream&) = delete;
  TlsStream& operator=(const TlsStream&) = delete;

  // As recv and send: -1 with errno EAGAIN: try again when the socket is ready; 0, or -1 with
  // another errno: the connection is over, and why() says why.
  ssize_t read(char* bytes, size_t size);
  ssize_t write(std::string_view bytes);
  // Bytes that came already: the socket will not say so.
  bool has_more() const;
  // The last call waits until the socket can be written.
  bool wants_write() const { return wants_write_; }
  const std::string& why() const { return why_; }

 private:
  ssize_t outcome(int returned);
  ssl_st* ssl_;
  bool wants_write_ = false;
  std::string why_;
};

}  // namespace dundun
