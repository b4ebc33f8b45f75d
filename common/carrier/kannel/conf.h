// A kannel.conf as Kannel reads it: groups of `name = value`, apart by empty lines. Source: Kannel
// 1.4.5 User's Guide, "Configuration file syntax".
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "common/base/result.h"

namespace dundun {

inline constexpr size_t kKannelConfBytesMax = 1 << 20;
inline constexpr size_t kKannelGroupsMax = 5000;

struct KannelGroup {
  int line = 0;      // where it begins, from 1 on
  std::string name;  // core, smsc, sendsms-user …; of an include directive "include"
  std::vector<std::pair<std::string, std::string>> fields;  // in their order, `group` aside

  // The last one of this name, as in Kannel; "" if there is none.
  std::string_view find(std::string_view field) const;
  // Of a list such as "254;255" or "a,b": its parts, blanks taken off.
  std::vector<std::string> list(std::string_view field, std::string_view marks) const;
};

// kInvalidRequest names the line: no `=`, no group at the begin of a block, a quote without its
// end, too large.
Result<std::vector<KannelGroup>> parse_kannel_conf(std::string_view text);

}  // namespace dundun
