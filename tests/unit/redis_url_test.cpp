#include "common/base/redis_url.h"

#include <gtest/gtest.h>

#include "tests/support/text.h"

namespace dundun {
namespace redis_url_test {

struct Good {
  const char* url;
  RedisAddress address;
};

RedisAddress tcp(const char* host, int port, const char* user = "", const char* password = "",
                 int database = 0) {
  return {"", host, port, user, password, database};
}

const Good kGood[] = {
    {"redis://cache", tcp("cache", 6379)},
    {"redis://cache/", tcp("cache", 6379)},
    {"redis://cache:6380", tcp("cache", 6380)},
    {"redis://cache:6380/0", tcp("cache", 6380)},
    {"redis://cache/15", tcp("cache", 6379, "", "", 15)},
    {"redis://cache?db=2", tcp("cache", 6379, "", "", 2)},
    {"redis://:secret@cache", tcp("cache", 6379, "", "secret")},
    {"redis://dundun@cache", tcp("cache", 6379, "dundun")},
    {"redis://dundun:secret@cache:1/3", tcp("cache", 1, "dundun", "secret", 3)},
    {"redis://d%3Au:p%40ss%2F%3A%25%C3%A9@cache", tcp("cache", 6379, "d:u", "p@ss/:%\u00e9")},
    {"redis://dundun:p@s/s:w+rd@cache", tcp("cache", 6379, "dundun", "p@s/s:w+rd")},
    {"redis://[::1]", tcp("::1", 6379)},
    {"redis://u:p@[2001:db8::1]:7000/4", tcp("2001:db8::1", 7000, "u", "p", 4)},
    {"unix:/run/redis.sock", {"/run/redis.sock", "", 6379, "", "", 0}},
    {"unix:///run/redis.sock", {"/run/redis.sock", "", 6379, "", "", 0}},
    {"unix:/run/redis.sock?db=3", {"/run/redis.sock", "", 6379, "", "", 3}},
    {"unix://u:p%40@/run/redis.sock?db=1", {"/run/redis.sock", "", 6379, "u", "p@", 1}},
};

TEST(RedisUrlTest, EveryFormIsRead) {
  for (const Good& good : kGood) {
    SCOPED_TRACE(good.url);
    const auto address = parse_redis_url(good.url);
    ASSERT_TRUE(address) << address.error().message;
    EXPECT_EQ(address->path, good.address.path);
    EXPECT_EQ(address->host, good.address.host);
    EXPECT_EQ(address->port, good.address.port);
    EXPECT_EQ(address->user, good.address.user);
    EXPECT_EQ(address->password, good.address.password);
    EXPECT_EQ(address->database, good.address.database);
  }
}

TEST(RedisUrlTest, WhatIsWrongIsSaidWithoutThePassword) {
  for (const char* url : {"",
                          "cache:6379",
                          "http://cache",
                          "redis://",
                          "redis:///3",
                          "redis://:hush@",
                          "unix:",
                          "unix:relative",
                          "unix://u:hush@relative",
                          "redis://u:hush%@cache",
                          "redis://u:hush%00@cache",
                          "redis://u:hush@cache:",
                          "redis://u:hush@cache:0",
                          "redis://u:hush@cache:70000",
                          "redis://u:hush@cache:x",
                          "redis://cache:+1",
                          "redis://cache/x",
                          "redis://cache/-1",
                          "redis://u:hush@cache/70000",
                          "redis://cache/1/2",
                          "redis://cache?x=1",
                          "redis://[::1",
                          "redis://[::1]7",
                          "redis://::1",
                          "unix:/s?db=",
                          "rediss://u:hush@cache"}) {
    const auto address = parse_redis_url(url);
    ASSERT_FALSE(address) << url;
    EXPECT_TRUE(address.error().message.starts_with("REDIS_URL ")) << address.error().message;
    EXPECT_FALSE(contains(address.error().message, "hush")) << url;
  }
}

TEST(RedisUrlTest, TlsIsRefusedWithTheWayOut) {
  EXPECT_TRUE(contains(parse_redis_url("rediss://cache").error().message, "stunnel"));
}

}  // namespace redis_url_test
}  // namespace dundun
