// Contact files and texts as other people's programs write them.
#include <gtest/gtest.h>

#include "common/io/csv.h"
#include "common/sms/characters.h"
#include "common/sms/contact_columns.h"
#include "common/sms/msisdn.h"
#include "common/sms/template.h"
#include "common/sms/written_number.h"

namespace dundun {
namespace contact_file_test {

using Names = std::vector<std::string>;

TEST(WrittenNumberTest, PastedNumbersAreRead) {
  for (const char* written :
       {"+254712000104",
        "254712000104",
        "00254712000104",
        " +254 (712) 000-104 ",
        "\u202a+254712000104\u202c",
        "\u202d+254712000104\u202e",
        "\u202b+254712000104\u202c",
        "\u2066+254712000104\u2069",
        "\u2067+254712000104\u2069",
        "\u2068+254712000104\u2069",
        "+254\u200e712\u200f000104",
        "\u200b+254712000104\ufeff",
        "\ufeff+254712000104",
        "+254\u2011712\u2011000\u2011104",
        "+254\u2010712\u2012000\u2013104",
        "+254\u2014712000104",
        "+254\u2015712\u2212000\uff0d104",
        "+254\u00a0712\u2009000\u202f104",
        "\u061c+254712000104",
        "\uff0b\uff12\uff15\uff14\uff17\uff11\uff12\uff10\uff10\uff10\uff11\uff10\uff14",
        "+\u0662\u0665\u0664\u0667\u0661\u0662\u0660\u0660\u0660\u0661\u0660\u0664",
        "+\u06f2\u06f5\u06f4\u06f7\u06f1\u06f2\u06f0\u06f0\u06f0\u06f1\u06f0\u06f4",
        "'+254712000104",
        "'+254712000104'",
        "\"+254712000104\"",
        "=\"+254712000104\" ",
        "\u2019254712000104",
        "=\"+254712000104\"",
        "=+254712000104",
        "\u202a'+254712000104",
        "\uff08254\uff09712000104"}) {
    EXPECT_EQ(plain_number(written), "+254712000104") << written;
    EXPECT_TRUE(Msisdn::parse(plain_number(written))) << written;
  }
}

TEST(WrittenNumberTest, WhatIsNoNumberIsNotMadeOne) {
  for (const char* bad :
       {"254712345678.0", "2.54712E+11", "soon", "0712'345678", "254=7", "\xff",
        "+254712000104;ext=1", "=\"", "=\"+254712000104\"&A1", "=\"+25471200010\"&\"4\"", "'"}) {
    EXPECT_FALSE(Msisdn::parse(plain_number(bad))) << bad;
  }
  for (const char* national :
       {"0712345678", "'0712345678", "\u202a0712345678", "712345678", "\u0660\u0667\u0661\u0662"}) {
    EXPECT_TRUE(looks_national(national)) << national;
  }
  for (const char* other : {"+0712345678", "254", "", "x"}) EXPECT_FALSE(looks_national(other));
}

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

}  // namespace contact_file_test
}  // namespace dundun
