// All carriers of the platform as one connector: it knows which one a route leaves by. The loopback
// carrier is always there, and the only one for test keys.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "common/base/config.h"
#include "common/carrier/connector.h"
#include "common/io/pg.h"

namespace dundun {

class Carriers final : public Connector {
 public:
  // Runs a statement on some connection.
  using Query = std::function<Result<PgRows>(const Statement&)>;

  Carriers(Executor& executor, const Config& config);
  ~Carriers() override;

  // Takes over what the tables and the carriers' files say now. Carriers that did not change go on;
  // one that is wrong is logged, and its routes fail until it is put right.
  void reload(const Query& query);
  // Reloads if the configuration has moved since, or a second try is due.
  void reload_if_moved(int64_t config_version, const Query& query);

  void submit(const Submission& submission, std::function<void(SubmitOutcome)> done) override;
  bool deduplicates(const Submission& submission) const override;

 private:
  struct Carrier {
    std::string made_of;  // kind, settings and file: another text, another connector
    std::shared_ptr<Connector> connector;  // nullptr: wrong settings
  };
  std::shared_ptr<Connector> carrier_of(const Submission& submission) const;
  Carrier make(const std::string& name, const std::string& kind, const std::string& settings);

  const Config& config_;
  const std::shared_ptr<Connector> loopback_;
  mutable std::mutex mutex_;
  std::map<std::string, Carrier, std::less<>> carriers_;      // by name
  std::map<std::string, std::string, std::less<>> by_route_;  // route code -> carrier
  // Replaced, but perhaps still talking.
  std::vector<std::shared_ptr<Connector>> retired_;
  std::optional<int64_t> version_;
};

}  // namespace dundun
