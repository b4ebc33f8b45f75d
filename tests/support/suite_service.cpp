#include "tests/support/suite_service.h"

#include <gtest/gtest.h>

#include <vector>

namespace dundun {
namespace {

class EndsWithTheSuite : public testing::EmptyTestEventListener {
 public:
  static EndsWithTheSuite& shared() {
    static EndsWithTheSuite* const listener = [] {
      auto* made = new EndsWithTheSuite;
      testing::UnitTest::GetInstance()->listeners().Append(made);  // which then owns it
      return made;
    }();
    return *listener;
  }
  void add(std::unique_ptr<Service>* service) { running_.push_back(service); }
  void forget(std::unique_ptr<Service>* service) { std::erase(running_, service); }
  void OnTestSuiteEnd(const testing::TestSuite& /*suite*/) override {
    for (std::unique_ptr<Service>* service : running_) service->reset();
    running_.clear();
  }

 private:
  std::vector<std::unique_ptr<Service>*> running_;
};

}  // namespace

// One of a single test ends before the suite does.
SuiteService::~SuiteService() {
  if (running_) EndsWithTheSuite::shared().forget(&running_);
}

Service& SuiteService::get() {
  if (!running_) {
    running_ = std::make_unique<Service>(Stack::shared().fresh_database(), options_);
    EndsWithTheSuite::shared().add(&running_);
  }
  return *running_;
}

}  // namespace dundun
