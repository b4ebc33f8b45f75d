// Words of the wallet's ledger.
#pragma once

#include <cstdint>
#include <string_view>

namespace dundun {

// ledger_entries.type as clients see it.
std::string_view ledger_type_name(int16_t type);

}  // namespace dundun
