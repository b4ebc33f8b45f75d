// Texts with variables, the columns they name, and the states of a campaign.
#include "common/sms/template.h"

#include <gtest/gtest.h>

#include "common/sms/campaign.h"
#include "common/sms/contact_columns.h"

namespace dundun {
namespace template_test {

using Names = std::vector<std::string>;

// For +254700000111, Ann, and a value for each column: "<CITY>" for CITY.
std::string rendered(std::string_view text, const Names& columns = {}) {
  Names values;
  for (const std::string& column : columns) values.push_back("<" + column + ">");
  std::string out = "what was there before";
  EXPECT_TRUE(Template::compile(text, columns).render("+254700000111", "Ann", values, out));
  return out;
}

TEST(TemplateTest, VariablesGetTheirValues) {
  const std::pair<const char*, const char*> cases[] = {
      {"", ""},
      {"plain", "plain"},
      {"Hi {{name}}!", "Hi Ann!"},
      {"Hi {{first_name}}!", "Hi Ann!"},
      {"{{phone}}{{phone_number}}", "+254700000111+254700000111"},
      {"{{  name }}", "Ann"},
      {"{{name}}{{name}}", "AnnAnn"},
      {"{{nobody}}", ""},
      {"a{{nobody}}b", "ab"},
  };
  for (const auto& [text, wanted] : cases) EXPECT_EQ(rendered(text), wanted) << text;
}

TEST(TemplateTest, ABraceThatNamesNothingIsText) {
  for (const char* text :
       {"{", "}", "{{", "}}", "{{}}", "{{ }}", "{name}", "{{name", "name}}", "{ {name} }",
        "{{name} }", "{{na\nme}}", "{{na}me}}", "{{na{me}}", "}}{{", "{{name}", "a {{ b"}) {
    EXPECT_EQ(rendered(text), text) << text;
  }
  EXPECT_EQ(rendered("{{{name}}}"), "{Ann}");
  EXPECT_EQ(rendered("{{ {{name}}"), "{{ Ann");
  EXPECT_EQ(rendered("{{}}{{name}}"), "{{}}Ann");
  EXPECT_EQ(rendered("{{name}}}}"), "Ann}}");
  EXPECT_EQ(rendered("{{\n{{name}} }}"), "{{\nAnn }}");
}

TEST(TemplateTest, AColumnIsNamedExactlyOrFailingThatInAnyCase) {
  EXPECT_EQ(rendered("{{city}}", {"city"}), "<city>");
  EXPECT_EQ(rendered("{{CITY}}", {"x", "City"}), "<City>");
  EXPECT_EQ(rendered("{{city}}", {"CITY", "city"}), "<city>") << "exactly first";
  EXPECT_EQ(rendered("{{City}}", {"CITY", "city"}), "<CITY>") << "the first in any case";
  EXPECT_EQ(rendered("{{cit}}{{cityx}}", {"city"}), "");
  EXPECT_EQ(rendered("{{a b}}", {"a b"}), "<a b>");
  EXPECT_EQ(rendered("{{name}}{{phone}}", {"name", "phone"}), "<name><phone>") << "a column wins";
  EXPECT_EQ(rendered("{{Name}}", {"name"}), "<name>");
}

TEST(TemplateTest, TheNamesAndThePhonesHeaderNameThemToo) {
  ListHeaders headers;
  headers.phone = "Simu";
  headers.name = "Jina";
  std::string out;
  EXPECT_TRUE(Template::compile("{{Jina}}, {{jina}}: {{simu}}", headers)
                  .render("+254700000111", "Ann", {}, out));
  EXPECT_EQ(out, "Ann, Ann: +254700000111");
}

TEST(TemplateTest, AValueIsNeverLookedAtAgain) {
  std::string out;
  const Names columns{"x"};
  const Names values{"{{name}}"};
  EXPECT_TRUE(Template::compile("{{x}} {{name}}", columns).render("1", "{{phone}}", values, out));
  EXPECT_EQ(out, "{{name}} {{phone}}");
  EXPECT_TRUE(Template::compile("[{{x}}]", columns).render("1", "n", {}, out));
  EXPECT_EQ(out, "[]") << "a contact without the value";
}

TEST(TemplateTest, OnlyATextWithVariablesHasThem) {
  EXPECT_FALSE(Template::compile("plain {{}} {x}", Names{}).has_variables());
  EXPECT_FALSE(Template::compile("", Names{}).has_variables());
  EXPECT_TRUE(Template::compile("{{name}}", Names{}).has_variables());
  EXPECT_TRUE(Template::compile("{{nobody}}", Names{}).has_variables());
}

TEST(TemplateTest, TheOutputHasALimit) {
  const Names columns{"x"};
  const auto fits = [&](size_t literal, size_t value) {
    std::string out;
    const Template text = Template::compile(std::string(literal, 'a') + "{{x}}", columns);
    return text.render("1", "n", Names{std::string(value, 'b')}, out);
  };
  EXPECT_TRUE(fits(kRenderedBytesMax, 0));
  EXPECT_FALSE(fits(kRenderedBytesMax + 1, 0));
  EXPECT_TRUE(fits(kRenderedBytesMax - 5, 5));
  EXPECT_FALSE(fits(kRenderedBytesMax - 5, 6));
  EXPECT_FALSE(fits(0, 1'000'000));
  EXPECT_EQ(kRenderedBytesMax, 8192u);
}

TEST(ContactColumnsTest, TheFirstNameOfTheListOfNamesWins) {
  const struct {
    Names headers;
    std::optional<size_t> phone, name;
    std::vector<size_t> others;
  } cases[] = {
      {{"number", "to", "msisdn", "mobile", "phone_number", "phone"}, 5, {}, {0, 1, 2, 3, 4}},
      {{"number", "to", "msisdn", "mobile", "phone_number"}, 4, {}, {0, 1, 2, 3}},
      {{"number", "to", "msisdn", "mobile"}, 3, {}, {0, 1, 2}},
      {{"number", "to", "msisdn"}, 2, {}, {0, 1}},
      {{"number", "to"}, 1, {}, {0}},
      {{"number"}, 0, {}, {}},
      {{"first_name", "name", "phone"}, 2, 1, {0}},
      {{"first_name", "phone"}, 1, 0, {}},
      {{"PHONE", "Name", "City"}, 0, 1, {2}},
      {{"Phone", "phone"}, 0, {}, {1}},
      {{"phones", "a phone", "nam"}, {}, {}, {0, 1, 2}},
      {{}, {}, {}, {}}};
  for (const auto& one : cases) {
    const ContactColumns found = find_contact_columns(one.headers);
    std::string name;
    for (const std::string& header : one.headers) name += header + " ";
    EXPECT_EQ(found.phone, one.phone) << name;
    EXPECT_EQ(found.name, one.name) << name;
    EXPECT_EQ(found.others, one.others) << name;
    // Lists from before their places were kept.
    const ListHeaders before = list_headers(one.headers, {}, {});
    EXPECT_EQ(before.phone, one.phone ? one.headers[*one.phone] : "") << name;
    EXPECT_EQ(before.name, one.name ? one.headers[*one.name] : "") << name;
    EXPECT_EQ(before.data.size(), one.others.size()) << name;
  }
  const Names before{"City", "phone", "AGE", "First Name", "name"};
  EXPECT_EQ(list_headers(before, {}, {}).data, (Names{"City", "AGE", "First Name"})) << "as stored";
  EXPECT_EQ(list_headers(before, 0, 3).data, (Names{"phone", "AGE", "name"}));
  EXPECT_EQ(list_headers(before, 0, 3).phone, "City");
  EXPECT_EQ(list_headers(before, 0, 3).name, "First Name");
  EXPECT_EQ(list_headers(before, 0, {}).name, "");
}

TEST(CampaignStatusTest, NamesGoBothWays) {
  const std::pair<CampaignStatus, std::string_view> names[] = {
      {CampaignStatus::kScheduled, "scheduled"}, {CampaignStatus::kSending, "sending"},
      {CampaignStatus::kDripping, "dripping"},   {CampaignStatus::kPaused, "paused"},
      {CampaignStatus::kCompleted, "completed"}, {CampaignStatus::kCancelled, "cancelled"},
      {CampaignStatus::kExpired, "expired"}};
  EXPECT_EQ(std::size(names), static_cast<size_t>(kCampaignStatusMax));
  for (const auto& [status, name] : names) {
    EXPECT_EQ(campaign_status_name(status), name);
    EXPECT_EQ(parse_campaign_status(name), status);
    const bool running = name == "scheduled" || name == "sending" || name == "dripping";
    EXPECT_EQ(is_running(status), running) << name;
  }
  EXPECT_EQ(campaign_status_name(CampaignStatus(0)), "unknown");
  EXPECT_EQ(campaign_status_name(CampaignStatus(8)), "unknown");
  for (const char* bad : {"", "unknown", "Sending", "sendin"}) {
    EXPECT_EQ(parse_campaign_status(bad), std::nullopt) << bad;
  }
}

}  // namespace template_test
}  // namespace dundun
