#include "common/sms/numbering_plans.h"

#include <fstream>
#include <map>

#include "common/io/json.h"
#include "sms/plans.h"

namespace dundun {
namespace {

// A plan is a message of libphonenumber's phonemetadata.proto as JSON: an array whose n-th member
// is the field with the number n, and null where there is none. The first is always null, by which
// a message differs from a repeated field.
constexpr uint64_t kVarint = 0, kLengthDelimited = 2;
constexpr size_t kIdField = 9, kCodeField = 10;

void add_varint(std::string& out, uint64_t value) {
  for (; value >= 0x80; value >>= 7) out += static_cast<char>(0x80 | (value & 0x7f));
  out += static_cast<char>(value);
}

void add_bytes(std::string& out, uint64_t field, std::string_view bytes) {
  add_varint(out, field << 3 | kLengthDelimited);
  add_varint(out, bytes.size());
  out += bytes;
}

void add_field(std::string& out, uint64_t field, const JsonValue& value) {
  if (value.is_string()) return add_bytes(out, field, value.string());
  if (value.is_integer()) {
    add_varint(out, field << 3 | kVarint);
    return add_varint(out, static_cast<uint64_t>(value.integer()));
  }
  if (!value.is_array()) return;
  const std::vector<JsonValue> items = value.items();
  if (items.empty() || !items.front().is_null()) {
    for (const JsonValue& item : items) add_field(out, field, item);
    return;
  }
  std::string message;
  for (size_t i = 1; i < items.size(); ++i) add_field(message, i, items[i]);
  add_bytes(out, field, message);
}

// By country and calling code: the numbers of no country share the country 001.
using Plans = std::map<std::pair<std::string, int64_t>, std::string>;

// False: the line is no plan.
bool take_plan(std::string_view line, Plans& plans) {
  constexpr uint64_t kPlanOfCollection = 1;
  const auto document = JsonDocument::parse(line);
  if (!document || !document->root().is_array()) return false;
  const std::vector<JsonValue> items = document->root().items();
  if (items.size() <= kCodeField || !items.front().is_null() || !items[1].is_array()) return false;
  if (!items[kIdField].is_string() || !items[kCodeField].is_integer()) return false;
  std::string encoded;
  add_field(encoded, kPlanOfCollection, document->root());
  plans[{std::string(items[kIdField].string()), items[kCodeField].integer()}] = std::move(encoded);
  return true;
}

Plans& plans() {
  static Plans all = [] {
    Plans of_build;
    for (const std::string_view line : kNumberingPlans) (void)take_plan(line, of_build);
    return of_build;
  }();
  return all;
}

// What the library reads once, when the first number is.
const std::string& collection() {
  static const std::string all = [] {
    std::string joined;
    for (const auto& [country, plan] : plans()) joined += plan;
    plans().clear();
    return joined;
  }();
  return all;
}

}  // namespace

Status use_numbering_plans(const std::string& file) {
  if (file.empty()) return Done{};
  std::ifstream lines(file);
  const auto bad = [&file](const std::string& what) {
    return fail(ErrorCode::kInvalidRequest, "NUMBERING_PLANS " + file + ": " + what);
  };
  if (!lines) return bad("cannot be read");
  int64_t number = 0;
  for (std::string line; std::getline(lines, line);) {
    ++number;
    if (line.empty() || line.front() == '#') continue;
    if (!take_plan(line, plans())) return bad("line " + std::to_string(number) + " is no plan");
  }
  return Done{};
}

void settle_numbering_plans() { (void)collection(); }

}  // namespace dundun

// libphonenumber finds its plans by these two names, and ours stand before those of the library.
namespace i18n::phonenumbers {

const void* metadata_get() { return dundun::collection().data(); }
int metadata_size() { return static_cast<int>(dundun::collection().size()); }

}  // namespace i18n::phonenumbers
