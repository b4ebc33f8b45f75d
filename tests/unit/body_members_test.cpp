// Which member of a body a client most likely meant.
#include "common/web/body_members.h"

#include <gtest/gtest.h>

namespace dundun {
namespace body_members_test {

constexpr Operation kOperations[] = {
    {.of = "POST /things",
     .summary = "",
     .body = R"({to: string, sender_id?: string, scheduled_at?: time, window?: {from: string},
                 items?: {name: string, nave?: string, vars?: any}[], map?: {[key]: string}, ...Base})"},
    {.of = "POST /free", .summary = "", .body = "any"}};
constexpr const char* kTypes = "Base = {code_length?: integer}";

Result<std::vector<std::string>> look(const std::string& body, const char* path = "/things") {
  const BodyMembers members({kTypes, kOperations});
  return members.unknown_in({Method::kPost, path, Access::kSend, nullptr}, body);
}

TEST(BodyMembersTest, WhatLooksLikeAKnownMemberIsRefused) {
  const std::pair<const char*, const char*> cases[] = {
      {R"({"schedule_at":1})", R"(schedule_at: unknown field; did you mean scheduled_at?)"},
      {R"({"senderId":1})", "did you mean sender_id?"},
      {R"({"sender":1})", "did you mean sender_id?"},
      {R"({"TO":1})", "did you mean to?"},
      {R"({"windows":{}})", "did you mean window?"},
      {R"({"window":{"form":1,"from":1}})", "form: unknown field; did you mean from?"},
      {R"({"window":{"From":1}})", "did you mean from?"},
      {R"({"items":[{"name":1},{"names":1}]})", "did you mean name?"},
      {R"({"items":[{"nama":1}]})",
       "nama: unknown field; did you mean name?"},  // or nave: the first
      {R"({"codeLenght":4})", "did you mean code_length?"}};
  for (const auto& [body, why] : cases) {
    const auto looked = look(body);
    ASSERT_FALSE(looked) << body;
    EXPECT_EQ(looked.error().code, ErrorCode::kValidation);
    EXPECT_NE(looked.error().message.find(why), std::string::npos) << looked.error().message;
  }
  EXPECT_EQ(look(R"({"items":[{"name":1},{"Name":1}]})").error().extra,
            R"([{"loc":["body","items",1,"Name"],"msg":"unknown field; did you mean name?",)"
            R"("type":"value_error.extra"}])");
}

TEST(BodyMembersTest, WhatIsKnownOrFreePasses) {
  using List = std::vector<std::string>;
  EXPECT_EQ(*look(R"({"to":"x","sender_id":null,"items":[],"map":{"To":"x"}})"), List{});
  EXPECT_EQ(*look(R"({"items":[{"name":1,"vars":{"Nmae":1}}]})"), List{});
  EXPECT_EQ(*look(R"({"priority":1,"window":{"label":2}})"), (List{"priority", "window.label"}));
  EXPECT_EQ(*look(R"({"items":[{"name":1},{"colour":1}]})"), (List{"items[1].colour"}));
  EXPECT_EQ(*look(R"({"sendr_id_":1})", "/free"), List{});
  EXPECT_EQ(*look(R"({"Sender":1})", "/elsewhere"), List{});
  EXPECT_EQ(*look("no json"), List{});
  EXPECT_EQ(*look("[1]"), List{});
}

TEST(BodyMembersTest, WarningsStandAtTheEndOfAnObject) {
  Response answer = Response::json(R"({"a":1})");
  add_warnings({"b"}, answer);
  EXPECT_EQ(answer.body,
            R"({"a":1,"warnings":["The field b is not known here and was ignored."]})");
  Response list = Response::json("[1,2]");
  add_warnings({"b"}, list);
  EXPECT_EQ(list.body, "[1,2]");
  Response plain = Response::json(R"({"a":1})");
  add_warnings({}, plain);
  EXPECT_EQ(plain.body, R"({"a":1})");
}

}  // namespace body_members_test
}  // namespace dundun
