// Prices and rates that come in files: by the command, and by the feed that the scheduler keeps to.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "common/io/json.h"
#include "tests/support/seed.h"
#include "tests/support/stack.h"
#include "tests/support/text.h"

namespace dundun {
namespace prices_test {

std::string file_text(const std::string& path) {
  std::ifstream file(path);
  return {std::istreambuf_iterator<char>(file), {}};
}

class PricesTest : public testing::Test {
 protected:
  PricesTest()
      : service_(Stack::shared().fresh_database(),
                 {.environment = {{"FX_FEED_FILE", feed()}, {"PRICING_MAX_AGE_S", "0"}}}) {
    std::filesystem::remove(feed());
  }
  static std::string feed() { return Stack::shared().folder() + "/fx.csv"; }
  Pg& pg() { return service_.pg(); }

  struct Run {
    int status;
    std::string output;
  };
  // The command on a file of this text.
  Run import(const std::string& kind, const std::string& text, const std::string& option = "") {
    const std::string file = Stack::shared().folder() + "/prices.csv";
    const std::string log = Stack::shared().folder() + "/prices.log";
    std::ofstream(file) << text;
    std::filesystem::remove(log);
    std::vector<std::string> command{Stack::shared().binary("dundunctl"), "--json", kind, "import",
                                     file};
    if (!option.empty()) command.push_back(option);
    const int status = run_command(command, service_.environment(), log);
    return {status, file_text(log)};
  }
  void write_feed(const std::string& text) { std::ofstream(feed()) << text; }
  // One scheduler's reading of the feed, to its end.
  void read_feed() {
    Process scheduler = service_.scheduler(1);
    scheduler.wait();
  }
  int64_t version() { return number_of(pg(), "select version from config_version"); }
  int64_t rows() {
    return number_of(pg(),
                     "select (select count(*) from route_prices) + (select count(*) from fx_rates) "
                     "+ (select count(*) from price_imports)");
  }
  std::string price(const std::string& code) {
    const auto document = JsonDocument::parse(client_.send("GET", "/v1/pricing").body);
    for (const JsonValue& item : document->root().items()) {
      if (item.find("code")->string() == code) {
        return format_micros(*item.find("price_per_segment")->money(), 2);
      }
    }
    return "";
  }

  Service service_;
  HttpClient client_ = service_.client();
};

TEST_F(PricesTest, AFileOfPricesIsInForceAtOnce) {
  const int64_t before = version();
  const Run run = import("price", "route,price_per_segment\r\nESMS_KE,1.25\r\nESMS_UG,35.00\r\n");
  EXPECT_EQ(run.status, 0) << run.output;
  EXPECT_EQ(run.output, R"({"given":2,"changed":1,"config_version":)" + std::to_string(before + 1) +
                            R"(,"dry_run":false})" + "\n");
  EXPECT_EQ(price("ESMS_KE"), "1.25");
  EXPECT_EQ(number_of(pg(),
                      "select count(*) from route_prices p join routes r using (route_id) "
                      "where r.code = 'ESMS_KE'"),
            2);
  // The same file again makes nothing new.
  EXPECT_TRUE(contains(import("price", "route;price_per_segment\nESMS_KE;1.25\n").output,
                       R"("changed":0)"));
  EXPECT_EQ(version(), before + 1);
}

TEST_F(PricesTest, AWrongFileChangesNothingAndNamesTheLine) {
  const int64_t before = rows();
  const int64_t version_before = version();
  const struct {
    const char* kind;
    const char* text;
    const char* said;
  } cases[] = {
      {"price", "", "no lines"},
      {"price", "route,price_per_segment\n", "no lines"},
      {"price", "route,price\nESMS_KE,1\n", "no column price_per_segment"},
      {"price", "route,price_per_segment\nESMS_KE,1.21\nESMS_XX,1\n", "no route ESMS_XX"},
      {"price", "route,price_per_segment\nESMS_KE,0\n", "line 2"},
      {"price", "route,price_per_segment\nESMS_KE,-1\n", "line 2"},
      {"price", "route,price_per_segment\nESMS_KE,1.21\nESMS_KE,1.22\n", "line 3"},
      {"price", "route,price_per_segment\nESMS_KE,12.10\n", "more than 50 %"},
      {"price", "route,price_per_segment,valid_from\nESMS_KE,1.21,tomorrow\n", "line 2"},
      {"fx", "currency,per_usd\nKES,130\nUGX,one\n", "line 3"},
      {"fx", "currency,per_usd\nKES,1291.3\n", "more than 20 %"},
      {"fx", "currency,per_usd\nkes,130\n", "no currency"},
      {"fx", "currency,per_usd\nUSD,1.01\n", "one USD"},
      {"fx", "currency,per_usd\nKES,99999999999999999999\n", "line 2"},
  };
  for (const auto& given : cases) {
    const Run run = import(given.kind, given.text);
    EXPECT_EQ(run.status, 1) << given.text;
    EXPECT_TRUE(contains(run.output, given.said)) << given.text << run.output;
  }
  EXPECT_EQ(rows(), before);
  EXPECT_EQ(version(), version_before);
  EXPECT_EQ(import("nothing", "").status, 2);
}

TEST_F(PricesTest, ALeapNeedsToBeMeantAndADryRunIsDry) {
  const std::string leap = "route,price_per_segment\nESMS_KE,12.10\n";
  const int64_t before = rows();
  EXPECT_EQ(import("price", "route,price_per_segment\nESMS_KE,1.21\n", "--dry-run").status, 0);
  EXPECT_EQ(rows(), before);
  EXPECT_EQ(import("price", leap, "--any-change").status, 0);
  EXPECT_EQ(price("ESMS_KE"), "12.10");
}

TEST_F(PricesTest, APriceOfTheFutureBeginsByItself) {
  const Instant soon = now() + std::chrono::seconds(5);
  EXPECT_EQ(
      import("price", "route,price_per_segment,valid_from\nESMS_KE,1.30," + format_z(soon) + "\n")
          .status,
      0);
  const std::string before = price("ESMS_KE");
  if (now() < soon - std::chrono::seconds(1)) {
    EXPECT_EQ(before, "1.20");
  }
  Process scheduler = service_.scheduler(20);
  EXPECT_TRUE(wait_until([&] { return price("ESMS_KE") == "1.30"; }));
  scheduler.stop();
}

TEST_F(PricesTest, TheFeedMovesTheRatesOnce) {
  read_feed();  // announces the prices that the database was made with
  const int64_t before = version();
  write_feed("currency,per_usd\nKES,130.5\nUGX,3726\n");
  read_feed();
  EXPECT_EQ(version(), before + 1);
  EXPECT_EQ(number_of(pg(),
                      "select count(*) from fx_rates where currency = 'KES' and "
                      "per_usd_micros = 130500000"),
            1);
  EXPECT_EQ(number_of(pg(), "select count(*) from price_imports"), 1);
  read_feed();
  EXPECT_EQ(version(), before + 1);
  EXPECT_EQ(number_of(pg(), "select count(*) from price_imports"), 1);
}

TEST_F(PricesTest, ABrokenFeedChangesNothingAndAlarms) {
  const int64_t before = rows();
  for (const char* text : {"", "currency,per_usd\nKES,13.05\n", "<html>moved</html>",
                           "currency,per_usd\nUGX,3727\nKES,\n"}) {
    write_feed(text);
    read_feed();
  }
  std::filesystem::last_write_time(
      feed(), std::filesystem::file_time_type::clock::now() - std::chrono::hours(25));
  read_feed();
  std::filesystem::remove(feed());
  read_feed();
  EXPECT_EQ(rows(), before);
  const std::string log = file_text(service_.folder() + "/scheduler.log");
  for (const char* why :
       {"cannot be read", "more than 20 %", "no lines", "line 3", "too old", "no such file"}) {
    EXPECT_TRUE(contains(log, why)) << why;
  }
  EXPECT_TRUE(contains(log, "fx_feed_refused"));
}

TEST_F(PricesTest, ThePriceListIsKeptByNginxAndKnownByItsETag) {
  Service service(service_.database(), {.environment = {{"PRICING_MAX_AGE_S", "60"}}});
  HttpClient client = service.client();
  const HttpAnswer first = client.send("GET", "/api/pricing");
  EXPECT_EQ(first.headers.at("cache-control"), "public, max-age=60");
  const std::string etag = first.headers.at("etag");
  sql_of_test(pg(), "update routes set is_active = false where code = 'ESMS_KE'");
  configuration_changed(pg(), Stack::shared().redis_url());
  const HttpAnswer kept = client.send("GET", "/v1/pricing");
  EXPECT_EQ(kept.body, first.body);
  EXPECT_NE(kept.headers.at("x-request-id"), first.headers.at("x-request-id"));
  const HttpAnswer same = client.send("GET", "/api/pricing", {{"If-None-Match", etag}});
  EXPECT_EQ(same.status, 304);
  EXPECT_EQ(same.body, "");
  EXPECT_EQ(price("ESMS_KE"), "") << "not kept where PRICING_MAX_AGE_S is 0";
}

TEST_F(PricesTest, HeadAndGetOfWhatIsPublicAreOneThing) {
  Service service(service_.database(), {.environment = {{"PRICING_MAX_AGE_S", "60"}}});
  HttpClient client = service.client();
  const std::string etag = client.send("GET", "/api/pricing").headers.at("etag");
  sql_of_test(pg(), "update config_version set version = version + 1");
  configuration_changed(pg(), Stack::shared().redis_url());
  const HttpAnswer head = client.send("HEAD", "/v1/pricing", {{"If-None-Match", etag}});
  EXPECT_EQ(head.status, 304);
  EXPECT_EQ(head.headers.at("etag"), etag);
}

}  // namespace prices_test
}  // namespace dundun
