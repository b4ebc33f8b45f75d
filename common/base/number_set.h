// A set of numbers other than zero, to find repeated ones among half a million phone numbers. Open
// addressing, at most 16 bytes a member.
#pragma once

#include <charconv>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

namespace dundun {

// E.164 has at most 15 digits, so a number ("+254712345678") is an integer.
inline uint64_t number_of_e164(std::string_view e164) {
  uint64_t digits = 0;
  std::from_chars(e164.data() + 1, e164.data() + e164.size(), digits);
  return digits;
}

class NumberSet {
 public:
  explicit NumberSet(size_t expected = 0) { grow_to(expected); }

  bool insert(uint64_t number) {  // false: it was there
    if ((count_ + 1) * 2 > slots_.size()) grow_to(count_ * 2 + 1);
    uint64_t& slot = slot_of(number);
    if (slot == number) return false;
    slot = number;
    ++count_;
    return true;
  }
  bool contains(uint64_t number) { return slot_of(number) == number; }
  size_t size() const { return count_; }

 private:
  uint64_t& slot_of(uint64_t number) {
    size_t at = (number * 0x9E3779B97F4A7C15u) >> shift_;
    while (slots_[at] != 0 && slots_[at] != number) at = (at + 1) & (slots_.size() - 1);
    return slots_[at];
  }
  void grow_to(size_t expected) {
    int bits = 4;
    while ((size_t{1} << bits) < expected * 2) ++bits;
    std::vector<uint64_t> old(size_t{1} << bits);
    old.swap(slots_);
    shift_ = 64 - bits;
    for (const uint64_t number : old) {
      if (number != 0) slot_of(number) = number;
    }
  }
  std::vector<uint64_t> slots_;
  size_t count_ = 0;
  int shift_ = 60;
};

}  // namespace dundun
