// Submits that the SMSC may have taken without our hearing of it: its answer was lost, or the link
// was cut. A receipt may still tell. It has an id that nobody here knows, and the recipient: if one
// submit only is in doubt for this recipient, the receipt is that submit's.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace dundun {

// A number as it stands in a submit or in a receipt, in whatever form: the last digits decide. Not
// the number itself, because it stands in the log. 0: there are no digits in it.
uint64_t recipient_key(std::string_view number);

class Doubts {
 public:
  using Clock = std::chrono::steady_clock;
  struct Doubt {
    uint64_t recipient = 0;
    int64_t sent_s = 0;  // UNIX time
    Clock::time_point until{};
  };

  void open(const std::string& reference, const Doubt& doubt);
  // Its fate is known.
  void close(const std::string& reference);
  // Whose receipt it is that came at this time (UNIX time) for this recipient. Empty: nobody's, or
  // that of one of several messages. Parts of one text get theirs in any order: they have one
  // verdict.
  std::string owner(uint64_t recipient, int64_t came_s) const;
  // No receipt can come at present: everybody has more time.
  void extend(std::chrono::seconds by);
  // Closes those whose time is over, and gives their references.
  std::vector<std::string> take_late(Clock::time_point at);

 private:
  std::unordered_map<std::string, Doubt> doubts_;  // by reference
  std::unordered_multimap<uint64_t, std::string> by_recipient_;
};

}  // namespace dundun
