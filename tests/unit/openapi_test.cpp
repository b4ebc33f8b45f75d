// The notation of schemas, and that every endpoint has one.
#include <gtest/gtest.h>

#include "common/web/shape.h"
#include "openapi/example.h"
#include "openapi/groups.h"
#include "openapi/schema.h"
#include "openapi/words.h"

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
                                      "no endpoint: GET /nothing",
                                      "no tag: /things/{id}",
                                      "no tag: /things",
                                      "no tag: /once",
                                      "no tag: /reads",
                                      "no tag: /called"};
  EXPECT_EQ(document->gaps, gaps);
}

// The JSON of a document with this one operation.
std::string document_of(const Endpoint& endpoint, const Operation& operation,
                        const char* types = "Error = {error: string}") {
  const ApiGroup group{"messages", {&endpoint, 1}, types, {&operation, 1}};
  const auto document = describe_api({&group, 1});
  return document ? document->json : document.error().message;
}

bool has(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

// A client made from the document refuses {} where the product does.
TEST(OpenApi, ABodyIsRequiredIfItHasRequiredMembers) {
  const Endpoint endpoint{Method::kPut, "/messages", Access::kSend, nullptr};
  const auto body = [&](const char* shape) {
    return document_of(endpoint, {.of = "PUT /messages", .summary = "", .body = shape},
                       "Error = {error: string} One = {a: string} None = {a?: string}");
  };
  const std::string required = R"("requestBody":{"required":true)";
  EXPECT_TRUE(has(body("{a?: string, b: string}"), required));
  EXPECT_TRUE(has(body("One"), required));
  EXPECT_TRUE(has(body("{...One, b?: string}"), required));
  const std::string optional = R"("requestBody":{"required":false)";
  EXPECT_TRUE(has(body("{a?: string}"), optional));
  EXPECT_TRUE(has(body("{...None}"), optional));
  EXPECT_TRUE(has(body("None"), optional));
  EXPECT_TRUE(has(body("any"), optional));
}

TEST(OpenApi, OnlyTypesThatAreReferredToAreComponents) {
  const Endpoint endpoint{Method::kGet, "/messages", Access::kQuery, nullptr};
  const std::string json = document_of(
      endpoint, {.of = "GET /messages", .summary = "", .answer = "{...Spread, b: Used}"},
      "Spread = {a: Deep} Used = {c: string} Deep = {d: string} Unused = {e: string}");
  EXPECT_TRUE(has(json, R"("schemas":{"Deep":{)"));
  EXPECT_TRUE(has(json, R"("Used":{)"));
  EXPECT_FALSE(has(json, "Unused"));
  EXPECT_FALSE(has(json, "Spread"));
}

// What an operation needs is told for every right.
TEST(OpenApi, EveryRightHasItsWords) {
  const auto needs = [](Access access, const char* error = "Error", const char* more = "") {
    const Endpoint endpoint{Method::kGet, "/messages", access, nullptr};
    const Operation operation{.of = "GET /messages", .summary = "", .error = error, .needs = more};
    return needs_of(endpoint, operation);
  };
  EXPECT_EQ(needs(Access::kSend).label, "Key: send");
  EXPECT_EQ(needs(Access::kSend).text,
            "Needs an API key with the scope `send`, or a login with the role developer or above.");
  EXPECT_EQ(needs(Access::kManage).label, "Key: admin");
  EXPECT_EQ(needs(Access::kQuery, "GravityError").label, "App key: query");
  EXPECT_EQ(needs(Access::kSession).label, "Login");
  EXPECT_EQ(needs(Access::kOwner).label, "Login: owner");
  EXPECT_EQ(needs(Access::kPlatform).label, "Login: admin");
  EXPECT_EQ(needs(Access::kPublic).label, "No key");
  EXPECT_EQ(needs(Access::kPublic, "Error", "the carrier's secret").label, "The carrier's secret");
}

TEST(OpenApi, ExamplesAreValuesOfTheirShapes) {
  const auto example = [](const char* shape) {
    JsonWriter json;
    const Status written = write_example(json, *parse_shape(shape), {});
    return written ? json.take() : written.error().message;
  };
  EXPECT_EQ(example("{to: string, text?: string}"), R"({"to":"+254712345678"})");
  EXPECT_EQ(example("{page?: integer(5..9)}"), R"({"page":5})");
  EXPECT_EQ(example("{error_code: string | null, at: time | null}"),
            R"({"error_code":null,"at":"2026-05-02T06:00:00Z"})");
  EXPECT_EQ(example(R"({name: string(1..6), kind: "a" | "b"})"), R"({"name":"Kijani","kind":"a"})");
  EXPECT_EQ(example("money[]"), "[1.20]");
}

TEST(Shape, WordsBoundsAndChoices) {
  EXPECT_EQ(schema_of("string"), R"({"type":"string"})");
  EXPECT_EQ(schema_of("integer(1..100)"), R"({"type":"integer","minimum":1,"maximum":100})");
  EXPECT_EQ(schema_of("string(0..9)[]"),
            R"({"type":"array","items":{"type":"string","minLength":0,"maxLength":9}})");
  EXPECT_EQ(schema_of("time | null"), R"({"type":["string","null"],"format":"date-time"})");
  EXPECT_EQ(schema_of("\"a\" | \"b c\" | null"),
            R"({"type":["string","null"],"enum":["a","b c",null]})");
  EXPECT_EQ(schema_of("{[key]: money}"),
            R"({"type":"object","additionalProperties":{"type":"number"}})");
  EXPECT_EQ(schema_of("any"), "{}");
}

TEST(Shape, MembersWithNotesAndDefaults) {
  EXPECT_EQ(
      schema_of("{\n a?: \"x\" | \"y\" = \"x\",  // first\n b: integer = 3  // second\n}"),
      R"({"type":"object","properties":{"a":{"type":"string","enum":["x","y"],"description":"first",)"
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
