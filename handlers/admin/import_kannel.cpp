// POST /admin/import/kannel (a kannel.conf): what becomes of each of its groups, and, without
// dry_run, its carriers. Only dundunctl runs it: it writes the carriers' files of secrets.
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <set>

#include "common/base/config.h"
#include "common/carrier/carrier_file.h"
#include "common/carrier/kannel/kannel.h"
#include "common/carrier/routing.h"
#include "common/io/crypto.h"
#include "common/io/json.h"
#include "common/io/pg.h"
#include "common/sms/calling_code.h"
#include "common/web/audited_change.h"
#include "handlers/admin/endpoints.h"
#include "handlers/admin/kannel_plan.h"
#include "sql/admin.h"
#include "sql/carriers.h"

namespace dundun {
namespace {

constexpr const char* kOurAddress = "http://127.0.0.1:8080";
constexpr size_t kSecretBytes = 24;

// A route that leaves by nobody yet.
struct FreeRoute {
  std::string code, calling_code;
};

Result<std::vector<FreeRoute>> free_routes(PgPool& pg) {
  std::set<std::string> with_legs;
  const PgRows legs = TRY(pg.query(sql::routing_legs));
  for (int row = 0; row < legs.size(); ++row)
    with_legs.emplace(legs.text(row, sql::routing_legs.code));
  std::vector<FreeRoute> free;
  const PgRows routes = TRY(pg.query(sql::admin_routes));
  for (int row = 0; row < routes.size(); ++row) {
    const std::string code(routes.text(row, sql::admin_routes.code));
    if (routes.text(row, sql::admin_routes.connector) != kLoopback || with_legs.contains(code))
      continue;
    free.push_back({code, calling_code(std::string(routes.text(row, sql::admin_routes.country)))});
  }
  return free;
}

// Takes the routes of the carrier's countries out of `free`: the first carrier of a country has it.
std::vector<std::string> routes_for(const KannelCarrier& carrier, std::vector<FreeRoute>& free) {
  std::vector<std::string> codes;
  std::erase_if(free, [&](const FreeRoute& route) {
    const bool fits = !route.calling_code.empty() &&
                      std::ranges::any_of(carrier.prefixes, [&](const std::string& prefix) {
                        return prefix.starts_with(route.calling_code);
                      });
    if (fits) codes.push_back(route.code);
    return fits;
  });
  return codes;
}

std::string settings_of(const KannelCarrier& carrier, const std::string& address) {
  JsonWriter json;
  json.begin_object()
      .member("url", carrier.url)
      .member("receipts_url", address + "/carrier/" + carrier.name + "/kannel-receipt")
      .member("smsc", carrier.smsc_id)
      .end_object();
  return json.take();
}

// The file of secrets, unless it is there: of the folder's group, readable by it, like those that
// kannel/secrets.sh makes.
Status write_secrets(const std::string& folder, const std::string& carrier) {
  const std::string path = folder + "/" + carrier;
  const auto failed = [&path] {
    return fail(ErrorCode::kInvalidRequest, "The file " + path + " cannot be written.");
  };
  const int fd = ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  if (fd < 0) return errno == EEXIST ? Status(Done{}) : Status(failed());
  const std::string text = "username=dundun\npassword=" + to_hex(random_bytes(kSecretBytes)) +
                           "\nsecret=" + to_hex(random_bytes(kSecretBytes)) + "\n";
  struct stat about {};
  const bool whole = ::write(fd, text.data(), text.size()) == static_cast<ssize_t>(text.size());
  // Who may not give it to that group keeps it alone.
  const bool is_shared = whole && stat(folder.c_str(), &about) == 0 &&
                         fchown(fd, static_cast<uid_t>(-1), about.st_gid) == 0;
  const bool good = whole && fchmod(fd, is_shared ? 0640 : 0600) == 0;
  ::close(fd);
  if (good) return Done{};
  (void)::unlink(path.c_str());
  return failed();
}

class KannelImport {
 public:
  KannelImport(Context& context, std::string address, std::vector<FreeRoute> free)
      : context_(context), address_(std::move(address)), free_(std::move(free)) {}

  // Fills in what only the database knows; with a change it is made, too.
  Status settle(KannelStep& step, AuditedChange* change) {
    const KannelCarrier& carrier = *step.carrier;
    const PgRows known =
        TRY(context_.services.pg.query(sql::admin_carrier_settings_of, carrier.name));
    if (known.size() > 0 && !known.is_null(0, sql::admin_carrier_settings_of.kind)) {
      step.becomes += "; it is there already, and stays as it is";
      return Done{};
    }
    const std::vector<std::string> codes = routes_for(carrier, free_);
    for (const std::string& code : codes) step.becomes += "; route " + code + " leaves by it";
    if (codes.empty()) {
      step.becomes += "; no route: dundunctl route set CODE --connector " + carrier.name;
    }
    return change == nullptr ? Status(Done{}) : make(carrier, codes, *change);
  }

 private:
  Status make(const KannelCarrier& carrier, const std::vector<std::string>& codes,
              AuditedChange& change) {
    constexpr std::nullptr_t kStays = nullptr;
    const std::string& folder = context_.services.config.carrier_secrets_dir;
    TRY(write_secrets(folder, carrier.name));
    const CarrierSecrets secrets = TRY(read_carrier_file(folder, carrier.name));
    const std::string settings = settings_of(carrier, address_);
    TRY(read_kannel_settings(settings, secrets));
    TRY(change.run(sql::admin_carrier_settings, carrier.name, "kannel", settings));
    if (carrier.segments_per_s > 0) {
      TRY(change.run(sql::admin_carrier_change, carrier.name, kStays, carrier.segments_per_s,
                     kStays, kStays));
    }
    TRY(change.record({0, "carrier.imported", "carrier " + carrier.name, settings}));
    for (const std::string& code : codes) {
      TRY(change.run(sql::admin_route_change, code, kStays, kStays, carrier.name, kStays, kStays,
                     kStays));
      JsonWriter detail;
      detail.begin_object().member("connector", carrier.name).end_object();
      TRY(change.record({0, "route.changed", "route " + code, detail.take()}));
    }
    return Done{};
  }

  Context& context_;
  const std::string address_;
  std::vector<FreeRoute> free_;
};

// What Kannel needs to know of us.
KannelStep own_user(const std::vector<KannelStep>& steps) {
  std::string names;
  for (const KannelStep& step : steps) {
    if (step.carrier) names += (names.empty() ? "" : ", ") + step.carrier->name;
  }
  return {0,
          "sendsms-user",
          "dundun",
          "to be added to kannel.conf for carrier " + names +
              ": username = dundun, password = that of the carrier's file, concatenation = false, "
              "max-messages = 1; and a sms-service that brings texts (kannel.md)",
          {}};
}

Response plan_answer(const std::vector<KannelStep>& steps, bool dry_run) {
  JsonWriter json;
  json.begin_object().key("groups").begin_array();
  for (const KannelStep& step : steps) {
    json.begin_object()
        .member("line", static_cast<int64_t>(step.line))
        .member("group", step.group)
        .member("name", step.name)
        .member("becomes", step.becomes)
        .end_object();
  }
  json.end_array().member("dry_run", dry_run).end_object();
  return Response::json(json.take());
}

}  // namespace

Result<Response> import_kannel(Context& context) {
  const std::vector<KannelGroup> groups = TRY(parse_kannel_conf(context.request.body));
  const bool dry_run = context.request.query_value("dry_run").value_or("") == "true";
  std::string address(context.request.query_value("address").value_or(kOurAddress));
  if (!address.starts_with("http://") && !address.starts_with("https://")) {
    return fail(ErrorCode::kInvalidRequest, "address must begin with http:// or https://.");
  }
  while (address.ends_with('/')) address.pop_back();
  std::vector<KannelStep> steps = plan_of(groups);
  KannelImport import(context, std::move(address), TRY(free_routes(context.services.pg)));
  std::optional<AuditedChange> change;
  if (!dry_run) change.emplace(TRY(AuditedChange::begin(context)));
  bool any = false;
  for (KannelStep& step : steps) {
    if (!step.carrier) continue;
    TRY(import.settle(step, change ? &*change : nullptr));
    any = true;
  }
  if (change) TRY(change->commit(AuditedChange::Effect::kConfiguration));
  if (any) steps.push_back(own_user(steps));
  return plan_answer(steps, dry_run);
}

}  // namespace dundun
