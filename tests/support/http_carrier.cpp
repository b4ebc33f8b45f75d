#include "tests/support/http_carrier.h"

#include <filesystem>
#include <fstream>
#include <iterator>

#include "common/io/crypto.h"
#include "tests/support/seed.h"
#include "tests/support/stack.h"

namespace dundun {

std::string shipped_description(const std::string& name, const std::string& members) {
  std::ifstream file(Stack::shared().root() + "/deploy/carriers/" + name + ".json");
  const std::string text((std::istreambuf_iterator<char>(file)), {});
  return "{" + members + R"("private_addresses": true,)" + text.substr(text.find('{') + 1);
}

void take_over(Pg& pg, const std::string& folder, const HttpCarrier& carrier) {
  std::filesystem::create_directories(folder);
  std::ofstream file(folder + "/" + carrier.name);
  for (const auto& [name, value] : carrier.secrets) file << name << "=" << value << "\n";
  file.close();
  sql_of_test(pg, "insert into carriers (carrier, secret_hashes, kind, settings) values ('" +
                      carrier.name + "', array['\\x" + to_hex(sha256(kCarrierSecret)) +
                      "'::bytea], 'http', $d$" + carrier.description + "$d$)");
  sql_of_test(pg, "update routes set connector = '" + carrier.name + "'");
}

}  // namespace dundun
