// Time zones as requests name them, in the form that PostgreSQL reads as they were meant.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace dundun {

// What `at time zone` is to get for an IANA name (whether there is such a zone the database knows)
// or an offset as ISO 8601 reads it: +03:00, +0300, +03, UTC+03:00 and GMT+3 lie east of Greenwich.
// An offset becomes "<+03:00>-03:00": PostgreSQL takes a bare +03:00 for POSIX, which counts to the
// west; in this form it says both, and nobody can take one for the other.
// nullopt for anything else: POSIX strings (Foo+3, EST5EDT) would run backwards, and abbreviations
// (IST, EST, CET) mean several zones, of which PostgreSQL picks one without summer time.
std::optional<std::string> parse_time_zone(std::string_view text);

// The same zone for people: "+03:00", or the IANA name.
std::string_view shown_time_zone(std::string_view stored);

}  // namespace dundun
