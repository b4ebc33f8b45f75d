#include "openapi/document.h"

#include <algorithm>
#include <map>
#include <set>

#include "common/base/version.h"
#include "common/web/router.h"
#include "common/web/shape.h"
#include "openapi/operation_json.h"
#include "openapi/schema.h"
#include "openapi/webhooks.h"
#include "openapi/words.h"

namespace dundun {
namespace {

// What every group may use.
constexpr const char* kCommonTypes = R"(
  Error = {
    detail: any,  // an object with code and message, a text, or the list of wrong fields
    error: {
      code: string,  // for programs
      message: string,  // for people
      request_id: string  // quote it when you ask for help
    }
  }
)";

constexpr const char* kAbout =
    "Send SMS, ask what became of them, and what they cost. Every path stands under /api and, "
    "identically, under /v1; the second dialect's under /v1 only. A literal segment of a path wins "
    "over a parameter: /messages/batch/{id} is a campaign, whatever the id. A member of a body "
    "that is "
    "not known here is ignored, and named in the answer's `warnings`, a list of sentences beside "
    "what "
    "is described (not in the second dialect); one that looks like a known one is refused.";

constexpr const char* kParameterComponents =
    R"({"IdempotencyKey":{"name":"Idempotency-Key","in":"header","required":false,)"
    R"("description":"For 24 hours a repeat with the same key gets the first answer, and nothing )"
    R"(happens twice.","schema":{"type":"string","minLength":1,"maxLength":255},)"
    R"("example":"order-4711"}})";

constexpr const char* kSecuritySchemes =
    R"({"bearer":{"type":"http","scheme":"bearer",)"
    R"("description":"An API key (esms_live_…, esms_test_…) or an app's (sgw_…)."},)"
    R"("key":{"type":"apiKey","in":"header","name":"X-API-Key","description":"The same key."},)"
    R"("session":{"type":"apiKey","in":"cookie","name":"esms_access_token",)"
    R"("description":"A login's cookie. Every method but GET needs the header X-CSRF-Token with )"
    R"(the csrf_token of the login's answer; X-Environment: test acts in the test environment."}})";

const Operation kHealthOperations[] = {
    {.of = "GET /healthz",
     .summary = "The process runs",
     .answer = R"({status: "ok", version: string})"},
    {.of = "GET /readyz",
     .summary = "The database answers",
     .answer = R"({status: "ok" | "degraded", postgresql: "ok", redis: "ok" | "down"})"},
};

std::string name_of(const Endpoint& endpoint) {
  return std::string(method_name(endpoint.method)) + " " + endpoint.path;
}

const Operation* operation_of(std::span<const Operation> operations, const std::string& name) {
  auto found = std::ranges::find(operations, std::string_view(name), &Operation::of);
  return found == operations.end() ? nullptr : &*found;
}

// nullptr: under both bases.
const char* only_base(const Described& entry) {
  if (entry.endpoint->bare) return "/";
  const bool second_dialect = entry.operation != nullptr &&
                              std::string_view(entry.operation->error) == kErrorsOfTheSecondDialect;
  return second_dialect ? "/v1" : nullptr;
}

class Writer {
 public:
  explicit Writer(std::span<const ApiGroup> groups) : groups_(groups) {}

  Result<ApiDocument> write() {
    TRY(read_types());
    collect();
    json_.begin_object().member("openapi", "3.1.0");
    write_head();
    json_.key("paths").begin_object();
    OperationJson operations(json_, types_);
    for (const std::string& path : order_) TRY(write_path(operations, path));
    json_.end_object();
    std::set<std::string> references = operations.references();
    if (types_.contains("MessageEvent")) TRY(write_webhooks(json_, types_, references));
    gaps_.insert(gaps_.end(), operations.gaps().begin(), operations.gaps().end());
    TRY(write_components(operations, references));
    json_.end_object();
    return ApiDocument{json_.take(), std::move(gaps_)};
  }

 private:
  Status read_types() {
    types_ = TRY(parse_types(kCommonTypes));
    for (const ApiGroup& group : groups_) {
      auto types = parse_types(group.types);
      if (!types) return in(group.name, types.error());
      types_.merge(*types);
    }
    if (types_.contains("Status")) types_.merge(TRY(parse_types(kWebhookTypes)));
    return Done{};
  }

  static Error in(std::string_view where, const Error& error) {
    return fail(ErrorCode::kInvalidRequest, std::string(where) + ": " + error.message);
  }

  // Every endpoint once, by path in the order of the tables; health checks stand in many.
  void collect() {
    std::set<std::string> seen;
    for (const ApiGroup& group : groups_) {
      for (const Endpoint& endpoint : group.endpoints) {
        const std::string name = name_of(endpoint);
        if (endpoint.demand.access == Access::kLocal || !seen.insert(name).second) continue;
        const Operation* operation = operation_of(group.operations, name);
        if (operation == nullptr) operation = operation_of(kHealthOperations, name);
        if (operation == nullptr) {
          gaps_.push_back("no schema: " + name);
        } else if (harms_when_repeated(endpoint, *operation)) {
          gaps_.push_back("neither idempotent nor safe to repeat: " + name);
        }
        if (!paths_.contains(endpoint.path)) order_.emplace_back(endpoint.path);
        paths_[endpoint.path].push_back({&endpoint, operation});
      }
      for (const Operation& operation : group.operations) {
        if (!seen.contains(operation.of))
          gaps_.push_back("no endpoint: " + std::string(operation.of));
      }
    }
  }

  // What stands outside the bases others call, and tell repeats apart by ids of their own.
  static bool harms_when_repeated(const Endpoint& endpoint, const Operation& operation) {
    return endpoint.method == Method::kPost && !endpoint.bare && !operation.idempotent &&
           !operation.safe_to_repeat;
  }

  void write_head() {
    json_.key("info")
        .begin_object()
        .member("title", "Dundun")
        .member("version", version())
        .member("description", kAbout);
    json_.key("contact").raw(R"({"name":"Whoever runs this server"})");
    json_.key("license").raw(R"({"name":"Apache-2.0","identifier":"Apache-2.0"})").end_object();
    json_.key("servers").begin_array();
    for (const char* base : {"/api", "/v1"}) json_.begin_object().member("url", base).end_object();
    json_.end_array().key("tags").begin_array();
    for (const Tag& tag : api_tags()) {
      json_.begin_object().member("name", tag.name).member("description", tag.description);
      json_.end_object();
    }
    json_.end_array();
  }

  Status write_path(OperationJson& operations, const std::string& path) {
    const std::vector<Described>& entries = paths_.at(path);
    json_.key(path).begin_object();
    if (const char* base = only_base(entries.front())) {
      json_.key("servers")
          .begin_array()
          .begin_object()
          .member("url", base)
          .end_object()
          .end_array();
    }
    for (const Described& entry : entries) {
      Status written = operations.write(entry);
      if (!written) return in(name_of(*entry.endpoint), written.error());
    }
    json_.end_object();
    return Done{};
  }

  // Only what something refers to: types that are only spread have no name outside.
  Status write_components(OperationJson& operations, const std::set<std::string>& references) {
    json_.key("components").begin_object().key("schemas").begin_object();
    std::set<std::string> all = references;
    for (const std::string& name : references) {
      if (auto found = types_.find(name); found != types_.end()) {
        add_references(found->second, types_, all);
      }
    }
    for (const std::string& name : all) {
      json_.key(name);
      Status written = write_schema(json_, types_.at(name), types_);
      if (!written) return in(name, written.error());
    }
    json_.end_object();
    TRY(operations.write_shared_answers());
    write_header_components(json_);
    json_.key("parameters").raw(kParameterComponents).key("securitySchemes").raw(kSecuritySchemes);
    json_.end_object();
    return Done{};
  }

  std::span<const ApiGroup> groups_;
  ShapeTypes types_;
  std::map<std::string, std::vector<Described>> paths_;
  std::vector<std::string> order_, gaps_;
  JsonWriter json_;
};

}  // namespace

Result<ApiDocument> describe_api(std::span<const ApiGroup> groups) {
  return Writer(groups).write();
}

}  // namespace dundun
