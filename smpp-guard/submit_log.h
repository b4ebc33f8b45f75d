// Which submits have gone to the SMSC, by the reference that each bears, in an append-only file. So
// a repeat gets the first answer, even after both sides were killed.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "common/base/result.h"

namespace dundun {

int64_t unix_now_s();

class SubmitLog {
 public:
  struct Answer {
    uint32_t status = 0;
    std::string smsc_id;
  };
  enum class State {
    kNew,       // not sent, or certainly not taken
    kWaiting,   // sent, its answer may still come
    kAnswered,  // `answer`
    kInDoubt,   // sent, and no answer can come any more
  };
  struct Entry {
    State state = State::kNew;
    bool told = false;  // our API knows that it failed
    Answer answer;
    int64_t at_s = 0;        // UNIX time
    uint64_t recipient = 0;  // as recipient_key() has it; 0: not known, or no matter any more
  };

  // How much is remembered. What is older, or too much, is forgotten, the oldest first, unless our
  // API has still to be told of it.
  struct Limits {
    std::chrono::seconds keep{3 * 24 * 3600};
    size_t entries_max = 5'000'000;
  };
  // Reads the file of an earlier process. Submits that it waited for are in doubt.
  static Result<SubmitLog> open(const std::string& path, const Limits& limits);
  SubmitLog(SubmitLog&& other) noexcept;
  SubmitLog& operator=(SubmitLog&&) = delete;
  ~SubmitLog();

  const Entry* find(const std::string& reference) const;
  // Whether a message that may first have been submitted at this time (UNIX time) may have been
  // forgotten. If so, that it is not found does not make it new.
  bool may_have_forgotten(int64_t first_at_s) const;
  // The reference of the message with this id of the SMSC, in either notation; nullptr: unknown.
  const std::string* reference_of(const std::string& smsc_id) const;
  // The references of submits that were refused or are in doubt, and of which our API was not told.
  std::vector<std::string> failed() const;
  // Note a submit's state. They count only after flush() has returned.
  void sent(const std::string& reference, uint64_t recipient);
  void answered(const std::string& reference, Answer answer);
  void not_taken(const std::string& reference);  // may be sent again
  // This is not written: after a restart the submit is found as sent and unanswered, which is the
  // same.
  void in_doubt(const std::string& reference);
  void told(const std::string& reference);

  // Writes new lines to the disk. kUnavailable: then nothing may be sent now.
  Status flush();
  // Forgets what the limits say. Rewrites the file once most of it is old.
  Status forget_old();

 private:
  SubmitLog(std::string path, const Limits& limits);
  void read_line(std::string_view line);
  void remember_id(const std::string& reference, const Entry& entry);
  void add_line(char what, const std::string& reference, const Entry& entry);
  void add_all_lines();
  Status rewrite();
  void forget();

  std::string path_;
  Limits limits_;
  int64_t horizon_s_ = 0;  // everything sent until then may have been forgotten
  int fd_ = -1;
  std::string unwritten_;
  size_t lines_ = 0;
  std::unordered_map<std::string, Entry> entries_;
  std::unordered_map<std::string, std::string> by_id_;  // normalised id -> reference
};

}  // namespace dundun
