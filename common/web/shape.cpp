#include "common/web/shape.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>

namespace dundun {
namespace {

constexpr std::array kWords = std::to_array<Word>({
    {"string", "string", "", R"("text")"},
    {"integer", "integer", "", "1"},
    {"number", "number", "", "1"},
    {"boolean", "boolean", "", "true"},
    {"null", "null", "", "null"},
    {"money", "number", "", "1.20"},
    {"time", "string", R"("format":"date-time")", R"("2026-05-02T06:00:00Z")"},
    {"date", "string", R"("format":"date")", R"("2026-05-02")"},
    {"url", "string", R"("format":"uri")", R"("https://hooks.example.com/sms")"},
    {"file", "string", R"("format":"binary")", R"("phone,name\n+254712345678,Amina\n")"},
    {"phone", "string", R"("pattern":"^\\+[1-9][0-9]{6,14}$")", R"("+254712345678")"},
    {"currency", "string", R"("pattern":"^[A-Z]{3}$")", R"("KES")"},
    {"country", "string", R"("pattern":"^[A-Z]{2}$")", R"("KE")"},
    {"message_id", "string", R"("pattern":"^msg-[0-9a-f-]{36}$")",
     R"("msg-01984f6e-6a10-7c11-9b52-31c6a6a0d9f4")"},
    {"batch_id", "string", R"("pattern":"^batch-[0-9a-f-]{36}$")",
     R"("batch-01984f6e-6a10-7c11-9b52-31c6a6a0d9f5")"},
    {"inbound_id", "string", R"("pattern":"^mo_[0-9a-f]{32}$")",
     R"("mo_01984f6e6a107c119b5231c6a6a0d9f6")"},
    {"event_id", "string", R"("pattern":"^evt_[0-9a-f]{32}$")",
     R"("evt_01984f6e6a107c119b5231c6a6a0d9f7")"},
    {"app_id", "string", R"("pattern":"^app_[0-9a-f]{16}$")", R"("app_31c6a6a0d9f49b52")"},
    {"tenant_id", "string", R"("pattern":"^tenant_[0-9a-f]{16}$")", R"("tenant_9b5231c6a6a0d9f4")"},
});

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

}  // namespace

const Word* word_of(std::string_view name) {
  auto found = std::ranges::find(kWords, name, &Word::name);
  return found == kWords.end() ? nullptr : &*found;
}

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

Result<const Shape*> resolved(const Shape& shape, const ShapeTypes& types) {
  if (shape.kind != Shape::Kind::kNamed) return &shape;
  auto found = types.find(shape.name);
  if (found != types.end()) return resolved(found->second, types);
  return fail(ErrorCode::kInvalidRequest, "unknown type \"" + shape.name + "\"");
}

Result<bool> has_required_members(const Shape& shape, const ShapeTypes& types) {
  const Shape* object = TRY(resolved(shape, types));
  if (object->kind != Shape::Kind::kObject) return false;
  const std::vector<Member> members = TRY(members_of(*object, types));
  return !std::ranges::all_of(members, &Member::optional);
}

void add_references(const Shape& shape, const ShapeTypes& types, std::set<std::string>& names) {
  const auto found = types.find(shape.name);
  if (shape.kind == Shape::Kind::kNamed && found != types.end()) {
    if (names.insert(shape.name).second) add_references(found->second, types, names);
  }
  for (const Shape& part : shape.parts) add_references(part, types, names);
  for (const Member& member : shape.members) add_references(member.shape, types, names);
  for (const std::string& spread : shape.spread) {
    // Its members are copied, its name is not referred to.
    if (auto from = types.find(spread); from != types.end()) {
      add_references(from->second, types, names);
    }
  }
}

}  // namespace dundun
