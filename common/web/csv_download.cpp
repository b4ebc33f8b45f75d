#include "common/web/csv_download.h"

#include <optional>
#include <thread>
#include <utility>

#include "common/base/config.h"
#include "common/base/time.h"
#include "common/web/export_slots.h"
#include "common/web/replica.h"

namespace dundun {
namespace {

constexpr int kRetryAfterS = 10;
// A page of a rare status may lie behind millions of rows: longer than other statements, but not so
// long that a process that is to end waits for it until it is killed, and shorter than nginx waits
// (fastcgi_read_timeout of the downloads' locations).
constexpr std::chrono::milliseconds kPageTimeout{10'000};
constexpr std::chrono::milliseconds kRelinkAfter{250};

// A connection of its own: one from the pool would be missing there for minutes.
struct Download {
  ExportSlots::Slot slot;
  Replica& replica;
  Pg pg;
  std::optional<Pg> standby;  // as long as it may be read
  std::string header;
  CsvPage next_page;

  // A lost link costs the reader nothing: a page that failed is read again over a new one, and one
  // that the standby failed to give is read from the primary.
  Result<std::string> page() {
    if (standby && replica.usable()) {
      Result<std::string> lines = next_page(*standby);
      if (lines) return lines;
      replica.avoid();
    }
    standby.reset();
    Result<std::string> lines = next_page(pg);
    if (lines || pg.last_failure() != PgFailure::kLink) return lines;
    std::this_thread::sleep_for(kRelinkAfter);
    return next_page(pg);
  }

  Result<std::string> next() {
    std::string lines = TRY(page());
    // Free before the reader sees the end: its next download may follow at once.
    if (lines.empty()) slot.reset();
    if (!header.empty()) lines.insert(0, std::exchange(header, {}));
    return lines;
  }
};

Pg::Options page_options(const Config& config, const std::string& url, int64_t account_id) {
  return {.url = url,
          .statement_timeout = kPageTimeout,
          .generic_plans = !config.custom_plans,
          .account_id = account_id};
}

// Whether only the account's own are taken.
Error busy(bool is_own) {
  Error error = is_own ? fail(ErrorCode::kRateLimited, "Another download of yours is running.")
                       : unavailable("all downloads of this process are taken");
  if (!is_own) error.message = "Too many downloads are running, please retry.";
  error.retry_after_s = kRetryAfterS;
  return error;
}

}  // namespace

Result<Response> csv_download(const Services& services, int64_t account_id, std::string_view name,
                              std::string_view header, CsvPage next_page) {
  ExportSlots::Slot slot = services.exports.take(account_id);
  if (!slot) return busy(services.exports.has_free());
  const Config& config = services.config;
  std::optional<Pg> standby;
  if (services.replica.usable())
    standby.emplace(page_options(config, config.database_url_read, account_id));
  auto download = std::make_shared<Download>(Download{
      std::move(slot), services.replica, Pg(page_options(config, config.database_url, account_id)),
      std::move(standby), std::string(header) + "\r\n", std::move(next_page)});
  Response response;
  response.content_type = "text/csv; charset=utf-8";
  const std::string date = format_z(now()).substr(0, 10);
  response.headers.emplace_back(
      "Content-Disposition", "attachment; filename=\"" + std::string(name) + "-" + date + ".csv\"");
  response.stream = [download] { return download->next(); };
  return response;
}

}  // namespace dundun
