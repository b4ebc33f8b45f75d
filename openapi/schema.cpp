#include "openapi/schema.h"

#include <algorithm>

namespace dundun {
namespace {

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
    const bool nullable = std::ranges::any_of(shape.parts, is_null);
    if (nullable) {
      json.key("type").begin_array().value("string").value("null").end_array();
    } else {
      json.member("type", "string");
    }
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
      json.member("type", "string").key("enum").begin_array();
      json.value(std::string_view(shape.name)).end_array();
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
