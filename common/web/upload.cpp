#include "common/web/upload.h"

#include <fcntl.h>
#include <unistd.h>

#include <cstdlib>
#include <utility>

namespace dundun {
namespace {

constexpr size_t kWindow = 256 << 10;
constexpr size_t kHeadersMax = 8 << 10;
constexpr size_t kPartsMax = 20;
constexpr size_t kBoundaryMax = 70;

Error bad_multipart(const char* why) {
  return fail(ErrorCode::kInvalidRequest,
              std::string("The body is not multipart/form-data: ") + why);
}

// The value of `key="…"` or `key=…` in a header.
std::string attribute(std::string_view header, std::string_view key) {
  const std::string wanted = std::string(key) + "=";
  for (size_t at = header.find(wanted); at != std::string_view::npos;
       at = header.find(wanted, at + 1)) {
    if (at > 0 && header[at - 1] != ' ' && header[at - 1] != ';') continue;
    std::string_view value = header.substr(at + wanted.size());
    if (!value.empty() && value.front() == '"') {
      value.remove_prefix(1);
      return std::string(value.substr(0, value.find('"')));
    }
    return std::string(value.substr(0, value.find_first_of("; \r\n")));
  }
  return {};
}

// Where `needle` begins at or after `from`; -1: nowhere.
Result<int64_t> find(const Upload& upload, const std::string& needle, int64_t from) {
  for (int64_t at = from; at < upload.size();) {
    const std::string window = TRY(upload.read(at, kWindow + needle.size()));
    const size_t found = window.find(needle);
    if (found != std::string::npos) return at + static_cast<int64_t>(found);
    at += static_cast<int64_t>(kWindow);
  }
  return int64_t{-1};
}

Result<Part> read_part(const Upload& upload, int64_t at) {
  const std::string head = TRY(upload.read(at, kHeadersMax));
  const size_t end = head.find("\r\n\r\n");
  if (end == std::string::npos) return bad_multipart("a part has no end of headers.");
  const std::string_view headers = std::string_view(head).substr(0, end);
  Part part;
  part.name = attribute(headers, "name");
  part.file_name = attribute(headers, "filename");
  part.begin = at + static_cast<int64_t>(end) + 4;
  return part;
}

}  // namespace

Result<Upload> Upload::create() {
  const char* folder = "/tmp";
  const int fd = open(folder, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
  if (fd < 0) return unavailable("no temporary file for an upload");
  return Upload(fd);
}

Upload::Upload(Upload&& other) noexcept
    : fd_(std::exchange(other.fd_, -1)), size_(std::exchange(other.size_, 0)) {}

Upload::~Upload() {
  if (fd_ >= 0) close(fd_);
}

bool Upload::append(std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t wrote = pwrite(fd_, bytes.data(), bytes.size(), size_);
    if (wrote <= 0) return false;
    size_ += wrote;
    bytes.remove_prefix(static_cast<size_t>(wrote));
  }
  return true;
}

Result<std::string> Upload::read(int64_t offset, size_t most) const {
  std::string bytes(most, '\0');
  const ssize_t got = pread(fd_, bytes.data(), most, offset);
  if (got < 0) return unavailable("reading an upload failed");
  bytes.resize(static_cast<size_t>(got));
  return bytes;
}

Result<std::vector<Part>> find_parts(const Upload& upload, const std::string& content_type) {
  const std::string boundary = attribute(content_type, "boundary");
  if (!content_type.starts_with("multipart/form-data") || boundary.empty()) {
    return bad_multipart("Content-Type has no boundary.");
  }
  // RFC 2046, section 5.1.1. A longer one would make the search slow.
  if (boundary.size() > kBoundaryMax) {
    return bad_multipart("its boundary has more than 70 characters.");
  }
  const std::string opening = "--" + boundary;
  const std::string delimiter = "\r\n--" + boundary;
  int64_t at = TRY(find(upload, opening, 0));
  if (at < 0) return bad_multipart("its boundary does not appear.");
  at += static_cast<int64_t>(opening.size());
  std::vector<Part> parts;
  std::string after = TRY(upload.read(at, 2));
  while (after == "\r\n") {
    if (parts.size() >= kPartsMax) return bad_multipart("it has too many parts.");
    Part part = TRY(read_part(upload, at + 2));
    part.end = TRY(find(upload, delimiter, part.begin - 2));
    if (part.end < 0) return bad_multipart("it was cut.");
    if (part.end < part.begin) part.end = part.begin;
    at = part.end + static_cast<int64_t>(delimiter.size());
    parts.push_back(std::move(part));
    after = TRY(upload.read(at, 2));
  }
  if (after != "--") return bad_multipart("it was cut.");
  return parts;
}

}  // namespace dundun
