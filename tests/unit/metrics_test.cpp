#include "common/base/metrics.h"

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

namespace dundun {
namespace metrics_test {

class MetricsTest : public testing::Test {
 protected:
  MetricsTest() {
    std::string pattern = testing::TempDir() + "metricsXXXXXX";
    folder_ = mkdtemp(pattern.data());
  }
  ~MetricsTest() override { std::filesystem::remove_all(folder_); }

  static size_t times(const std::string& text, std::string_view what) {
    size_t count = 0;
    for (size_t at = text.find(what); at != std::string::npos; at = text.find(what, at + 1)) {
      ++count;
    }
    return count;
  }
  static std::string host() {
    char name[65] = {};
    return gethostname(name, sizeof name - 1) == 0 ? name : "";
  }
  std::string own_labels(const std::string& program) const {
    return "program=\"" + program + "\",host=\"" + host() + "\",pid=\"" + std::to_string(getpid()) +
           "\"";
  }

  std::string folder_;
};

TEST_F(MetricsTest, OneSeriesPerNameAndLabels) {
  Counter& ok = counter("t_requests_total", "status=\"2xx\"");
  ok.add(2);
  counter("t_requests_total", "status=\"2xx\"").add();
  counter("t_requests_total", "status=\"5xx\"").add();
  EXPECT_EQ(ok.value(), 3u);
  write_metrics_file(folder_, "messages");
  const std::string text = read_metrics_files(folder_);
  EXPECT_EQ(times(text, "# TYPE t_requests_total counter\n"), 1u) << text;
  const std::string labels = own_labels("messages");
  EXPECT_EQ(times(text, "t_requests_total{status=\"2xx\"," + labels + "} 3\n"), 1u) << text;
  EXPECT_EQ(times(text, "t_requests_total{status=\"5xx\"," + labels + "} 1\n"), 1u) << text;
}

TEST_F(MetricsTest, HistogramBucketsAreCumulative) {
  Histogram& seconds = histogram("t_seconds", Histogram::Scale::kSeconds);
  for (const double value : {0.0001, 0.0002, 0.3, 99.0}) seconds.observe(value);
  std::string text;
  seconds.write(text, "t_seconds", "a=\"b\"");
  EXPECT_EQ(times(text, "t_seconds_bucket{a=\"b\",le=\"0.0001\"} 1\n"), 1u) << text;
  EXPECT_EQ(times(text, "t_seconds_bucket{a=\"b\",le=\"0.25\"} 2\n"), 1u) << text;
  EXPECT_EQ(times(text, "t_seconds_bucket{a=\"b\",le=\"10\"} 3\n"), 1u) << text;
  EXPECT_EQ(times(text, "t_seconds_bucket{a=\"b\",le=\"+Inf\"} 4\n"), 1u) << text;
  EXPECT_EQ(times(text, "t_seconds_sum{a=\"b\"} 99.3003\n"), 1u) << text;
  EXPECT_EQ(times(text, "t_seconds_count{a=\"b\"} 4\n"), 1u) << text;
}

TEST_F(MetricsTest, WhatOthersDoTakesLonger) {
  Histogram& waits = histogram("t_waits", Histogram::Scale::kWaits);
  for (const double value : {0.1, 0.2, 600.0, 90000.0}) waits.observe(value);
  std::string text;
  waits.write(text, "t_waits", "a=\"b\"");
  EXPECT_EQ(times(text, "t_waits_bucket{a=\"b\",le=\"0.1\"} 1\n"), 1u) << text;
  EXPECT_EQ(times(text, "t_waits_bucket{a=\"b\",le=\"500\"} 2\n"), 1u) << text;
  EXPECT_EQ(times(text, "t_waits_bucket{a=\"b\",le=\"1000\"} 3\n"), 1u) << text;
  EXPECT_EQ(times(text, "t_waits_bucket{a=\"b\",le=\"10000\"} 3\n"), 1u) << text;
  EXPECT_EQ(times(text, "t_waits_bucket{a=\"b\",le=\"+Inf\"} 4\n"), 1u) << text;
}

TEST_F(MetricsTest, JoinsProgramsAndTellsATypeOnce) {
  gauge("t_queue").set(-4);
  write_metrics_file(folder_, "one");
  write_metrics_file(folder_, "two");
  const std::string text = read_metrics_files(folder_);
  EXPECT_EQ(times(text, "# TYPE t_queue gauge\n"), 1u);
  EXPECT_EQ(times(text, "t_queue{" + own_labels("one") + "} -4\n"), 1u) << text;
  EXPECT_EQ(times(text, "t_queue{" + own_labels("two") + "} -4\n"), 1u) << text;
  remove_metrics_file(folder_, "one");
  EXPECT_EQ(times(read_metrics_files(folder_), "program=\"one\""), 0u);
}

TEST_F(MetricsTest, ForgetsTheDead) {
  const pid_t child = fork();
  if (child == 0) _exit(0);
  waitpid(child, nullptr, 0);
  const std::string path = folder_ + "/gone-" + std::to_string(child) + "@" + host() + ".prom";
  std::ofstream(path) << "# TYPE t_old counter\nt_old 1\n";
  EXPECT_EQ(read_metrics_files(folder_), "");
  EXPECT_FALSE(std::filesystem::exists(path));
}

// In containers that share the folder, a process may have the number of a dead one of ours.
TEST_F(MetricsTest, OtherHostsAreOnlyForgottenWhenTheyAreStale) {
  const pid_t child = fork();
  if (child == 0) _exit(0);
  waitpid(child, nullptr, 0);
  const std::string path = folder_ + "/one-" + std::to_string(child) + "@another-host.prom";
  std::ofstream(path) << "# TYPE t_theirs counter\nt_theirs 1\n";
  EXPECT_EQ(times(read_metrics_files(folder_), "t_theirs 1\n"), 1u);
  EXPECT_TRUE(std::filesystem::exists(path));
}

TEST_F(MetricsTest, OtherFilesAreLeftAlone) {
  std::ofstream(folder_ + "/notes.txt") << "x";
  std::ofstream(folder_ + "/odd-name.prom") << "# TYPE t counter\nt 1\n";
  EXPECT_EQ(read_metrics_files(folder_), "");
  EXPECT_TRUE(std::filesystem::exists(folder_ + "/notes.txt"));
  EXPECT_TRUE(std::filesystem::exists(folder_ + "/odd-name.prom"));
}

TEST_F(MetricsTest, NoFolderMeansNoMetrics) {
  write_metrics_file("", "messages");
  EXPECT_EQ(read_metrics_files(folder_ + "/absent"), "");
}

}  // namespace metrics_test
}  // namespace dundun
