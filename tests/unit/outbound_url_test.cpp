// Which of the URLs that customers write we would call.
#include "common/io/outbound_url.h"

#include <gtest/gtest.h>

namespace dundun {
namespace outbound_url_test {

OutboundRules rules(const char* list = "") { return *OutboundRules::parse(list); }

std::string refusal(const std::string& url, const char* list = "") {
  auto parsed = OutboundUrl::parse(url, rules(list));
  return parsed ? "" : parsed.error().message;
}

TEST(OutboundUrlTest, TheOpenInternetIsCalled) {
  for (const char* url : {
           "https://hooks.example.com",
           "https://hooks.example.com/dlr?key=a%20b&x=1",
           "https://HOOKS.Example.com:8443/a",
           "HTTPS://hooks.example.com:443/",
           "https://xn--bcher-kva.example/x",
           "https://8.8.8.8/x",
           "https://[2606:4700::1111]/x",
           "https://a.b_c.example?x",
       }) {
    EXPECT_EQ(refusal(url), "") << url;
  }
  const auto url = OutboundUrl::parse("HTTPS://Hooks.Example.com?X=Y", rules());
  ASSERT_TRUE(url);
  EXPECT_EQ(url->text, "https://hooks.example.com/?X=Y");
  EXPECT_EQ(url->host, "hooks.example.com");
  EXPECT_EQ(url->port, 443);
}

TEST(OutboundUrlTest, WhatIsNotAPlainHttpsUrlIsRefused) {
  for (const char* url : {
           "",
           "hooks.example.com",
           "//hooks.example.com/",
           "http://hooks.example.com/",
           "ftp://hooks.example.com/",
           "file:///etc/passwd",
           "gopher://hooks.example.com/",
           "javascript:alert(1)",
           "https:/hooks.example.com",
           "https://",
           "https:///path",
           "https://hooks.example.com:80/",
           "https://hooks.example.com:22/",
           "https://hooks.example.com:6379/",
           "https://hooks.example.com:0/",
           "https://hooks.example.com:65536/",
           "https://hooks.example.com:443x/",
           "https://hooks.example.com:/",
           "https://user@hooks.example.com/",
           "https://user:password@hooks.example.com/",
           "https://hooks.example.com@127.0.0.1/",
           "https://127.0.0.1#@hooks.example.com/",
           "https://hooks.example.com/#fragment",
           "https://hooks.example.com\\@127.0.0.1/",
           "https://hooks.example.com/a b",
           "https://hooks.example.com/\r\nHost: x",
           "https://hooks.example.com/\t",
           "https://hooks.\xc3\xa9xample.com/",
           "https://hooks..example.com/",
           "https://.example.com/",
           "https://hooks.example.com./",
           "https://%6cocalhost/",
           "https://[::1",
           "https://[127.0.0.1]/",
           "https",
           "http",
           "https:/",
           "https://[fe80::1%25eth0]/",
       }) {
    EXPECT_NE(refusal(url), "") << url;
  }
  EXPECT_NE(refusal("https://hooks.example.com/" + std::string(2000, 'x')), "");
  EXPECT_NE(refusal("https://" + std::string(64, 'x') + ".example.com/"), "");
}

TEST(OutboundUrlTest, OurOwnNetworkIsRefusedHoweverItIsSpelt) {
  for (const char* host : {
           "localhost",
           "intranet",
           "db",
           "metadata.google.internal",
           "printer.local",
           "x.localhost",
           "router.lan",
           "nas.home.arpa",
           // loopback
           "127.0.0.1",
           "127.1.2.3",
           "[::1]",
           "127.1",
           "2130706433",
           "0x7f000001",
           "0x7f.0.0.1",
           "0177.0.0.1",
           "017700000001",
           "127.0.0.01",
           "1.2.3.0x4",
           "0",
           // unspecified, private, shared, link-local, metadata
           "0.0.0.0",
           "10.0.0.1",
           "172.16.0.1",
           "172.31.255.255",
           "192.168.1.1",
           "100.64.0.1",
           "100.127.255.255",
           "169.254.169.254",
           "169.254.170.2",
           "168.63.129.16",
           "192.0.0.192",
           "100.100.100.200",
           // documentation, benchmarks, multicast, reserved
           "192.0.2.1",
           "198.51.100.1",
           "203.0.113.1",
           "198.18.0.1",
           "224.0.0.1",
           "239.1.1.1",
           "240.0.0.1",
           "255.255.255.255",
           "192.88.99.1",
           // IPv6: unspecified, mapped, compatible, NAT64, 6to4, Teredo, ULA, link-local …
           "[::]",
           "[::ffff:127.0.0.1]",
           "[::ffff:7f00:1]",
           "[::ffff:8.8.8.8]",
           "[::127.0.0.1]",
           "[64:ff9b::7f00:1]",
           "[64:ff9b::8.8.8.8]",
           "[64:ff9b:1::1]",
           "[2002:7f00:1::]",
           "[2002:808:808::1]",
           "[2001:0:4136:e378:8000:63bf:3fff:fdd2]",
           "[fc00::1]",
           "[fd00::1]",
           "[fd00:ec2::254]",
           "[fe80::1]",
           "[fec0::1]",
           "[ff02::1]",
           "[100::1]",
           "[2001:db8::1]",
           "[2001:10::1]",
           "[3fff::1]",
           "[5f00::1]",
       }) {
    EXPECT_NE(refusal("https://" + std::string(host) + "/"), "") << host;
  }
}

TEST(OutboundUrlTest, OneBadAddressCondemnsAName) {
  const auto url = OutboundUrl::parse("https://hooks.example.com/", rules());
  ASSERT_TRUE(url);
  const IpAddress good = *IpAddress::parse("8.8.8.8");
  EXPECT_TRUE(check_addresses(*url, {good}, rules()));
  EXPECT_FALSE(check_addresses(*url, {}, rules()));
  for (const char* bad : {"127.0.0.1", "::1", "10.0.0.1", "::ffff:10.0.0.1", "169.254.169.254"}) {
    EXPECT_FALSE(check_addresses(*url, {good, *IpAddress::parse(bad)}, rules())) << bad;
    EXPECT_FALSE(check_addresses(*url, {*IpAddress::parse(bad), good}, rules())) << bad;
  }
}

TEST(OutboundUrlTest, TheAllowListOpensItsAddressesAndNoOther) {
  constexpr const char* kList = "127.0.0.1/32, 10.1.0.0/16,fd00::/8";
  for (const char* url :
       {"http://127.0.0.1:8080/x", "https://10.1.2.3:9999/", "http://[fd12::1]/"}) {
    EXPECT_EQ(refusal(url, kList), "") << url;
  }
  for (const char* url : {"http://127.0.0.2:8080/x", "https://10.2.2.3/", "http://8.8.8.8/",
                          "https://8.8.8.8:9999/", "http://[fe80::1]/", "http://localhost/"}) {
    EXPECT_NE(refusal(url, kList), "") << url;
  }
  const auto named = OutboundUrl::parse("https://hooks.example.com/", rules());
  EXPECT_FALSE(check_addresses(
      *named, {*IpAddress::parse("10.1.2.3"), *IpAddress::parse("10.2.2.3")}, rules(kList)))
      << "one that is listed does not speak for the next";
  // A name waits for its addresses.
  const auto url = OutboundUrl::parse("http://hook.example.com:8080/", rules(kList));
  ASSERT_TRUE(url);
  EXPECT_TRUE(check_addresses(*url, {*IpAddress::parse("127.0.0.1")}, rules(kList)));
  EXPECT_FALSE(check_addresses(*url, {*IpAddress::parse("8.8.8.8")}, rules(kList)));
  EXPECT_FALSE(check_addresses(*url, {*IpAddress::parse("127.0.0.2")}, rules(kList)));
  for (const char* list : {"localhost", "10.0.0.0/33", "10.0.0.0/", "10.0.0.0/x", "10.0.0.0/8,,"}) {
    EXPECT_FALSE(OutboundRules::parse(list)) << list;
  }
}

// The neighbours outside; empty: another closed range, or no address, stands there.
struct ClosedRange {
  const char* before;
  const char* first;
  const char* last;
  const char* after;
};

constexpr ClosedRange kClosed[] = {
    {"", "0.0.0.0", "0.255.255.255", "1.0.0.0"},
    {"9.255.255.255", "10.0.0.0", "10.255.255.255", "11.0.0.0"},
    {"100.63.255.255", "100.64.0.0", "100.127.255.255", "100.128.0.0"},
    {"126.255.255.255", "127.0.0.0", "127.255.255.255", "128.0.0.0"},
    {"168.63.129.15", "168.63.129.16", "168.63.129.16", "168.63.129.17"},
    {"169.253.255.255", "169.254.0.0", "169.254.255.255", "169.255.0.0"},
    {"172.15.255.255", "172.16.0.0", "172.31.255.255", "172.32.0.0"},
    {"191.255.255.255", "192.0.0.0", "192.0.0.255", "192.0.1.0"},
    {"192.0.1.255", "192.0.2.0", "192.0.2.255", "192.0.3.0"},
    {"192.88.98.255", "192.88.99.0", "192.88.99.255", "192.88.100.0"},
    {"192.167.255.255", "192.168.0.0", "192.168.255.255", "192.169.0.0"},
    {"198.17.255.255", "198.18.0.0", "198.19.255.255", "198.20.0.0"},
    {"198.51.99.255", "198.51.100.0", "198.51.100.255", "198.51.101.0"},
    {"203.0.112.255", "203.0.113.0", "203.0.113.255", "203.0.114.0"},
    {"223.255.255.255", "224.0.0.0", "239.255.255.255", ""},
    {"", "240.0.0.0", "255.255.255.255", ""},
    {"", "::", "1fff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "2000::"},
    {"2000:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "2001::", "2001:1ff:ffff:ffff:ffff:ffff:ffff:ffff",
     "2001:200::"},
    {"2001:db7:ffff:ffff:ffff:ffff:ffff:ffff",
     "2001:db8::", "2001:db8:ffff:ffff:ffff:ffff:ffff:ffff", "2001:db9::"},
    {"2001:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "2002::", "2002:ffff:ffff:ffff:ffff:ffff:ffff:ffff",
     "2003::"},
    {"3ffe:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "3fff::", "3fff:fff:ffff:ffff:ffff:ffff:ffff:ffff",
     "3fff:1000::"},
    {"3fff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "4000::", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff",
     ""},
};

TEST(OutboundUrlTest, EveryClosedRangeEndsExactlyWhereItEnds) {
  const auto open = [](const char* text) { return is_public(*IpAddress::parse(text)); };
  for (const ClosedRange& range : kClosed) {
    EXPECT_FALSE(open(range.first)) << range.first;
    EXPECT_FALSE(open(range.last)) << range.last;
    for (const char* neighbour : {range.before, range.after}) {
      EXPECT_TRUE(*neighbour == '\0' || open(neighbour)) << neighbour;
    }
  }
}

TEST(OutboundUrlTest, AnAllowedPrefixEndsExactlyWhereItEnds) {
  const OutboundRules list = rules("10.1.0.0/23, 192.168.7.9");
  const std::pair<const char*, bool> cases[] = {
      {"10.0.255.255", false}, {"10.1.0.0", true},        {"10.1.1.255", true},
      {"10.1.2.0", false},     {"192.168.7.8", false},    {"192.168.7.9", true},
      {"192.168.7.10", false}, {"::ffff:10.1.0.0", false}};
  for (const auto& [address, listed] : cases) {
    EXPECT_EQ(list.lists(*IpAddress::parse(address)), listed) << address;
    EXPECT_EQ(list.allows(*IpAddress::parse(address)), listed) << address;
  }
  EXPECT_TRUE(list.allows(*IpAddress::parse("8.8.8.8")));
  EXPECT_TRUE(list.has_list());
  EXPECT_FALSE(rules().has_list());
  for (const char* bad : {"10.0.0.0/-1", "::/129", "fd00::/8x"}) {
    EXPECT_FALSE(OutboundRules::parse(bad)) << bad;
  }
  EXPECT_TRUE(OutboundRules::parse("0.0.0.0/0, ::/128, 10.0.0.1/32"));
}

// What the customer reads says which rule was broken.
TEST(OutboundUrlTest, TheRefusalSaysWhy) {
  const std::string longest = std::string(63, 'x') + ".example.com";
  const std::pair<std::string, const char*> cases[] = {
      {"https://" + longest + "/", ""},
      {"https://x" + longest + "/", "the host name is not valid"},
      {"https://a.example/" + std::string(kOutboundUrlBytesMax - 18, 'x'), ""},
      {"https://a.example/" + std::string(kOutboundUrlBytesMax - 17, 'x'),
       "the URL is longer than 2000 characters"},
      {"https://a.example:8443/", ""},
      {"https://a.example:8442/", "the port must be 443 or 8443"},
      {"https://a.example:65535/", "the port must be 443 or 8443"},
      {"https://a.example:65536/", "the port is not valid"},
      {"http://a.example:443/", "the URL must begin with https://"},
      {"https://a.example/#x", "the URL has a fragment"},
      {"https://a.example/\x7f", "the URL has characters that belong percent-encoded"},
      {"https://u@a.example/", "the URL has a user name"},
      {"https://[::1]x/", "the host is not valid"},
      {"https://[1.2.3.4]/", "the host is not valid"},
      {"https://example/", "the host is not reachable from the Internet"},
      {"https://10.0.0.1/", "the host is not reachable from the Internet"},
      {"http://8.8.8.8/", "the URL must begin with https://"},
      {"https://8.8.8.8:8444/", "the port must be 443 or 8443"},
      {"https://a.1/", "the host name is not valid"},
      {"https://a.1b/", "the host name is not valid"},
      {"https://1a.b1/", ""}};
  for (const auto& [url, why] : cases) EXPECT_EQ(refusal(url), why) << url;
  std::string name = "a";
  while (name.size() < 253) name += name.size() % 2 ? ".a" : "a";
  ASSERT_EQ(name.size(), 253u);
  EXPECT_EQ(refusal("https://" + name + "/"), "");
  EXPECT_EQ(refusal("https://" + name.substr(0, 250) + "a.aa" + "/"), "the host name is not valid");
}

}  // namespace outbound_url_test
}  // namespace dundun
