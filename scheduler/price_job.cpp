#include "scheduler/price_job.h"

#include <filesystem>
#include <fstream>

#include "common/base/log.h"
#include "common/base/metrics.h"
#include "common/io/crypto.h"
#include "common/prices/price_file.h"
#include "sql/prices.h"

namespace dundun {
namespace {

namespace fs = std::filesystem;

Error feed_error(const char* what) { return fail(ErrorCode::kInvalidRequest, what); }

Result<std::string> read_feed(const Config& config) {
  std::error_code error;
  const fs::path path(config.fx_feed_file);
  const auto changed_at = fs::last_write_time(path, error);
  if (error || !fs::is_regular_file(path, error)) return feed_error("there is no such file");
  if (fs::file_time_type::clock::now() - changed_at >
      std::chrono::seconds(config.fx_feed_max_age_s)) {
    return feed_error("the file is too old");
  }
  std::ifstream file(path, std::ios::binary);
  std::string text(kPriceFileBytesMax + 1, '\0');
  file.read(text.data(), static_cast<std::streamsize>(text.size()));
  text.resize(static_cast<size_t>(file.gcount()));
  if (file.bad() || text.empty()) return feed_error("the file cannot be read");
  return text;
}

Result<PriceImport> take_feed(Pg& pg, const Config& config) {
  const std::string text = TRY(read_feed(config));
  const PgRows last = TRY(pg.run(sql::last_import, {"fx"}));
  if (last.size() > 0 && last.text(0, sql::last_import.sha256) == sha256(text))
    return PriceImport{};
  return import_price_file(pg, PriceKind::kRates, text,
                           {.change_percent_max = config.fx_change_max_percent});
}

}  // namespace

void read_fx_feed(Pg& pg, Redis& redis, const Config& config) {
  if (config.fx_feed_file.empty()) return;
  const auto done = take_feed(pg, config);
  gauge("dundun_fx_feed_ok").set(done ? 1 : 0);
  if (!done) {
    const std::string& why = done.error().message;
    log(LogLevel::kError, "fx_feed_refused", {{"detail", std::string_view(why)}});
  } else if (done->given > 0) {
    log(LogLevel::kInfo, "fx_feed_taken", {{"rates", done->given}, {"changed", done->changed}});
    announce_configuration(pg, redis);
  }
}

}  // namespace dundun
