// The notation in which schemas.h files write what goes over the wire:
//
//   {a: string, b?: integer(1..100) = 20, c: Other[], d: "x" | "y", e: time | null}
//   string(1..255) has a length, integer(0..9) a range, {[key]: string} any keys, any anything
//   {...Other, more: money} has Other's members too
//   // a comment until the end of the line describes the member before it
//
// Words: string, integer, number, boolean, null, any, and what common/web/shape.cpp lists (money,
// time, phone, message_id …). Names with a capital are types: "Name = shape" lines of kTypes.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/result.h"

namespace dundun {

// What a word of the notation means: members of its JSON Schema beside the type, and a value of it.
struct Word {
  const char* name;
  const char* type;
  const char* more;
  const char* example;
};
// nullptr: there is no such word.
const Word* word_of(std::string_view name);

struct Member;

struct Shape {
  enum class Kind { kWord, kNamed, kLiteral, kArray, kObject, kMap, kUnion };
  Kind kind = Kind::kWord;
  std::string name;  // of a word, a type or a literal
  std::optional<int64_t> least, most;
  std::vector<Shape> parts;     // the item of an array or a map, the choices of a union
  std::vector<Member> members;  // of an object
  std::vector<std::string> spread;
};

struct Member {
  std::string name;
  bool optional = false;
  Shape shape;
  std::string standard;  // JSON of the default, or empty
  std::string note;
};

using ShapeTypes = std::map<std::string, Shape>;

// kInvalidRequest says what is wrong and where.
Result<Shape> parse_shape(std::string_view text);
// "Name = shape" one after the other.
Result<ShapeTypes> parse_types(std::string_view text);

// All members of an object, with those of the types it spreads.
Result<std::vector<Member>> members_of(const Shape& object, const ShapeTypes& types);

// The object behind a name, or the shape itself. kInvalidRequest for an unknown type.
Result<const Shape*> resolved(const Shape& shape, const ShapeTypes& types);
// Whether nothing but an object with some members will do.
Result<bool> has_required_members(const Shape& shape, const ShapeTypes& types);
// Adds the types that the shape's schema refers to, and those that they refer to.
void add_references(const Shape& shape, const ShapeTypes& types, std::set<std::string>& names);

}  // namespace dundun
