// prices routes|fx FILE [--any-change] [--dry-run]: puts a file of prices or rates into force.
// Prints a line of JSON. Exit status 0: done; 1: refused, nothing changed; 2: called wrongly.
#include <cstdio>
#include <cstring>
#include <fstream>
#include <iterator>
#include <string>

#include "common/base/config.h"
#include "common/io/json.h"
#include "common/prices/price_import.h"

namespace {

using namespace dundun;

constexpr int kPriceChangeMaxPercent = 50;  // beyond it --any-change is needed

int usage() {
  std::fputs("usage: prices routes|fx FILE [--any-change] [--dry-run]\n", stderr);
  return 2;
}

int refuse(const std::string& why) {
  JsonWriter json;
  json.begin_object().member("error", std::string_view(why)).end_object();
  std::fprintf(stderr, "%s\n", json.text().c_str());
  return 1;
}

int import_file(const Config& config, PriceKind kind, const char* path,
                const ImportBounds& bounds) {
  std::ifstream file(path, std::ios::binary);
  if (!file) return refuse(std::string("cannot read ") + path);
  const std::string text{std::istreambuf_iterator<char>(file), {}};
  Pg pg({.url = config.database_url, .application = "dundun prices"});
  Redis redis({.url = config.redis_url, .timeout = config.redis_timeout});
  const auto done = import_prices(pg, kind, text, bounds);
  if (!done) return refuse(done.error().message + " " + done.error().detail);
  if (!bounds.dry_run) announce_configuration(pg, redis);
  JsonWriter json;
  json.begin_object()
      .member("given", done->given)
      .member("changed", done->changed)
      .member("config_version", done->config_version)
      .member("dry_run", bounds.dry_run)
      .end_object();
  std::printf("%s\n", json.text().c_str());
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 3) return usage();
  const bool prices = std::strcmp(argv[1], "routes") == 0;
  if (!prices && std::strcmp(argv[1], "fx") != 0) return usage();
  bool any_change = false;
  ImportBounds bounds;
  for (int i = 3; i < argc; ++i) {
    if (std::strcmp(argv[i], "--any-change") == 0) {
      any_change = true;
    } else if (std::strcmp(argv[i], "--dry-run") == 0) {
      bounds.dry_run = true;
    } else {
      return usage();
    }
  }
  const auto config = dundun::Config::from_environment("prices");
  if (!config) return refuse(config.error().message);
  if (!any_change) {
    bounds.change_percent_max = prices ? kPriceChangeMaxPercent : config->fx_change_max_percent;
  }
  return import_file(*config, prices ? PriceKind::kPrices : PriceKind::kRates, argv[2], bounds);
}
