// Contact files and texts as other people's programs write them.
#include <gtest/gtest.h>

#include "common/io/csv.h"
#include "common/sms/characters.h"
#include "common/sms/contact_columns.h"
#include "common/sms/template.h"
#include "tests/support/cases.h"

namespace dundun {
namespace contact_file_test {

using Names = std::vector<std::string>;

TEST(PhoneHeaderTest, IsFoundInEveryLanguage) {
  for (const char* header : {"Phone Number",
                             "Mobile Number",
                             "Phone 1 - Value",
                             "PHONE_NUMBER",
                             "phoneNumber",
                             "Phone-Number",
                             "\ufeffPhone",
                             "  phone ",
                             "Phone\u00a0Number",
                             "Mobile Phone",
                             "Tel.",
                             "Téléphone",
                             "TÉLÉPHONE",
                             "Telephone",
                             "Te\u0301le\u0301phone",
                             "Numéro de téléphone",
                             "N° de téléphone",
                             "Telefone",
                             "Telemóvel",
                             "Número de Telefone",
                             "Teléfono",
                             "Simu",
                             "SIMU",
                             "Nambari ya simu",
                             "nambari_ya_simu",
                             "Namba ya Simu",
                             "رقم الهاتف",
                             "رقم_الهاتف",
                             "الهاتف",
                             "رَقْم الهاتِف",
                             "رقم الجوال",
                             "Contact Number",
                             "WhatsApp",
                             "Cell",
                             "Phone:",
                             "Phone #",
                             "Ｐｈｏｎｅ",
                             "MSISDN"}) {
    EXPECT_EQ(find_contact_columns(Names{"Town", header}).phone, 1u) << header;
  }
  for (const char* other : {"phones", "email", "_", "", "الاسم", "Prénom"}) {
    EXPECT_EQ(find_contact_columns(Names{"Town", other}).phone, std::nullopt) << other;
  }
  EXPECT_EQ(find_contact_columns(Names{"Simu", "phone"}).phone, 1u) << "the plainest first";
  const ContactColumns both = find_contact_columns(Names{"First Name", "Téléphone", "Nom"});
  EXPECT_EQ(both.name, 0u);
  EXPECT_EQ(both.others, (std::vector<size_t>{2}));
}

TEST(PhoneHeaderTest, TheUploadMaySayWhich) {
  const Names headers{"phone", "Numéro WA", "name"};
  EXPECT_EQ(find_contact_columns(headers, "Numéro WA").phone, 1u);
  EXPECT_EQ(find_contact_columns(headers, "numero_wa").phone, 1u);
  EXPECT_EQ(find_contact_columns(headers, "name").phone, 2u);
  EXPECT_EQ(find_contact_columns(headers, "name").name, std::nullopt) << "a column is not both";
  EXPECT_EQ(find_contact_columns(headers, "nothing").phone, std::nullopt);
  EXPECT_EQ(named_columns(headers), "'phone', 'Numéro WA', 'name'");
  Names many(20, std::string(50, 'x'));
  EXPECT_NE(named_columns(many).find("…' and 8 more"), std::string::npos) << named_columns(many);
}

TEST(SeparatorTest, AFirstLineMaySayIt) {
  EXPECT_EQ(csv_separator("sep=;\r\nphone,x;name"), ';');
  EXPECT_EQ(csv_separator("SEP=|\nphone|name"), '|');
  EXPECT_EQ(csv_separator("\"sep=;\"\nphone;name"), ';');
  EXPECT_EQ(csv_separator("sep=\t\nphone"), '\t');
  EXPECT_EQ(csv_separator("separator;x\n"), ';');
  EXPECT_EQ(csv_separator("\r\n\nphone;name\n"), ';') << "blank lines say nothing";
  for (const char* text : {"sep=;\r\nphone;name\r\n1;a\r\n", "\"sep=;\"\nphone;name\n1;a",
                           "Sep=;\nphone;name\n1;a\n", "sep=\nphone;name\n1;a\n"}) {
    std::vector<CsvReader::Row> rows;
    const char separator = std::string_view(text).starts_with("sep=\n") ? ';' : csv_separator(text);
    CsvReader reader(separator, [&rows](CsvReader::Row& row) { return rows.push_back(row), true; });
    EXPECT_TRUE(reader.feed(text) && reader.finish());
    EXPECT_EQ(rows, (std::vector<CsvReader::Row>{{"phone", "name"}, {"1", "a"}})) << text;
  }
}

std::string rendered(std::string_view text, const ListHeaders& headers, const Names& values,
                     std::string_view name = "Ann") {
  std::string out;
  EXPECT_TRUE(Template::compile(text, headers).render("+254700000111", name, values, out));
  return out;
}

TEST(VariableNameTest, CaseSpacesAndUnderscoresDoNotMatter) {
  const ListHeaders headers{{"Town", "Last Name", "Prénom"}, "mobile", "Name"};
  const Names values{"Meru", "Otieno", "Anne"};
  for (const char* text :
       {"{{Name}}", "{{name}}", "{{NAME}}", "{{ name\u00a0}}", "{{\u00a0Name}}", "{{first_name}}",
        "{{First Name}}", "{{FirstName}}", "{{\u200bname}}", "{{ｎａｍｅ}}"}) {
    EXPECT_EQ(rendered(text, headers, values), "Ann") << text;
  }
  for (const char* text : {"{{last_name}}", "{{Last Name}}", "{{LASTNAME}}", "{{last\u00a0name}}",
                           "{{ last  name }}"}) {
    EXPECT_EQ(rendered(text, headers, values), "Otieno") << text;
  }
  for (const char* text : {"{{mobile}}", "{{Mobile}}", "{{phone}}", "{{Phone Number}}"}) {
    EXPECT_EQ(rendered(text, headers, values), "+254700000111") << text;
  }
  EXPECT_EQ(rendered("{{prenom}}{{TOWN}}", headers, values), "AnneMeru");
  EXPECT_EQ(rendered("{{first_name}}", {{"First Name"}, "phone", "name"}, {"Bea"}), "Bea");
  EXPECT_EQ(rendered("{{phone}}", {{"Phone"}, "mobile", ""}, {"office"}), "office");
}

TEST(VariableNameTest, TextsFromTheField) {
  const ListHeaders headers{{"Town", "Last Name", "Empty"}, "Phone", "Name"};
  for (const Case& one : cases_of("outside/templates.txt")) {
    EXPECT_EQ(rendered(unescaped(one[0]), headers, {"Meru", "Otieno", ""}), one[1]) << one[0];
  }
}

TEST(VariableNameTest, ADefaultStandsInForNothing) {
  const ListHeaders headers{{"Town"}, "phone", "Name"};
  EXPECT_EQ(rendered("Hi {{name|there}}", headers, {"Meru"}, ""), "Hi there");
  EXPECT_EQ(rendered("Hi {{ Name | there }}", headers, {"Meru"}, " \u00a0"), "Hi there");
  EXPECT_EQ(rendered("Hi {{name|there}}", headers, {"Meru"}), "Hi Ann");
  EXPECT_EQ(rendered("{{nmae|you}}{{town|x}}{{town|}}", headers, {}), "youx");
  EXPECT_EQ(rendered("{{|x}}", headers, {}), "{{|x}}");
  EXPECT_EQ(rendered("{{name|a|b}}", headers, {}, ""), "a|b");
  EXPECT_EQ(rendered("{{town}}", headers, {"{{name|x}}"}), "{{name|x}}") << "never twice";
}

TEST(VariableNameTest, WhatContactsLackIsCounted) {
  const ListHeaders headers{{"Town", "Code"}, "phone", "Name"};
  const Template text = Template::compile(
      "{{Name}} {{nmae}} {{town}} {{Town|x}} {{code}} {{phone}} {{na me}}", headers);
  EXPECT_EQ(text.variables(), (Names{"Name", "nmae", "town", "code", "phone"}));
  std::vector<int64_t> missing;
  text.count_missing("+1", "Ann", Names{"Meru", "7"}, missing);
  EXPECT_EQ(missing, (std::vector<int64_t>{0, 1, 0, 0, 0}));
  text.count_missing("+1", " ", Names{""}, missing);
  EXPECT_EQ(missing, (std::vector<int64_t>{1, 2, 1, 1, 0}));
}

TEST(CharactersTest, WhatShowsNothing) {
  for (const char* blank : {"", " ", "\u00a0\t", "\u200b\ufeff", "\u202a\u202c", "\ufe0f", "\v"}) {
    EXPECT_TRUE(is_blank(blank)) << blank;
  }
  for (const char* text : {"a", " .", "\xff", "\u200bx"}) EXPECT_FALSE(is_blank(text)) << text;
  EXPECT_EQ(name_key("First_Name"), name_key("FIRST\u00a0name"));
  EXPECT_NE(name_key("कि"), name_key("क")) << "a vowel sign is no accent";
}

TEST(CharactersTest, APasswordIsTheSameOnEverySystem) {
  EXPECT_EQ(opaque_string("pa\u0308sswo\u0301rd"), "p\u00e4ssw\u00f3rd");
  EXPECT_EQ(opaque_string("a\u00a0b\u3000c\u2003d e"), "a b c d e");
  EXPECT_EQ(opaque_string("\u1100\u1161"), "\uac00");
  EXPECT_EQ(opaque_string("Ａ\ufb01 A"), "Ａ\ufb01 A") << "neither width nor case nor ligatures";
  EXPECT_EQ(opaque_string("\xff"), "\xff");
}

}  // namespace contact_file_test
}  // namespace dundun
