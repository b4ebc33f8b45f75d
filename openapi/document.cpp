#include "openapi/document.h"

#include <algorithm>
#include <map>
#include <set>

#include "common/web/router.h"
#include "openapi/shape.h"

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

const Operation kHealthOperations[] = {
    {.of = "GET /healthz", .summary = "The process runs", .answer = R"({status: "ok"})"},
    {.of = "GET /readyz",
     .summary = "The database answers",
     .answer = R"({status: "ok" | "degraded", postgresql: "ok", redis: "ok" | "down"})"},
};

struct Entry {
  const ApiGroup* group;
  const Endpoint* endpoint;
  const Operation* operation;
};

std::string name_of(const Endpoint& endpoint) {
  return std::string(method_name(endpoint.method)) + " " + endpoint.path;
}

const Operation* operation_of(std::span<const Operation> operations, const std::string& name) {
  auto found = std::ranges::find(operations, std::string_view(name), &Operation::of);
  return found == operations.end() ? nullptr : &*found;
}

std::vector<std::string> words_of(std::string_view text) {
  std::vector<std::string> words;
  while (!text.empty()) {
    const size_t end = std::min(text.find(' '), text.size());
    if (end > 0) words.emplace_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return words;
}

// The scope a key needs; empty: no key opens it.
std::string_view scope_of(Access access) {
  switch (access) {
    case Access::kQuery:
      return "query";
    case Access::kSend:
      return "send";
    case Access::kWebhooks:
      return "webhooks";
    case Access::kManage:
    case Access::kTenant:
      return "admin";
    case Access::kPublic:
    case Access::kLocal:
    case Access::kSession:
    case Access::kOwner:
    case Access::kPlatform:
      break;
  }
  return "";
}

std::string_view status_text(const std::string& status) {
  static const std::map<std::string_view, std::string_view> texts{
      {"200", "Done"},
      {"201", "Made"},
      {"202", "Accepted"},
      {"204", "Done; no body"},
      {"302", "Elsewhere"},
      {"303", "Elsewhere"},
      {"400", "Something in the request cannot be done"},
      {"401", "No key, or not a valid one"},
      {"402", "Insufficient balance (under /v1)"},
      {"403", "Not allowed to this key, sender or account"},
      {"404", "Unknown, or another account's"},
      {"409", "Not in this state"},
      {"413", "Too large"},
      {"415", "Another media type is needed"},
      {"422", "A field is missing or wrong"},
      {"429", "Too many requests: wait for Retry-After seconds"},
      {"500", "Our fault"},
      {"503", "Not now: repeat after Retry-After seconds, with the same Idempotency-Key"},
  };
  auto found = texts.find(status);
  return found == texts.end() ? "Answer" : found->second;
}

// nullptr: under both bases.
const char* only_base(const Entry& entry) {
  if (entry.endpoint->bare) return "/";
  const bool second_dialect =
      entry.operation != nullptr && std::string_view(entry.operation->error) == "GravityError";
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
    for (const std::string& path : order_) TRY(write_path(path));
    json_.end_object();
    TRY(write_components());
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
        paths_[endpoint.path].push_back({&group, &endpoint, operation});
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
        .member("version", "1")
        .member("description",
                "Send SMS, ask what became of them, and what they cost. Every path stands under "
                "/api and, identically, under /v1.")
        .end_object();
    json_.key("servers").begin_array();
    for (const char* base : {"/api", "/v1"}) json_.begin_object().member("url", base).end_object();
    json_.end_array();
  }

  Status write_path(const std::string& path) {
    const std::vector<Entry>& entries = paths_.at(path);
    json_.key(path).begin_object();
    if (const char* base = only_base(entries.front())) {
      json_.key("servers")
          .begin_array()
          .begin_object()
          .member("url", base)
          .end_object()
          .end_array();
    }
    for (const Entry& entry : entries) {
      Status written = write_operation(entry);
      if (!written) return in(name_of(*entry.endpoint), written.error());
    }
    json_.end_object();
    return Done{};
  }

  Status write_operation(const Entry& entry) {
    const Endpoint& endpoint = *entry.endpoint;
    std::string method(method_name(endpoint.method));
    std::ranges::transform(method, method.begin(), [](unsigned char c) { return std::tolower(c); });
    std::string id = method + endpoint.path;
    std::ranges::replace_if(
        id, [](unsigned char c) { return std::isalnum(c) == 0; }, '_');
    json_.key(method).begin_object().member("operationId", id);
    json_.key("tags").begin_array().value(entry.group->name).end_array();
    write_security(endpoint.demand.access);
    if (entry.operation == nullptr) {
      json_.key("responses").begin_object().end_object().end_object();
      return Done{};
    }
    json_.member("summary", entry.operation->summary);
    if (endpoint.demand.serves == Serves::kLive) {
      json_.member("description", "This is the account's own: test keys are refused.");
    }
    TRY(write_parameters(endpoint, *entry.operation));
    TRY(write_body(*entry.operation));
    TRY(write_responses(endpoint, *entry.operation));
    json_.end_object();
    return Done{};
  }

  void write_security(Access access) {
    json_.key("security").begin_array();
    if (const std::string_view scope = scope_of(access); !scope.empty()) {
      for (const char* scheme : {"bearer", "key"}) {
        json_.begin_object().key(scheme).begin_array().value(scope).end_array().end_object();
      }
    }
    if (access != Access::kPublic) json_.raw(R"({"session":[]})");
    json_.end_array();
  }

  Status write_parameters(const Endpoint& endpoint, const Operation& operation) {
    json_.key("parameters").begin_array();
    std::string_view path = endpoint.path;
    for (size_t at = path.find('{'); at != std::string_view::npos; at = path.find('{', at + 1)) {
      Member member;
      member.name = path.substr(at + 1, path.find('}', at) - at - 1);
      member.shape.name = "string";
      TRY(write_parameter("path", member));
    }
    if (*operation.query != '\0') {
      const Shape query = TRY(parse_shape(operation.query));
      for (const Member& member : TRY(members_of(query, types_))) {
        TRY(write_parameter("query", member));
      }
    }
    if (operation.idempotent) {
      json_.begin_object().member("$ref", "#/components/parameters/IdempotencyKey").end_object();
    }
    json_.end_array();
    return Done{};
  }

  Status write_parameter(const char* place, const Member& member) {
    json_.begin_object()
        .member("name", member.name)
        .member("in", place)
        .member("required", !member.optional);
    if (!member.note.empty()) json_.member("description", member.note);
    Member plain = member;
    plain.note.clear();
    json_.key("schema");
    TRY(write_schema(json_, member.shape, types_, &plain));
    json_.end_object();
    return Done{};
  }

  Status write_content(const char* type, const char* shape) {
    json_.key("content").begin_object().key(type).begin_object().key("schema");
    const Shape parsed = TRY(parse_shape(shape));
    TRY(write_schema(json_, parsed, types_));
    json_.end_object().end_object();
    return Done{};
  }

  Status write_body(const Operation& operation) {
    if (*operation.body == '\0') return Done{};
    json_.key("requestBody").begin_object();
    TRY(write_content(operation.body_type, operation.body));
    json_.end_object();
    return Done{};
  }

  Status write_responses(const Endpoint& endpoint, const Operation& operation) {
    const std::string success = std::to_string(operation.status);
    std::set<std::string> errors{"500", "503"};
    if (endpoint.demand.access != Access::kPublic) errors.insert({"401", "403", "429"});
    for (std::string& status : words_of(operation.errors)) errors.insert(std::move(status));
    json_.key("responses").begin_object().key(success).begin_object();
    json_.member("description", status_text(success));
    if (*operation.answer != '\0') TRY(write_content(operation.answer_type, operation.answer));
    json_.end_object();
    for (const std::string& status : errors) {
      json_.key(status).begin_object().member("description", status_text(status));
      TRY(write_content("application/json", operation.error));
      json_.end_object();
    }
    json_.end_object();
    return Done{};
  }

  Status write_components() {
    json_.key("components").begin_object().key("schemas").begin_object();
    for (const auto& [name, shape] : types_) {
      json_.key(name);
      Status written = write_schema(json_, shape, types_);
      if (!written) return in(name, written.error());
    }
    json_.end_object()
        .key("parameters")
        .raw(
            R"({"IdempotencyKey":{"name":"Idempotency-Key",)"
            R"("in":"header","required":false,"description":"For 24 hours a repeat with the same key )"
            R"(gets the first answer, and nothing happens twice.","schema":{"type":"string",)"
            R"("minLength":1,"maxLength":255}}})");
    json_.key("securitySchemes")
        .raw(R"({"bearer":{"type":"http","scheme":"bearer"},)"
             R"("key":{"type":"apiKey","in":"header","name":"X-API-Key"},)"
             R"("session":{"type":"apiKey","in":"cookie","name":"esms_access_token"}})");
    json_.end_object();
    return Done{};
  }

  std::span<const ApiGroup> groups_;
  ShapeTypes types_;
  std::map<std::string, std::vector<Entry>> paths_;
  std::vector<std::string> order_, gaps_;
  JsonWriter json_;
};

}  // namespace

Result<ApiDocument> describe_api(std::span<const ApiGroup> groups) {
  return Writer(groups).write();
}

}  // namespace dundun
