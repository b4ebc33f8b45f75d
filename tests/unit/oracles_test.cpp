// Others' programs are asked the same, and say the same: npm's libphonenumber-js of numbers,
// Python's csv module of files, npm's standardwebhooks of our calls, and a second implementation of
// the standards of texts (tests/oracles). DUNDUN_FULL=1 asks them a million, 10,000 and 100,000
// times.
#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <functional>
#include <sstream>

#include "common/base/ids.h"
#include "common/io/crypto.h"
#include "common/io/csv.h"
#include "common/io/json.h"
#include "common/sms/encoding.h"
#include "common/sms/msisdn.h"
#include "common/webhooks/call.h"

namespace dundun {
namespace oracles_test {

bool full_size() { return std::getenv("DUNDUN_FULL") != nullptr; }

// Each line that a command prints; its status.
int for_each_line(const std::string& command, const std::function<void(const std::string&)>& take) {
  FILE* const output = popen(command.c_str(), "r");
  if (output == nullptr) return -1;
  char* line = nullptr;
  size_t room = 0;
  for (ssize_t size = 0; (size = getline(&line, &room, output)) > 0;) {
    take(std::string(line, static_cast<size_t>(size) - 1));
  }
  free(line);
  return pclose(output);
}

// The package must be the one that the build's plans are of, or the two differ by their dates.
bool plans_are_of_package() {
  std::ifstream plans("common/sms/numbering_plans.txt"), lock("deploy/dev/npm/package.json");
  std::string first, package{std::istreambuf_iterator<char>(lock), {}};
  std::getline(plans, first);
  const size_t at = package.find("\"libphonenumber-js\": \"");
  if (at == std::string::npos) return false;
  const size_t begin = package.find('"', at + 20) + 1;
  const std::string version = package.substr(begin, package.find('"', begin) - begin);
  return first.find("libphonenumber-js " + version + " ") != std::string::npos;
}

std::string dash_if_empty(std::string_view text) { return text.empty() ? "-" : std::string(text); }

// What we say, in the oracle's words.
std::string said_of(const std::string& text) {
  const PhoneFacts facts = describe_phone(text);
  if (!facts.valid) return text + " - - -";
  return text + " " + facts.e164 + " " + dash_if_empty(facts.country) + " " +
         std::string(facts.type);
}

// Npm's library calls every number of a country without mobiles fixed_line_or_mobile; Google's,
// which is ours, does not. That is Tristan da Cunha.
std::string without_known_differences(std::string line) {
  constexpr std::string_view kTheirs = " TA fixed_line_or_mobile";
  if (line.ends_with(kTheirs))
    line.replace(line.size() - kTheirs.size(), kTheirs.size(), " TA fixed_line");
  return line;
}

TEST(OraclesTest, NumbersAreWhatNpmSaysOfThem) {
  ASSERT_TRUE(plans_are_of_package());
  ASSERT_EQ(std::system("deploy/dev/npm.sh"), 0);
  const std::string sizes = full_size() ? "4 1000000 " : "2 20000 ";
  int64_t asked = 0, valid = 0, differences = 0;
  const int status = for_each_line(
      "NODE_PATH=build/npm/node_modules node tests/oracles/numbers.mjs " + sizes + "7",
      [&](const std::string& line) {
        const std::string text = line.substr(0, line.find(' '));
        const std::string ours = said_of(text);
        ++asked;
        valid += line.ends_with(" - - -") ? 0 : 1;
        if (ours != without_known_differences(line) && ++differences <= 20)
          ADD_FAILURE() << "npm: " << line << "\nwe:  " << ours;
      });
  EXPECT_EQ(status, 0);
  EXPECT_EQ(differences, 0) << "of " << asked;
  EXPECT_GT(asked, full_size() ? 1'000'000 : 30'000);
  EXPECT_GT(valid, asked / 20);
}

using Rows = std::vector<CsvReader::Row>;

// nullopt: it is refused.
std::optional<Rows> rows_of(const std::string& file, char separator, size_t cut) {
  Rows rows;
  CsvReader reader(separator, [&rows](CsvReader::Row& row) { return rows.push_back(row), true; });
  const std::string_view text = file;
  if (reader.feed(text.substr(0, cut)) && reader.feed(text.substr(cut)) && reader.finish())
    return rows;
  return std::nullopt;
}

TEST(OraclesTest, CsvFilesAreWhatPythonReads) {
  const std::string command =
      std::string("python3 tests/oracles/csv_rows.py ") + (full_size() ? "10000" : "2000") + " 7";
  int64_t asked = 0, refused = 0;
  const int status = for_each_line(command, [&](const std::string& line) {
    const auto document = JsonDocument::parse(line);
    ASSERT_TRUE(document) << line;
    const JsonValue root = document->root();
    const std::string file(root.find("file")->string());
    const char separator = root.find("separator")->string().front();
    std::optional<Rows> theirs;
    if (const JsonValue rows = *root.find("rows"); !rows.is_null()) {
      theirs.emplace();
      for (const JsonValue& row : rows.items()) {
        theirs->emplace_back();
        for (const JsonValue& field : row.items()) theirs->back().emplace_back(field.string());
      }
    }
    ++asked;
    refused += theirs ? 0 : 1;
    EXPECT_EQ(rows_of(file, separator, file.size() / 2), theirs) << line;
  });
  EXPECT_EQ(status, 0);
  EXPECT_GE(asked, 2000);
  EXPECT_GT(refused, 50);
}

TEST(OraclesTest, SegmentsAreThoseOfTheStandards) {
  const std::string command =
      std::string("python3 tests/oracles/segments.py ") + (full_size() ? "100000" : "5000") + " 7";
  int64_t asked = 0, several = 0;
  const int status = for_each_line(command, [&](const std::string& line) {
    const auto document = JsonDocument::parse(line);
    ASSERT_TRUE(document) << line;
    const JsonValue root = document->root();
    const auto count = count_segments(root.find("text")->string());
    ASSERT_TRUE(count) << line;
    ++asked;
    several += count->segments > 1 ? 1 : 0;
    EXPECT_EQ(encoding_name(count->encoding), root.find("encoding")->string()) << line;
    EXPECT_EQ(count->units, root.find("units")->integer()) << line;
    EXPECT_EQ(count->segments, root.find("segments")->integer()) << line;
  });
  EXPECT_EQ(status, 0);
  EXPECT_GE(asked, 5000);
  EXPECT_GT(several, 1000);
}

// Bodies of every kind, during a rotation too; each also with one sign changed.
TEST(OraclesTest, NpmsReceiverTakesOurWebhooksAndNoOthers) {
  ASSERT_EQ(std::system("deploy/dev/npm.sh"), 0);
  const std::string older = "whsec_" + to_base64(random_bytes(24));
  const std::string newer = "whsec_" + to_base64(random_bytes(32));
  const std::string path = testing::TempDir() + "dundun-webhooks-" + to_hex(random_bytes(4));
  std::ofstream file(path);
  std::vector<bool> right;
  const auto ask = [&](const std::string& secret, const std::string& body, const auto& headers,
                       bool is_right) {
    JsonWriter json;
    json.begin_object().member("secret", secret).member("body", body).key("headers").begin_object();
    for (const auto& [name, value] : headers) {
      if (name.starts_with("webhook-")) json.member(name, value);
    }
    file << json.end_object().end_object().take() << '\n';
    right.push_back(is_right);
  };
  for (const std::string& body :
       {std::string("{}"), std::string(R"({"text":"Ni saa 9 \u2019 \"kesho\""})"),
        std::string("{\"text\":\"\xc3\xa9\xf0\x9f\x98\x80\"}"),
        "{\"text\":\"" + std::string(20'000, 'x') + "\"}"}) {
    const auto headers = webhook_headers(new_uuid7(), body, {newer, {older}}, now(), std::nullopt);
    ask(newer, body, headers, true);
    ask(older, body, headers, true);
    ask("whsec_" + to_base64(random_bytes(24)), body, headers, false);
    ask(newer, body + " ", headers, false);
    ask(newer, body, webhook_headers(new_uuid7(), body, {older, {}}, now(), std::nullopt), false);
    const auto late = webhook_headers(new_uuid7(), body, {newer, {}}, now() - std::chrono::hours(1),
                                      std::nullopt);
    ask(newer, body, late, false);
  }
  file.close();
  size_t at = 0;
  EXPECT_EQ(
      for_each_line("NODE_PATH=build/npm/node_modules node tests/oracles/webhooks.mjs " + path,
                    [&](const std::string& line) {
                      ASSERT_LT(at, right.size());
                      EXPECT_EQ(line == "taken", right[at]) << at << ": " << line;
                      ++at;
                    }),
      0);
  EXPECT_EQ(at, right.size());
  std::remove(path.c_str());
}

}  // namespace oracles_test
}  // namespace dundun
