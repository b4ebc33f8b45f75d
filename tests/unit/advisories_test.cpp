// Inputs of published advisories (deploy/libraries.md; seeds of the fuzz targets): each is read or
// refused, and nothing else happens.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>

#include "common/carrier/http/callback.h"
#include "common/io/json.h"
#include "common/io/outbound_url.h"
#include "common/web/router.h"

namespace dundun {
namespace advisories_test {

std::vector<std::pair<std::string, std::string>> seeds(const std::string& target) {
  std::vector<std::pair<std::string, std::string>> found;
  for (const auto& file : std::filesystem::directory_iterator("tests/fuzz/seeds/" + target)) {
    if (!file.path().filename().string().starts_with("cve_")) continue;
    std::ifstream text(file.path());
    found.emplace_back(file.path().filename(),
                       std::string((std::istreambuf_iterator<char>(text)), {}));
  }
  EXPECT_FALSE(found.empty()) << target;
  return found;
}

// RapidJSON converts no number: it is text until we convert it exactly.
TEST(AdvisoriesTest, NumbersOfRapidJsonAreText) {
  for (const auto& [name, text] : seeds("json")) {
    const auto document = JsonDocument::parse(text);
    if (document) {
      EXPECT_EQ(to_json(document->root()), text) << name;
    }
  }
}

TEST(AdvisoriesTest, TheSameInACarriersCallback) {
  DlrMapping mapping;
  mapping.list = *ValuePath::parse("/r");
  mapping.id = *ValuePath::parse("/id");
  mapping.status = {*ValuePath::parse("/s/name")};
  for (const auto& [name, text] : seeds("http_callback")) {
    EXPECT_FALSE(read_receipts(mapping, CarrierDocument::of_text(text))) << name;
  }
  for (const auto& [name, text] : seeds("callback")) {
    std::vector<std::pair<std::string, std::string>> fields;
    EXPECT_TRUE(parse_query(text, fields)) << name;
  }
}

// A host that two readers would read differently is none that we call.
TEST(AdvisoriesTest, AHostWithTwoReadingsIsRefused) {
  const auto rules = OutboundRules::parse("");
  for (const auto& [name, text] : seeds("outbound_url")) {
    EXPECT_FALSE(OutboundUrl::parse(text, *rules)) << name;
  }
}

}  // namespace advisories_test
}  // namespace dundun
