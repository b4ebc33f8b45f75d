// A kannel.conf is read as Kannel reads it.
#include <gtest/gtest.h>

#include "common/carrier/kannel/conf.h"

namespace dundun {
namespace kannel_conf_test {

std::string complaint_of(const std::string& text) {
  const auto read = parse_kannel_conf(text);
  return read ? "none" : read.error().message;
}

TEST(KannelConfTest, GroupsAndTheirFields) {
  const auto read = parse_kannel_conf(
      "# a comment\r\n\r\ngroup = core\r\nadmin-port = 13000\r\n# between\r\nx=1\nx = 2\n"
      "  url = \"http://a/?b=c#d\"  \n\n \n\ngroup=smsc\nhost = \"a \\\"b\\\" \\\\ c\"\n"
      "long = one \\\ntwo\nempty =\nlist = 1; 2 ;;3");
  ASSERT_TRUE(read) << read.error().message;
  ASSERT_EQ(read->size(), 2u);
  const KannelGroup& core = read->front();
  EXPECT_EQ(core.name, "core");
  EXPECT_EQ(core.line, 3);
  EXPECT_EQ(core.find("x"), "2");
  EXPECT_EQ(core.find("url"), "http://a/?b=c#d");
  EXPECT_EQ(core.find("absent"), "");
  const KannelGroup& smsc = read->back();
  EXPECT_EQ(smsc.find("host"), "a \"b\" \\ c");
  EXPECT_EQ(smsc.find("long"), "one  two");
  EXPECT_EQ(smsc.find("empty"), "");
  EXPECT_EQ(smsc.list("list", ";"), (std::vector<std::string>{"1", "2", "3"}));
}

TEST(KannelConfTest, WhatCannotBeReadIsNamedByItsLine) {
  EXPECT_EQ(complaint_of(""), "none");
  EXPECT_EQ(complaint_of("\n\nport = 1\n"), "line 3: a block that does not begin with `group =`.");
  EXPECT_EQ(complaint_of("group = core\nnonsense\n"), "line 2: no `=`.");
  EXPECT_EQ(complaint_of("group = core\nnonsense \\\nthat goes on\n"), "line 2: no `=`.");
  EXPECT_EQ(complaint_of("group = core\n= 1\n"), "line 2: no name before the `=`.");
  EXPECT_EQ(complaint_of("group = core\na = \"b\n"), "line 2: a quote without its end.");
  EXPECT_EQ(complaint_of("group = core\ngroup = smsc\n"),
            "line 2: two groups without an empty line between them.");
  EXPECT_EQ(complaint_of(std::string(kKannelConfBytesMax + 1, '\n')), "The file is over 1 MiB.");
  std::string many;
  for (size_t i = 0; i <= kKannelGroupsMax; ++i) many += "group = a\n\n";
  EXPECT_EQ(complaint_of(many), "line 10001: too many groups.");
}

TEST(KannelConfTest, AnIncludeStandsByItself) {
  const auto read = parse_kannel_conf("include = \"a.conf\"\ngroup = core\n");
  ASSERT_TRUE(read);
  ASSERT_EQ(read->size(), 2u);
  EXPECT_EQ(read->front().name, "include");
  EXPECT_EQ(read->front().find("file"), "a.conf");
}

}  // namespace kannel_conf_test
}  // namespace dundun
