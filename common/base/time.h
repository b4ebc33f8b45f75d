// Moments in UTC, to the microsecond, and their RFC 3339 forms (Z, or +00:00 for scheduled_at).
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace dundun {

using Instant = std::chrono::sys_time<std::chrono::microseconds>;

Instant now();

// Microseconds since 1970. PostgreSQL's binary timestamptz counts from 2000 instead.
inline int64_t unix_micros(Instant at) { return at.time_since_epoch().count(); }
inline constexpr int64_t kPostgresEpochMicros = 946'684'800'000'000;

// "2026-05-02T12:00:05Z": whole seconds.
std::string format_z(Instant at);
// "2026-05-02T12:00:05.120Z": milliseconds (Gravity, and our own event times).
std::string format_z_ms(Instant at);
// "2026-05-02T12:00:05+00:00": what scheduled_at shows.
std::string format_offset(Instant at);

// RFC 3339 with `Z` or a numeric offset, `T` or a space, up to 9 fractional digits, and what ISO
// 8601 also has: no seconds, offsets +0300 and +03. An offset is required. nullopt for anything
// else, impossible dates and leap seconds included.
std::optional<Instant> parse_rfc3339(std::string_view text);

// A time as it was written, which stands for all that its last digit leaves open: a date for its
// UTC day, "12:00:05" for the whole second. Both ends are whole milliseconds, as ids are.
struct WrittenTime {
  Instant at;
  Instant end;  // exclusive
};
// What parse_rfc3339 takes, and a bare date.
std::optional<WrittenTime> parse_written_time(std::string_view text);

// Whether `text` would be such a time if the space before its offset were a plus: a query value
// whose + was not escaped.
bool has_lost_plus(std::string_view text);

}  // namespace dundun
