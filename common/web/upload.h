// A request body that is too big for memory, in a temporary file without a name.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/result.h"

namespace dundun {

class Upload {
 public:
  // kUnavailable if no file can be made.
  static Result<Upload> create();
  Upload(Upload&& other) noexcept;
  ~Upload();

  bool append(std::string_view bytes);  // false: the disk is full
  int64_t size() const { return size_; }
  // At most `most` bytes from `offset`.
  Result<std::string> read(int64_t offset, size_t most) const;

 private:
  explicit Upload(int fd) : fd_(fd) {}
  int fd_;
  int64_t size_ = 0;
};

// One part of a multipart/form-data body (RFC 7578): where its content lies.
struct Part {
  std::string name;
  std::string file_name;
  int64_t begin = 0;
  int64_t end = 0;
};

// kInvalidRequest if the body is not what its Content-Type says, or is cut off.
Result<std::vector<Part>> find_parts(const Upload& upload, const std::string& content_type);

}  // namespace dundun
