#include "common/io/tls_stream.h"

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <climits>
#include <utility>

namespace dundun {
namespace {

std::string last_error() {
  std::array<char, 256> text{};
  const unsigned long code = ERR_get_error();
  ERR_clear_error();
  if (code == 0) return "the connection was cut";
  ERR_error_string_n(code, text.data(), text.size());
  return text.data();
}

Error bad_file(const char* what, const std::string& path) {
  return fail(ErrorCode::kInvalidRequest, std::string(what) + " cannot be read.",
              path + ": " + last_error());
}

}  // namespace

Result<TlsSettings> TlsSettings::create(const std::string& ca_file, const std::string& own_file) {
  TlsSettings settings(SSL_CTX_new(TLS_client_method()));
  SSL_CTX* const context = settings.context_;
  SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION);
  SSL_CTX_set_verify(context, SSL_VERIFY_PEER, nullptr);
  SSL_CTX_set_mode(context, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
  const int trusted = ca_file.empty()
                          ? SSL_CTX_set_default_verify_paths(context)
                          : SSL_CTX_load_verify_locations(context, ca_file.c_str(), nullptr);
  if (trusted != 1) return bad_file("The file of trusted certificates", ca_file);
  if (own_file.empty()) return settings;
  if (SSL_CTX_use_certificate_chain_file(context, own_file.c_str()) != 1 ||
      SSL_CTX_use_PrivateKey_file(context, own_file.c_str(), SSL_FILETYPE_PEM) != 1) {
    return bad_file("The file of our certificate and key", own_file);
  }
  return settings;
}

TlsSettings::~TlsSettings() { SSL_CTX_free(context_); }

TlsSettings::TlsSettings(TlsSettings&& other) noexcept
    : context_(std::exchange(other.context_, nullptr)) {}

TlsStream::TlsStream(const TlsSettings& settings, int fd, const std::string& host)
    : ssl_(SSL_new(settings.context_)) {
  const bool is_address = X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(ssl_), host.c_str()) == 1;
  if (!is_address) {
    SSL_set1_host(ssl_, host.c_str());
    SSL_set_tlsext_host_name(ssl_, host.c_str());
  }
  SSL_set_fd(ssl_, fd);
  SSL_set_connect_state(ssl_);
  ERR_clear_error();
}

TlsStream::~TlsStream() { SSL_free(ssl_); }

ssize_t TlsStream::outcome(int returned) {
  wants_write_ = false;
  if (returned > 0) return returned;
  const int error = SSL_get_error(ssl_, returned);
  if (error == SSL_ERROR_WANT_READ || error == SSL_ERROR_WANT_WRITE) {
    wants_write_ = error == SSL_ERROR_WANT_WRITE;
    errno = EAGAIN;
    return -1;
  }
  const long verified = SSL_get_verify_result(ssl_);
  why_ = verified == X509_V_OK ? last_error() : X509_verify_cert_error_string(verified);
  ERR_clear_error();
  errno = EPROTO;
  return error == SSL_ERROR_ZERO_RETURN ? 0 : -1;
}

ssize_t TlsStream::read(char* bytes, size_t size) {
  return outcome(SSL_read(ssl_, bytes, static_cast<int>(std::min<size_t>(size, INT_MAX))));
}

ssize_t TlsStream::write(std::string_view bytes) {
  const auto size = static_cast<int>(std::min<size_t>(bytes.size(), INT_MAX));
  return outcome(SSL_write(ssl_, bytes.data(), size));
}

bool TlsStream::has_more() const { return SSL_pending(ssl_) > 0; }

}  // namespace dundun
