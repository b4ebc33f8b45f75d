#include "openapi/shape.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>

namespace dundun {
namespace {

// What a word of the notation means: members of its JSON Schema beside the type.
struct Word {
  const char* name;
  const char* type;
  const char* more;
};
constexpr std::array kWords = std::to_array<Word>({
    {"string", "string", ""},
    {"integer", "integer", ""},
    {"number", "number", ""},
    {"boolean", "boolean", ""},
    {"null", "null", ""},
    {"money", "number", ""},
    {"time", "string", R"("format":"date-time")"},
    {"date", "string", R"("format":"date")"},
    {"url", "string", R"("format":"uri")"},
    {"file", "string", R"("format":"binary")"},
    {"phone", "string", R"("pattern":"^\\+[1-9][0-9]{6,14}$")"},
    {"currency", "string", R"("pattern":"^[A-Z]{3}$")"},
    {"country", "string", R"("pattern":"^[A-Z]{2}$")"},
    {"message_id", "string", R"("pattern":"^msg-[0-9a-f-]{36}$")"},
    {"batch_id", "string", R"("pattern":"^batch-[0-9a-f-]{36}$")"},
    {"inbound_id", "string", R"("pattern":"^mo_[0-9a-f]{32}$")"},
    {"event_id", "string", R"("pattern":"^evt_[0-9a-f]{32}$")"},
    {"app_id", "string", R"("pattern":"^app_[0-9a-f]{16}$")"},
    {"tenant_id", "string", R"("pattern":"^tenant_[0-9a-f]{16}$")"},
});

const Word* word_of(std::string_view name) {
  auto found = std::ranges::find(kWords, name, &Word::name);
  return found == kWords.end() ? nullptr : &*found;
}

bool is_name_character(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_' || c == '-';
}

class Parser {
 public:
  explicit Parser(std::string_view text) : text_(text) {}

  Result<Shape> whole() {
    Shape shape = TRY(union_of());
    skip_space();
    if (!rest().empty()) return wrong("nothing more");
    return shape;
  }

  Result<ShapeTypes> types() {
    ShapeTypes all;
    while (true) {
      skip_space();
      if (rest().empty()) return all;
      std::string name = TRY(name_of());
      TRY(expect("="));
      all[name] = TRY(union_of());
    }
  }

 private:
  std::string_view rest() const { return text_.substr(at_); }

  Error wrong(std::string_view wanted) const {
    return fail(ErrorCode::kInvalidRequest, "expected " + std::string(wanted) + " before \"" +
                                                std::string(rest().substr(0, 40)) + "\"");
  }

  // Comments describe the member before them.
  void skip_space() {
    while (!rest().empty()) {
      if (std::isspace(static_cast<unsigned char>(rest().front())) != 0) {
        ++at_;
      } else if (rest().starts_with("//")) {
        const size_t end = std::min(text_.find('\n', at_), text_.size());
        std::string_view note = text_.substr(at_ + 2, end - at_ - 2);
        note.remove_prefix(std::min(note.find_first_not_of(' '), note.size()));
        if (!last_note_.empty()) last_note_ += ' ';
        last_note_ += note;
        at_ = end;
      } else {
        return;
      }
    }
  }

  bool take(std::string_view mark) {
    skip_space();
    if (!rest().starts_with(mark)) return false;
    at_ += mark.size();
    return true;
  }
  Status expect(std::string_view mark) {
    if (!take(mark)) return wrong(mark);
    return Done{};
  }

  Result<std::string> name_of() {
    skip_space();
    size_t size = 0;
    while (size < rest().size() && is_name_character(rest()[size])) ++size;
    if (size == 0) return wrong("a name");
    std::string name(rest().substr(0, size));
    at_ += size;
    return name;
  }

  Result<std::string> literal() {
    TRY(expect("\""));
    const size_t size = rest().find('"');
    if (size == std::string_view::npos) return wrong("a closing quote");
    std::string value(rest().substr(0, size));
    at_ += size + 1;
    return value;
  }

  Result<Shape> union_of() {
    std::vector<Shape> choices;
    do {
      choices.push_back(TRY(item()));
    } while (take("|"));
    if (choices.size() == 1) return std::move(choices.front());
    Shape shape;
    shape.kind = Shape::Kind::kUnion;
    shape.parts = std::move(choices);
    return shape;
  }

  Result<Shape> item() {
    Shape shape = TRY(single());
    while (take("[]")) {
      Shape array;
      array.kind = Shape::Kind::kArray;
      array.parts.push_back(std::move(shape));
      shape = std::move(array);
    }
    return shape;
  }

  Result<Shape> single() {
    skip_space();
    if (rest().starts_with('{')) return object();
    Shape shape;
    if (rest().starts_with('"')) {
      shape.kind = Shape::Kind::kLiteral;
      shape.name = TRY(literal());
      return shape;
    }
    if (take("(")) {
      shape = TRY(union_of());
      TRY(expect(")"));
      return shape;
    }
    shape.name = TRY(name_of());
    const bool named = std::isupper(static_cast<unsigned char>(shape.name.front())) != 0;
    if (named) shape.kind = Shape::Kind::kNamed;
    const bool known = named || shape.name == "any" || word_of(shape.name) != nullptr;
    if (!known) return fail(ErrorCode::kInvalidRequest, "unknown word \"" + shape.name + "\"");
    if (take("(")) {
      shape.least = TRY(number());
      TRY(expect(".."));
      shape.most = TRY(number());
      TRY(expect(")"));
    }
    return shape;
  }

  Result<int64_t> number() {
    skip_space();
    int64_t value = 0;
    const auto [end, error] = std::from_chars(rest().data(), rest().data() + rest().size(), value);
    if (error != std::errc()) return wrong("a number");
    at_ += static_cast<size_t>(end - rest().data());
    return value;
  }

  Result<Shape> object() {
    TRY(expect("{"));
    Shape shape;
    shape.kind = Shape::Kind::kObject;
    if (take("[key]:")) {
      shape.kind = Shape::Kind::kMap;
      shape.parts.push_back(TRY(union_of()));
      TRY(expect("}"));
      return shape;
    }
    while (!take("}")) {
      if (take("...")) {
        shape.spread.push_back(TRY(name_of()));
      } else {
        shape.members.push_back(TRY(member()));
      }
      const bool more = take(",");
      skip_space();
      if (!shape.members.empty()) {
        std::string& note = shape.members.back().note;
        if (note.empty()) note = std::move(last_note_);
      }
      last_note_.clear();
      if (!more && !rest().starts_with('}')) return wrong(", or }");
    }
    return shape;
  }

  Result<Member> member() {
    Member member;
    member.name = TRY(name_of());
    last_note_.clear();
    member.optional = take("?");
    TRY(expect(":"));
    member.shape = TRY(union_of());
    if (!take("=")) return member;
    skip_space();
    if (rest().starts_with('"')) {
      member.standard = "\"" + TRY(literal()) + "\"";
    } else {
      member.standard = TRY(name_of());
    }
    return member;
  }

  std::string_view text_;
  size_t at_ = 0;
  std::string last_note_;
};

void write_bounds(JsonWriter& json, const Shape& shape, std::string_view type) {
  if (!shape.most) return;
  const bool text = type == "string";
  json.member(text ? "minLength" : "minimum", *shape.least);
  json.member(text ? "maxLength" : "maximum", *shape.most);
}

// A word as `type`, or as [`type`, "null"].
Status write_word(JsonWriter& json, const Shape& shape, bool or_null) {
  if (shape.name == "any") return Done{};
  const Word* word = word_of(shape.name);
  if (or_null) {
    json.key("type").begin_array().value(word->type).value("null").end_array();
  } else {
    json.member("type", word->type);
  }
  if (*word->more != '\0') json.raw(word->more);
  write_bounds(json, shape, word->type);
  return Done{};
}

Status write_inner(JsonWriter& json, const Shape& shape, const ShapeTypes& types, bool or_null);

Status write_choices(JsonWriter& json, const Shape& shape, const ShapeTypes& types) {
  const auto is_null = [](const Shape& part) {
    return part.kind == Shape::Kind::kWord && part.name == "null";
  };
  const bool literals = std::ranges::all_of(shape.parts, [&](const Shape& part) {
    return part.kind == Shape::Kind::kLiteral || is_null(part);
  });
  if (literals) {
    json.key("enum").begin_array();
    for (const Shape& part : shape.parts) {
      if (is_null(part)) {
        json.null();
      } else {
        json.value(std::string_view(part.name));
      }
    }
    json.end_array();
    return Done{};
  }
  if (shape.parts.size() == 2 && is_null(shape.parts[1]) &&
      shape.parts[0].kind == Shape::Kind::kWord) {
    return write_word(json, shape.parts[0], true);
  }
  json.key("anyOf").begin_array();
  for (const Shape& part : shape.parts) {
    json.begin_object();
    TRY(write_inner(json, part, types, false));
    json.end_object();
  }
  json.end_array();
  return Done{};
}

Status write_object(JsonWriter& json, const Shape& shape, const ShapeTypes& types) {
  const std::vector<Member> members = TRY(members_of(shape, types));
  json.member("type", "object").key("properties").begin_object();
  for (const Member& member : members) {
    json.key(member.name);
    TRY(write_schema(json, member.shape, types, &member));
  }
  json.end_object();
  if (std::ranges::all_of(members, &Member::optional)) return Done{};
  json.key("required").begin_array();
  for (const Member& member : members) {
    if (!member.optional) json.value(std::string_view(member.name));
  }
  json.end_array();
  return Done{};
}

Status write_inner(JsonWriter& json, const Shape& shape, const ShapeTypes& types, bool or_null) {
  switch (shape.kind) {
    case Shape::Kind::kWord:
      return write_word(json, shape, or_null);
    case Shape::Kind::kLiteral:
      json.key("enum").begin_array().value(std::string_view(shape.name)).end_array();
      return Done{};
    case Shape::Kind::kNamed:
      if (!types.contains(shape.name)) {
        return fail(ErrorCode::kInvalidRequest, "unknown type \"" + shape.name + "\"");
      }
      json.member("$ref", std::string_view("#/components/schemas/" + shape.name));
      return Done{};
    case Shape::Kind::kArray:
      json.member("type", "array").key("items");
      return write_schema(json, shape.parts.front(), types);
    case Shape::Kind::kMap:
      json.member("type", "object").key("additionalProperties");
      return write_schema(json, shape.parts.front(), types);
    case Shape::Kind::kUnion:
      return write_choices(json, shape, types);
    case Shape::Kind::kObject:
      return write_object(json, shape, types);
  }
  return Done{};
}

}  // namespace

Result<Shape> parse_shape(std::string_view text) { return Parser(text).whole(); }

Result<ShapeTypes> parse_types(std::string_view text) { return Parser(text).types(); }

Result<std::vector<Member>> members_of(const Shape& object, const ShapeTypes& types) {
  std::vector<Member> members;
  for (const std::string& name : object.spread) {
    auto found = types.find(name);
    if (found == types.end() || found->second.kind != Shape::Kind::kObject) {
      return fail(ErrorCode::kInvalidRequest, "\"" + name + "\" is no object type");
    }
    for (Member& member : TRY(members_of(found->second, types))) {
      members.push_back(std::move(member));
    }
  }
  members.insert(members.end(), object.members.begin(), object.members.end());
  return members;
}

Status write_schema(JsonWriter& json, const Shape& shape, const ShapeTypes& types,
                    const Member* member) {
  json.begin_object();
  TRY(write_inner(json, shape, types, false));
  if (member != nullptr && !member->note.empty()) {
    json.member("description", member->note);
  }
  if (member != nullptr && !member->standard.empty()) json.key("default").raw(member->standard);
  json.end_object();
  return Done{};
}

}  // namespace dundun
