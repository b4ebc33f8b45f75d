// All carriers of the platform by name, and the configuration of routing. The loopback carrier is
// always there; it is the only one for test keys.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/config.h"
#include "common/carrier/connector.h"
#include "common/carrier/pace.h"
#include "common/carrier/routing.h"
#include "common/io/pg.h"

namespace dundun {

class Carriers {
 public:
  // Runs a statement on some connection.
  using Query = std::function<Result<PgRows>(const Statement&)>;

  Carriers(Executor& executor, const Config& config, Query query);
  ~Carriers();

  // Loads the tables and the carriers' files again if the configuration has moved, or if a second
  // try is due. Carriers that did not change go on. A misconfigured carrier is logged, and skipped
  // until it is corrected. Thread-safe if the query is.
  void reload_if_moved(int64_t config_version);

  // nullptr: not set up, or suspended. Stays alive as long as this object.
  Connector* find(std::string_view carrier) const;
  std::vector<std::string> names() const;
  // In the order in which they are to be asked; test messages have the loopback carrier alone.
  std::vector<LegChoice> legs_of(const Submission& submission) const;
  // The limits that a message by its carrier must keep to.
  enum class WithRoute { kYes, kNo };
  std::vector<PaceLimit> limits_of(const Submission& submission, WithRoute with_route) const;

 private:
  struct Carrier {
    std::string made_of;  // kind, settings and file: another text, another connector
    std::shared_ptr<Connector> connector;  // nullptr: wrong settings
  };
  using ByName = std::map<std::string, Carrier, std::less<>>;
  void reload();
  std::shared_ptr<const RoutingTable> table() const;
  Carrier make(const std::string& name, const std::string& kind, const std::string& settings);

  const Config& config_;
  const Query query_;
  const std::shared_ptr<Connector> loopback_;
  std::mutex reload_mutex_;
  std::optional<int64_t> version_;
  mutable std::mutex mutex_;  // of what follows
  ByName carriers_;
  std::shared_ptr<const RoutingTable> table_ = std::make_shared<RoutingTable>();
  // Connectors that were replaced, but may still have calls under way.
  std::vector<std::shared_ptr<Connector>> retired_;
};

}  // namespace dundun
