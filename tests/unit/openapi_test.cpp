// The notation of schemas, and that every endpoint has one.
#include <gtest/gtest.h>

#include "openapi/groups.h"
#include "openapi/shape.h"

namespace dundun {
namespace openapi_test {

std::string schema_of(const std::string& shape, const std::string& types = "") {
  const auto parsed = parse_shape(shape);
  const auto known = parse_types(types);
  if (!parsed || !known) return (parsed ? known.error() : parsed.error()).message;
  JsonWriter json;
  const Status written = write_schema(json, *parsed, *known);
  return written ? json.take() : written.error().message;
}

// An endpoint may not be forgotten: its schema stands in handlers/<group>/schemas.h.
TEST(OpenApi, EveryEndpointHasASchemaAndEverySchemaAnEndpoint) {
  const auto document = describe_api(kApiGroups);
  ASSERT_TRUE(document) << document.error().message;
  EXPECT_EQ(document->gaps, std::vector<std::string>());
}

TEST(OpenApi, GapsAreNamed) {
  const Endpoint endpoints[] = {{Method::kPut, "/things/{id}", Access::kSend, nullptr},
                                {Method::kPost, "/things", Access::kSend, nullptr},
                                {Method::kPost, "/once", Access::kSend, nullptr},
                                {Method::kPost, "/reads", Access::kSend, nullptr},
                                {Method::kPost, "/called", Access::kPublic, nullptr, true}};
  const Operation operations[] = {{.of = "GET /nothing", .summary = ""},
                                  {.of = "POST /things", .summary = ""},
                                  {.of = "POST /once", .summary = "", .idempotent = true},
                                  {.of = "POST /reads", .summary = "", .safe_to_repeat = true},
                                  {.of = "POST /called", .summary = ""}};
  const ApiGroup groups[] = {{"things", endpoints, "", operations}};
  const auto document = describe_api(groups);
  ASSERT_TRUE(document);
  const std::vector<std::string> gaps{"no schema: PUT /things/{id}",
                                      "neither idempotent nor safe to repeat: POST /things",
                                      "no endpoint: GET /nothing"};
  EXPECT_EQ(document->gaps, gaps);
}

TEST(Shape, WordsBoundsAndChoices) {
  EXPECT_EQ(schema_of("string"), R"({"type":"string"})");
  EXPECT_EQ(schema_of("integer(1..100)"), R"({"type":"integer","minimum":1,"maximum":100})");
  EXPECT_EQ(schema_of("string(0..9)[]"),
            R"({"type":"array","items":{"type":"string","minLength":0,"maxLength":9}})");
  EXPECT_EQ(schema_of("time | null"), R"({"type":["string","null"],"format":"date-time"})");
  EXPECT_EQ(schema_of("\"a\" | \"b c\" | null"), R"({"enum":["a","b c",null]})");
  EXPECT_EQ(schema_of("{[key]: money}"),
            R"({"type":"object","additionalProperties":{"type":"number"}})");
  EXPECT_EQ(schema_of("any"), "{}");
}

TEST(Shape, MembersWithNotesAndDefaults) {
  EXPECT_EQ(schema_of("{\n a?: \"x\" | \"y\" = \"x\",  // first\n b: integer = 3  // second\n}"),
            R"({"type":"object","properties":{"a":{"enum":["x","y"],"description":"first",)"
            R"("default":"x"},"b":{"type":"integer","description":"second","default":3}},)"
            R"("required":["b"]})");
}

TEST(Shape, TypesAreReferencesAndSpreadsAreCopies) {
  const std::string types = "One = {a: integer} Two = {...One, b: One | null}";
  EXPECT_EQ(schema_of("Two[]", types),
            R"({"type":"array","items":{"$ref":"#/components/schemas/Two"}})");
  EXPECT_EQ(schema_of("{...Two, c: any}", types),
            R"({"type":"object","properties":{"a":{"type":"integer"},"b":{"anyOf":[)"
            R"({"$ref":"#/components/schemas/One"},{"type":"null"}]},"c":{}},)"
            R"("required":["a","b","c"]})");
}

TEST(Shape, WhatCannotBeReadSaysWhere) {
  EXPECT_EQ(schema_of("{a: int}"), "unknown word \"int\"");
  EXPECT_EQ(schema_of("{a integer}"), "expected : before \"integer}\"");
  EXPECT_EQ(schema_of("{a: integer"), "expected , or } before \"\"");
  EXPECT_EQ(schema_of("string x"), "expected nothing more before \"x\"");
  EXPECT_EQ(schema_of("Three"), "unknown type \"Three\"");
  EXPECT_EQ(schema_of("{...Three}"), "\"Three\" is no object type");
}

}  // namespace openapi_test
}  // namespace dundun
