#include "common/carrier/carrier_file.h"

#include <algorithm>
#include <fstream>

namespace dundun {
namespace {

constexpr size_t kNameMax = 40;

}  // namespace

bool is_carrier_name(std::string_view name) {
  return !name.empty() && name.size() <= kNameMax && std::ranges::all_of(name, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
  });
}

Result<CarrierSecrets> read_carrier_file(const std::string& folder, std::string_view name) {
  if (!is_carrier_name(name)) return fail(ErrorCode::kNotFound, "Not Found");
  std::ifstream file(folder + "/" + std::string(name));
  if (!file) return fail(ErrorCode::kNotFound, "Not Found", "no file for this carrier");
  CarrierSecrets secrets;
  for (std::string line; std::getline(file, line);) {
    const size_t equals = line.find('=');
    if (line.starts_with('#') || equals == std::string::npos) continue;
    secrets[line.substr(0, equals)] = line.substr(equals + 1);
  }
  return secrets;
}

}  // namespace dundun
