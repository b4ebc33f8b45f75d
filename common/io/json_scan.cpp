#include "common/io/json_scan.h"

#include <charconv>

namespace dundun {
namespace {

// Walks the text once, knowing only strings and brackets.
class PreScan {
 public:
  PreScan(std::string_view text, int depth_max) : text_(text), depth_max_(depth_max) {}

  // The reason to refuse, or nullptr.
  const char* refuse() {
    for (; at_ < text_.size(); ++at_) {
      const char c = text_[at_];
      if (c == '\0') return "a NUL character";  // RapidJSON would take it for the end
      const char* const why = in_string_ ? inside(c) : outside(c);
      if (why != nullptr) return why;
    }
    return nullptr;
  }

 private:
  const char* outside(char c) {
    if (c == '"') in_string_ = true;
    if (c == '[' || c == '{') ++depth_;
    if (c == ']' || c == '}') --depth_;
    return depth_ > depth_max_ ? "nested too deeply" : nullptr;
  }

  const char* inside(char c) {
    if (c == '"') in_string_ = false;
    if (c != '\\') return nullptr;
    if (text_.substr(at_ + 1, 1) != "u") {
      ++at_;  // an escaped quote does not end the string
      return nullptr;
    }
    const int unit = escaped_unit(at_);
    if (unit < 0) return nullptr;  // the parser says what is wrong with it
    if (unit >= 0xDC00 && unit <= 0xDFFF) return "a lone surrogate";
    if (unit >= 0xD800 && unit <= 0xDBFF) {
      const int low = escaped_unit(at_ + 6);
      if (low < 0xDC00 || low > 0xDFFF) return "a lone surrogate";
      at_ += 6;
    }
    at_ += 5;
    return nullptr;
  }

  // The code unit of a \uXXXX escape that starts at `start`, -1 if there is none.
  int escaped_unit(size_t start) const {
    if (start + 6 > text_.size() || text_[start] != '\\' || text_[start + 1] != 'u') return -1;
    int unit = -1;
    const char* const digits = text_.data() + start + 2;
    const auto [end, error] = std::from_chars(digits, digits + 4, unit, 16);
    return error == std::errc() && end == digits + 4 && unit >= 0 ? unit : -1;
  }

  std::string_view text_;
  size_t at_ = 0;
  int depth_max_;
  int depth_ = 0;
  bool in_string_ = false;
};

}  // namespace

const char* refused_by_scan(std::string_view text, int depth_max) {
  return PreScan(text, depth_max).refuse();
}

}  // namespace dundun
