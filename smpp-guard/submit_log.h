// What has gone to the SMSC, by the reference that each submit bears, kept in an append-only file:
// whoever asks a second time, even after both sides were killed, gets the first one's answer.
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
    kInDoubt,   // sent, and nobody will answer any more
  };
  struct Entry {
    State state = State::kNew;
    Answer answer;
    int64_t at_s = 0;  // UNIX time
  };

  // Reads what an earlier process left; what it was waiting for is in doubt.
  static Result<SubmitLog> open(const std::string& path, std::chrono::seconds keep);
  SubmitLog(SubmitLog&& other) noexcept;
  SubmitLog& operator=(SubmitLog&&) = delete;
  ~SubmitLog();

  const Entry* find(const std::string& reference) const;
  // Of the message that has this id of the SMSC's, in either notation; nullptr: none that is known.
  const std::string* reference_of(const std::string& smsc_id) const;
  // What was refused or is in doubt.
  std::vector<std::string> failed() const;
  // These count once flush() has returned.
  void sent(const std::string& reference);
  void answered(const std::string& reference, Answer answer);
  void not_taken(const std::string& reference);  // may be sent again
  // Not written: a restart finds it sent and unanswered.
  void in_doubt(const std::string& reference);

  // Writes to the disk what is new. kUnavailable: nothing may leave now.
  Status flush();
  // Forgets what is older than `keep`; writes the file anew once most of it is.
  Status forget_old();

 private:
  SubmitLog(std::string path, std::chrono::seconds keep);
  void read_line(std::string_view line);
  void remember_id(const std::string& reference, const Entry& entry);
  void add_line(char what, const std::string& reference, const Entry& entry);
  Status rewrite();
  void forget_older_than(int64_t oldest);

  std::string path_;
  std::chrono::seconds keep_;
  int fd_ = -1;
  std::string unwritten_;
  size_t lines_ = 0;
  std::unordered_map<std::string, Entry> entries_;
  std::unordered_map<std::string, std::string> by_id_;  // normalised id -> reference
};

}  // namespace dundun
