#include "common/web/body_members.h"

#include <algorithm>

#include "common/base/text.h"
#include "common/web/router.h"

namespace dundun {
namespace {

constexpr size_t kIgnoredMax = 20;
constexpr size_t kShownNameMax = 64;
// From these lengths on, so many typing errors still leave a name recognisable.
constexpr size_t kOneErrorFrom = 4;
constexpr size_t kTwoErrorsFrom = 8;

// Letters and digits, in lower case: sender_id, senderId and Sender-ID are one.
std::string folded(std::string_view name) {
  std::string plain;
  for (const char c : name) {
    const char lower = lower_ascii(c);
    if ((lower >= 'a' && lower <= 'z') || (lower >= '0' && lower <= '9')) plain += lower;
  }
  return plain;
}

// How many letters must be put in, left out, changed or swapped with the next one to make one of
// the other (optimal string alignment).
size_t distance(std::string_view a, std::string_view b) {
  std::vector<std::vector<size_t>> errors(a.size() + 1, std::vector<size_t>(b.size() + 1));
  for (size_t i = 0; i <= a.size(); ++i) errors[i][0] = i;
  for (size_t j = 0; j <= b.size(); ++j) errors[0][j] = j;
  for (size_t i = 1; i <= a.size(); ++i) {
    for (size_t j = 1; j <= b.size(); ++j) {
      const size_t change = errors[i - 1][j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
      errors[i][j] = std::min({change, errors[i - 1][j] + 1, errors[i][j - 1] + 1});
      const bool swapped = i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1];
      if (swapped) errors[i][j] = std::min(errors[i][j], errors[i - 2][j - 2] + 1);
    }
  }
  return errors.back().back();
}

Error misspelt(const std::string& loc, std::string_view name, std::string_view meant) {
  const std::string shown(name.substr(0, kShownNameMax));
  const std::string what = "unknown field; did you mean " + std::string(meant) + "?";
  JsonWriter message;
  message.value(std::string_view(what));
  Error error = fail(ErrorCode::kValidation, shown + ": " + what);
  error.extra =
      R"([{"loc":[)" + loc + R"(],"msg":)" + message.text() + R"(,"type":"value_error.extra"}])";
  return error;
}

std::string quoted(std::string_view text) {
  JsonWriter json;
  json.value(text);
  return json.take();
}

}  // namespace

std::string_view meant_by(std::string_view name, const std::vector<Member>& known) {
  const std::string plain = folded(name);
  if (plain.empty() || plain.size() > kShownNameMax) return {};
  std::string_view best;
  size_t least = 3;
  for (const Member& member : known) {
    const std::string other = folded(member.name);
    const size_t size = std::min(plain.size(), other.size());
    const size_t allowed = size >= kTwoErrorsFrom ? 2 : size >= kOneErrorFrom ? 1 : 0;
    const size_t errors = distance(plain, other);
    if (errors > allowed || errors >= least) continue;
    least = errors;
    best = member.name;
  }
  // A part of a longer name: sender for sender_id.
  for (const Member& member : known) {
    if (!best.empty()) break;
    if (plain.size() >= kOneErrorFrom && folded(member.name).starts_with(plain)) best = member.name;
  }
  return best;
}

BodyMembers::BodyMembers(const Schemas& schemas) {
  if (auto types = parse_types(schemas.types)) types_ = *std::move(types);
  for (const Operation& operation : schemas.operations) {
    if (*operation.body == '\0' || operation.body_type != std::string_view("application/json")) {
      continue;
    }
    if (auto shape = parse_shape(operation.body)) bodies_.emplace(operation.of, *std::move(shape));
  }
  for (const auto& [name, shape] : types_) note_members(shape);
  for (const auto& [operation, shape] : bodies_) note_members(shape);
}

void BodyMembers::note_members(const Shape& shape) {
  for (const Shape& part : shape.parts) note_members(part);
  if (shape.kind != Shape::Kind::kObject) return;
  auto members = members_of(shape, types_);
  if (!members) return;  // it spreads another group's type
  const std::vector<Member>& kept = members_[&shape] = *std::move(members);
  for (const Member& member : kept) note_members(member.shape);
}

struct BodyMembers::Walk {
  std::string loc = "\"body\"";  // as an error's loc has it
  std::string path;              // for people: recipients[0].
  std::vector<std::string> unknown;
};

Result<std::vector<std::string>> BodyMembers::unknown_in(const Endpoint& endpoint,
                                                         const std::string& body) const {
  Walk walk;
  if (body.empty() || bodies_.empty()) return std::move(walk.unknown);
  const std::string name = std::string(method_name(endpoint.method)) + " " + endpoint.path;
  const auto shape = bodies_.find(name);
  if (shape == bodies_.end()) return std::move(walk.unknown);
  const Result<JsonDocument> document = JsonDocument::parse(body);
  if (document) TRY(look_into(document->root(), shape->second, walk));
  return std::move(walk.unknown);
}

Status BodyMembers::look_into(const JsonValue& value, const Shape& shape, Walk& walk) const {
  if (shape.kind == Shape::Kind::kNamed) {
    const auto type = types_.find(shape.name);
    return type == types_.end() ? Status(Done{}) : look_into(value, type->second, walk);
  }
  if (shape.kind == Shape::Kind::kUnion) {
    for (const Shape& part : shape.parts) {
      const bool fits = part.kind == Shape::Kind::kObject || part.kind == Shape::Kind::kNamed ||
                        part.kind == Shape::Kind::kArray;
      if (fits) return look_into(value, part, walk);
    }
    return Done{};
  }
  if (shape.kind == Shape::Kind::kObject && value.is_object()) {
    return look_at_object(value, shape, walk);
  }
  if (shape.kind != Shape::Kind::kArray || !value.is_array()) return Done{};
  const Walk outer{walk.loc, walk.path, {}};
  size_t place = 0;
  for (const JsonValue& item : value.items()) {
    const std::string at = std::to_string(place++);
    walk.loc = outer.loc + "," + at;
    walk.path = outer.path + "[" + at + "]";
    TRY(look_into(item, shape.parts.front(), walk));
  }
  walk.loc = outer.loc;
  walk.path = outer.path;
  return Done{};
}

Status BodyMembers::look_at_object(const JsonValue& object, const Shape& shape, Walk& walk) const {
  const auto found = members_.find(&shape);
  if (found == members_.end()) return Done{};
  const std::vector<Member>& known = found->second;
  const Walk outer{walk.loc, walk.path, {}};
  for (const auto& [name, value] : object.members()) {
    if (walk.unknown.size() == kIgnoredMax) return Done{};
    const std::string loc = outer.loc + "," + quoted(name.substr(0, kShownNameMax));
    const std::string path = outer.path + (outer.path.empty() ? "" : ".") + name;
    const auto member = std::ranges::find(known, name, &Member::name);
    if (member == known.end()) {
      const std::string_view meant = meant_by(name, known);
      if (!meant.empty()) return misspelt(loc, name, meant);
      walk.unknown.push_back(path.substr(0, kShownNameMax));
      continue;
    }
    walk.loc = loc;
    walk.path = path;
    TRY(look_into(value, member->shape, walk));
  }
  walk.loc = outer.loc;
  walk.path = outer.path;
  return Done{};
}

void add_warnings(const std::vector<std::string>& ignored, Response& response) {
  const bool is_object = response.body.size() > 2 && response.body.front() == '{' &&
                         response.body.back() == '}' && !response.stream;
  if (ignored.empty() || !is_object || response.content_type != "application/json") return;
  JsonWriter json;
  json.begin_array();
  for (const std::string& path : ignored) {
    json.value(std::string_view("The field " + path + " is not known here and was ignored."));
  }
  response.body.pop_back();
  response.body += ",\"warnings\":" + json.end_array().take() + "}";
}

}  // namespace dundun
