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

}  // namespace outbound_url_test
}  // namespace dundun
