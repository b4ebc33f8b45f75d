#include "tests/support/documented.h"

#include <gtest/gtest.h>

#include <fstream>
#include <iterator>
#include <map>
#include <mutex>
#include <optional>
#include <set>
#include <vector>

#include "tests/support/api_contract.h"
#include "tests/support/stack.h"

namespace dundun {
namespace {

constexpr int kLooksMax = 100;

std::vector<std::string_view> segments_of(std::string_view path) {
  std::vector<std::string_view> segments;
  while (!path.empty()) {
    path.remove_prefix(1);
    const size_t end = std::min(path.find('/'), path.size());
    segments.push_back(path.substr(0, end));
    path.remove_prefix(end);
  }
  return segments;
}

class Documented {
 public:
  static Documented& shared() {
    static Documented documented;
    return documented;
  }

  std::string judge(std::string_view method, std::string_view target, const HttpAnswer& answer) {
    const std::lock_guard guard(lock_);
    const std::optional<std::string> operation = operation_of(method, target);
    if (!operation) return "";
    if (++looks_[*operation + " " + std::to_string(answer.status)] > kLooksMax) return "";
    return contract_.judge(*operation, answer);
  }
  std::string judge_event(const std::string& body) {
    const std::lock_guard guard(lock_);
    return ++looks_["events"] > 10 * kLooksMax ? "" : contract_.judge_event(body);
  }

 private:
  struct Known {
    std::string method, base, path, operation;
  };

  static std::string read() {
    std::ifstream file(Stack::shared().binary("../openapi.json"));
    return {std::istreambuf_iterator<char>(file), {}};
  }

  Documented() : contract_(read()) {
    for (const std::string& operation : contract_.operations()) {
      const size_t space = operation.find(' ');
      known_.push_back({operation.substr(0, space), contract_.base(operation),
                        operation.substr(space + 1), operation});
    }
  }

  // A literal segment wins over {…}, from the left.
  static std::optional<std::string> fit(std::string_view pattern, std::string_view path) {
    const auto wanted = segments_of(pattern);
    const auto given = segments_of(path);
    if (wanted.size() != given.size()) return std::nullopt;
    std::string literals;
    for (size_t i = 0; i < wanted.size(); ++i) {
      const bool parameter = wanted[i].starts_with('{');
      if (!parameter && wanted[i] != given[i]) return std::nullopt;
      literals += parameter ? '0' : '1';
    }
    return literals;
  }

  std::optional<std::string> operation_of(std::string_view method, std::string_view target) const {
    const std::string_view path = target.substr(0, target.find('?'));
    std::string best;
    std::optional<std::string> found;
    for (const Known& known : known_) {
      if (known.method != method) continue;
      std::string_view rest = path;
      const bool v1 = rest.starts_with("/v1/");
      if (known.base == "/v1" && !v1) continue;
      if (!known.base.empty()) {
        if (!v1 && !rest.starts_with("/api/")) continue;
        rest.remove_prefix(v1 ? 3 : 4);
      }
      const auto literals = fit(known.path, rest);
      if (!literals || (found && *literals <= best)) continue;
      best = *literals;
      found = known.operation;
    }
    return found;
  }

  std::mutex lock_;
  ApiContract contract_;
  std::vector<Known> known_;
  std::map<std::string, int> looks_;
};

// Of nginx alone, at whatever path.
bool is_of_nginx(int status) {
  static const std::set<int> known{0, 304, 405, 408, 413, 414, 431, 502, 504};
  return known.contains(status);
}

}  // namespace

void expect_documented(std::string_view method, std::string_view target, const HttpAnswer& answer) {
  if (is_of_nginx(answer.status) || !answer.complete) return;
  constexpr std::string_view kOfItsLimits = "Too many requests from this address.";
  if (answer.status == 429 && answer.body.find(kOfItsLimits) != std::string::npos) return;
  const std::string complaints = Documented::shared().judge(method, target, answer);
  if (!complaints.empty()) {
    ADD_FAILURE() << "not as openapi.json says: " << complaints << answer.body.substr(0, 2000);
  }
}

void expect_documented_event(const std::string& body) {
  const std::string complaints = Documented::shared().judge_event(body);
  EXPECT_EQ(complaints, "") << "not as openapi.json says: " << body;
}

}  // namespace dundun
