// The service that the tests of a suite share.
#pragma once

#include <memory>
#include <string>

#include "tests/support/stack.h"

namespace dundun {

// Starts when the first test of a suite asks for it and ends with the suite: those of all suites at
// once are hundreds of processes, too many for a sanitizer's memory. Meant for a static in the
// fixture; a suite that comes later and shares the fixture gets a new one.
class SuiteService {
 public:
  explicit SuiteService(Service::Options options = {.messages_workers = 2, .environment = {}})
      : options_(std::move(options)) {}
  ~SuiteService();
  SuiteService(const SuiteService&) = delete;
  Service& get();

 private:
  Service::Options options_;
  std::unique_ptr<Service> running_;
};

}  // namespace dundun
