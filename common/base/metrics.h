// Counters, gauges and histograms in Prometheus' text format. Each process rewrites its own file
// METRICS_DIR/<program>-<pid>@<host>.prom every second. GET /metrics joins the files of all
// processes, so one address shows every worker and the short-lived schedulers too.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace dundun {

class Counter {
 public:
  void add(uint64_t n = 1) { value_.fetch_add(n, std::memory_order_relaxed); }
  uint64_t value() const { return value_.load(std::memory_order_relaxed); }

 private:
  std::atomic<uint64_t> value_{0};
};

class Gauge {
 public:
  void set(int64_t value) { value_.store(value, std::memory_order_relaxed); }
  int64_t value() const { return value_.load(std::memory_order_relaxed); }

 private:
  std::atomic<int64_t> value_{0};
};

// Fixed buckets of 1-2.5-5 steps: kSeconds from 0.0001 to 10, for what a program does, kWaits from
// 0.1 to 10,000 seconds, for what others do; or of powers of two, for counts.
class Histogram {
 public:
  enum class Scale { kSeconds, kWaits, kCount };
  explicit Histogram(Scale scale) : scale_(scale) {}
  void observe(double value);
  void write(std::string& out, std::string_view name, std::string_view labels) const;

 private:
  static constexpr int kBuckets = 16;
  Scale scale_;
  std::array<std::atomic<uint64_t>, kBuckets + 1> buckets_{};
  std::atomic<uint64_t> sum_millionths_{0};
};

// Names follow Prometheus' rules: dundun_requests_total, dundun_request_seconds … `labels` takes
// few values (route, status class), never a phone number or an account. A series is made at its
// first use and lives as long as the process. Keep the reference: a look-up takes a lock.
Counter& counter(std::string_view name, std::string_view labels = {});
Gauge& gauge(std::string_view name, std::string_view labels = {});
Histogram& histogram(std::string_view name, Histogram::Scale scale, std::string_view labels = {});

// Writes all series of this process, by a temporary file and a rename. Does nothing if `folder` is
// empty.
void write_metrics_file(const std::string& folder, std::string_view program);
void remove_metrics_file(const std::string& folder, std::string_view program);
// The files of all living processes joined, each HELP and TYPE line once. Removes the files of dead
// processes.
std::string read_metrics_files(const std::string& folder);

}  // namespace dundun
