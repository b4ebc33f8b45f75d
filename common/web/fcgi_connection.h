// One FastCGI connection from nginx, kept over many requests. libfcgi reads and writes the
// protocol; the serve loop accepts and waits.
#pragma once

#include <functional>
#include <memory>

#include "common/web/request.h"

struct FCGX_Request;

namespace dundun {

// Call once before the first connection.
void prepare_fastcgi();

class FcgiConnection {
 public:
  // Takes an accepted, blocking socket. Each read and write takes at most io_timeout_s.
  FcgiConnection(int fd, int io_timeout_s);
  ~FcgiConnection();
  FcgiConnection(const FcgiConnection&) = delete;

  int fd() const { return fd_; }

  struct Incoming {
    Request request;
    std::string target;  // REQUEST_URI
    bool local_listener = false;
    bool access_only = false;  // nginx asks whether it may read the body
    bool preflight = false;    // a browser asks what a page may do (cors.h)
    bool too_large = false;    // the body is over the limit and was not read
  };
  // Reads one request; false: the peer has closed or broken the connection.
  // A body over body_bytes_max and up to upload_bytes_max goes to a file.
  bool read(Incoming& incoming, size_t body_bytes_max, size_t upload_bytes_max);
  // Answers the request; false: the connection is over (the peer is gone).
  bool write(const Response& response, const std::string& request_id, bool head);
  // Answers with a streamed body, whose first piece is `piece`; gives the number of bytes written.
  // After an error (the peer is gone or too slow, the stream failed, give_up() returned true) the
  // connection is over, and the peer sees that the body is not complete.
  Result<int64_t> write_stream(const Response& response, const std::string& request_id,
                               std::string piece, const std::function<bool()>& give_up);

 private:
  bool read_body(Incoming& incoming, size_t length);
  bool read_upload(Incoming& incoming, size_t length);
  Status write_piece(std::string_view piece, const std::function<bool()>& give_up);
  bool finish();

  int fd_;
  int io_timeout_s_;
  std::unique_ptr<FCGX_Request> fcgx_;
};

}  // namespace dundun
