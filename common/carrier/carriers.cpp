#include "common/carrier/carriers.h"

#include <utility>

#include "common/base/log.h"
#include "common/carrier/http_connector.h"
#include "common/carrier/kannel.h"
#include "common/carrier/loopback.h"
#include "common/carrier/ringcentral.h"
#include "sql/statements.h"

namespace dundun {
namespace {

constexpr const char* kLoopback = "loopback";

}  // namespace

Carriers::Carriers(Executor& executor, const Config& config)
    : config_(config), loopback_(make_loopback(executor, config)) {}

Carriers::~Carriers() = default;

void Carriers::reload_if_moved(int64_t config_version, const Query& query) {
  {
    std::lock_guard lock(mutex_);
    if (version_ == config_version) return;
    version_ = config_version;
  }
  reload(query);
}

void Carriers::reload(const Query& query) {
  auto carriers = query(sql::carriers_all);
  auto routes = query(sql::routes_carriers);
  std::lock_guard lock(mutex_);
  if (!carriers || !routes) {
    version_.reset();  // tried again with the next look
    return;
  }
  std::map<std::string, Carrier, std::less<>> made;
  for (int row = 0; row < carriers->size(); ++row) {
    const std::string name(carriers->text(row, 0));
    made[name] =
        make(name, std::string(carriers->text(row, 1)), std::string(carriers->text(row, 2)));
  }
  for (auto& [name, old] : std::exchange(carriers_, std::move(made))) {
    const auto now = carriers_.find(name);
    const bool kept = now != carriers_.end() && now->second.connector == old.connector;
    if (!kept && old.connector) retired_.push_back(std::move(old.connector));
  }
  by_route_.clear();
  for (int row = 0; row < routes->size(); ++row) {
    by_route_.emplace(routes->text(row, 0), routes->text(row, 1));
  }
}

Carriers::Carrier Carriers::make(const std::string& name, const std::string& kind,
                                 const std::string& settings) {
  auto secrets = read_carrier_file(config_.carrier_secrets_dir, name);
  std::string made_of = kind + "\n" + settings + "\n";
  if (secrets) {
    for (const auto& [field, value] : *secrets) made_of += field + "=" + value + "\n";
  }
  const auto known = carriers_.find(name);
  if (known != carriers_.end() && known->second.made_of == made_of) return known->second;
  const auto complain = [&](const Error& error) {
    log(LogLevel::kError, "carrier_settings",
        {{"carrier", std::string_view(name)}, {"detail", std::string_view(error.message)}});
    return Carrier{made_of, nullptr};
  };
  if (!secrets) return complain(secrets.error());
  if (kind == "ringcentral") {
    auto ringcentral = read_ringcentral_settings(name, settings, *secrets);
    if (!ringcentral) return complain(ringcentral.error());
    return {made_of, make_ringcentral(*ringcentral, config_)};
  }
  if (kind == "http") {
    auto description = read_http_description(settings, *secrets);
    if (!description) return complain(description.error());
    return {made_of, make_http(name, *description)};
  }
  auto kannel = read_kannel_settings(settings, *secrets);
  if (!kannel) return complain(kannel.error());
  return {made_of, make_kannel(*kannel)};
}

std::shared_ptr<Connector> Carriers::carrier_of(const Submission& submission) const {
  if (submission.environment != Environment::kLive) return loopback_;
  std::lock_guard lock(mutex_);
  const auto route = by_route_.find(submission.route);
  if (route == by_route_.end() || route->second == kLoopback) return loopback_;
  const auto carrier = carriers_.find(route->second);
  return carrier == carriers_.end() ? nullptr : carrier->second.connector;
}

void Carriers::submit(const Submission& submission, std::function<void(SubmitOutcome)> done) {
  if (const std::shared_ptr<Connector> carrier = carrier_of(submission)) {
    return carrier->submit(submission, std::move(done));
  }
  SubmitOutcome outcome;
  outcome.kind = SubmitOutcome::Kind::kFailed;
  outcome.error_code = "SUBMIT_FAIL";
  outcome.error_message = "The route's carrier is not set up.";
  done(std::move(outcome));
}

bool Carriers::deduplicates(const Submission& submission) const {
  const std::shared_ptr<Connector> carrier = carrier_of(submission);
  return carrier && carrier->deduplicates(submission);
}

}  // namespace dundun
