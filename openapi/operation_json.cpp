#include "openapi/operation_json.h"

#include <algorithm>
#include <array>

#include "common/web/router.h"
#include "openapi/example.h"
#include "openapi/schema.h"
#include "openapi/words.h"

namespace dundun {
namespace {

struct Header {
  const char* name;
  bool always;  // wherever it is documented
  const char* description;
  const char* schema;
};
constexpr auto kHeaders = std::to_array<Header>({
    {"X-Request-Id", true, "Quote it when you ask for help.",
     R"({"type":"string","minLength":1,"maxLength":64})"},
    {"RateLimit-Policy", false, "How many requests (q) in how many seconds (w).",
     R"({"type":"string","example":"\"default\";q=100;w=1"})"},
    {"RateLimit", false, "How many remain (r) within how many seconds (t).",
     R"({"type":"string","example":"\"default\";r=99;t=1"})"},
    {"Retry-After", false, "Seconds to wait.", R"({"type":"string","pattern":"^[0-9]+$"})"},
    {"Idempotency-Replayed", false, "true: this answer was given before, nothing happened again.",
     R"({"type":"string","enum":["true"]})"},
    {"WWW-Authenticate", true, "Bearer", R"({"type":"string"})"},
    {"Cache-Control", true, "no-store; elsewhere how long the answer holds.",
     R"({"type":"string"})"},
    {"ETag", true, "Of this version; send it as If-None-Match.", R"({"type":"string"})"},
    {"Location", true, "Where it is, or where to go.", R"({"type":"string"})"},
    {"Set-Cookie", true, "The session, or its end.", R"({"type":"string"})"},
    {"Validation-Token", false, "RingCentral's own, sent back when it makes its acquaintance.",
     R"({"type":"string"})"},
    {"Content-Disposition", true, "A name for the file.", R"({"type":"string"})"},
});

constexpr const char* kPageType = "text/html";
constexpr const char* kPageContent = R"({"schema":{"type":"string"}})";

// An error's answer has these beside those of all.
void add_headers_of(const std::string& status, std::set<std::string>& headers) {
  if (status == "401") headers.insert("WWW-Authenticate");
  if (status == "409" || status == "429" || status == "503") headers.insert("Retry-After");
}

bool may_be_replayed(const std::string& status) {
  return status != "401" && status != "429" && status < "500";
}

bool is_second_dialect(const std::string& type) { return type == kErrorsOfTheSecondDialect; }

}  // namespace

std::vector<std::string> words_of(std::string_view text) {
  std::vector<std::string> words;
  while (!text.empty()) {
    const size_t end = std::min(text.find(' '), text.size());
    if (end > 0) words.emplace_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return words;
}

Status OperationJson::write(const Described& described) {
  const Endpoint& endpoint = *described.endpoint;
  write_head(endpoint);
  if (described.operation == nullptr) {
    json_.key("responses").begin_object().end_object().end_object();
    return Done{};
  }
  const Operation& operation = *described.operation;
  json_.member("summary", operation.summary);
  write_needs(endpoint, operation);
  TRY(write_parameters(endpoint, operation));
  TRY(write_body(operation));
  TRY(write_responses(endpoint, operation));
  json_.end_object();
  return Done{};
}

void OperationJson::write_head(const Endpoint& endpoint) {
  std::string method(method_name(endpoint.method));
  std::ranges::transform(method, method.begin(), [](unsigned char c) { return std::tolower(c); });
  std::string id = method + endpoint.path;
  std::ranges::replace_if(
      id, [](unsigned char c) { return std::isalnum(c) == 0; }, '_');
  const std::string_view tag = tag_of(endpoint.path);
  if (tag.empty()) gaps_.push_back(std::string("no tag: ") + endpoint.path);
  json_.key(method).begin_object().member("operationId", id);
  json_.key("tags").begin_array().value(tag).end_array();
  write_security(endpoint.demand.access);
}

void OperationJson::write_needs(const Endpoint& endpoint, const Operation& operation) {
  const Needs needs = needs_of(endpoint, operation);
  std::string text;
  if (*operation.note != '\0') text = std::string(operation.note) + "\n\n";
  text += needs.text;
  if (operation.idempotent) {
    text += "\n\nTakes an `Idempotency-Key`: repeat the call with the same key after any error.";
  } else if (operation.safe_to_repeat) {
    text += "\n\nHarmless when it comes twice.";
  }
  json_.member("description", text);
  json_.key("x-needs")
      .begin_object()
      .member("by", needs.by)
      .member("scope", needs.scope)
      .member("role", needs.role)
      .member("label", needs.label)
      .end_object();
}

void OperationJson::write_security(Access access) {
  json_.key("security").begin_array();
  const bool by_key = access != Access::kSession && access != Access::kOwner &&
                      access != Access::kPlatform && access != Access::kPublic;
  if (by_key) json_.raw(R"({"bearer":[]})").raw(R"({"key":[]})");
  if (access != Access::kPublic) json_.raw(R"({"session":[]})");
  json_.end_array();
}

Status OperationJson::write_parameters(const Endpoint& endpoint, const Operation& operation) {
  json_.key("parameters").begin_array();
  write_path_parameters(endpoint.path);
  if (*operation.query != '\0') {
    const Shape query = TRY(parse_shape(operation.query));
    add_references(query, types_, references_);
    for (const Member& member : TRY(members_of(query, types_))) TRY(write_query_parameter(member));
  }
  if (operation.idempotent) {
    json_.begin_object().member("$ref", "#/components/parameters/IdempotencyKey").end_object();
  }
  json_.end_array();
  return Done{};
}

void OperationJson::write_path_parameters(std::string_view path) {
  for (size_t at = path.find('{'); at != std::string_view::npos; at = path.find('{', at + 1)) {
    const size_t end = path.find('}', at);
    const std::string name(path.substr(at + 1, end - at - 1));
    const PathParameter* words = path_parameter(path.substr(0, end + 1));
    if (words == nullptr) gaps_.push_back("no words for {" + name + "} of " + std::string(path));
    json_.begin_object().member("name", name).member("in", "path").member("required", true);
    if (words != nullptr) json_.member("description", words->description);
    json_.key("schema").begin_object().member("type", "string").end_object();
    if (words != nullptr) json_.member("example", words->example);
    json_.end_object();
  }
}

Status OperationJson::write_query_parameter(const Member& member) {
  json_.begin_object()
      .member("name", member.name)
      .member("in", "query")
      .member("required", !member.optional);
  if (!member.note.empty()) json_.member("description", member.note);
  Member plain = member;
  plain.note.clear();
  json_.key("schema");
  TRY(write_schema(json_, member.shape, types_, &plain));
  json_.end_object();
  return Done{};
}

Status OperationJson::write_content(const char* type, const char* shape, const char* example,
                                    bool page) {
  json_.key("content").begin_object().key(type).begin_object().key("schema");
  const Shape parsed = TRY(parse_shape(shape));
  add_references(parsed, types_, references_);
  TRY(write_schema(json_, parsed, types_));
  const bool for_people = std::string_view(type) == "application/json" ||
                          std::string_view(type) == "application/x-www-form-urlencoded";
  if (*example != '\0') {
    json_.key("example").raw(example);
  } else if (for_people && parsed.name != "any") {
    json_.key("example");
    TRY(write_example(json_, parsed, types_));
  }
  json_.end_object();
  if (page && std::string_view(type) != kPageType) json_.key(kPageType).raw(kPageContent);
  json_.end_object();
  return Done{};
}

Status OperationJson::write_body(const Operation& operation) {
  if (*operation.body == '\0') return Done{};
  json_.key("requestBody").begin_object();
  const Shape shape = TRY(parse_shape(operation.body));
  json_.member("required", TRY(has_required_members(shape, types_)));
  TRY(write_content(operation.body_type, operation.body, operation.example));
  json_.end_object();
  return Done{};
}

void OperationJson::write_headers(const std::set<std::string>& names) {
  json_.key("headers").begin_object();
  for (const std::string& name : names) {
    json_.key(name).begin_object().member("$ref", "#/components/headers/" + name).end_object();
  }
  json_.end_object();
}

Status OperationJson::write_success(const Endpoint& endpoint, const Operation& operation) {
  const std::string status = std::to_string(operation.status);
  std::set<std::string> headers{"X-Request-Id", "Cache-Control"};
  if (endpoint.demand.access != Access::kPublic) headers.insert({"RateLimit", "RateLimit-Policy"});
  if (operation.idempotent) headers.insert("Idempotency-Replayed");
  if (std::string_view(operation.answer_type) == "text/csv") headers.insert("Content-Disposition");
  for (std::string& name : words_of(operation.headers)) headers.insert(std::move(name));
  json_.key(status).begin_object().member("description", status_text(status));
  write_headers(headers);
  if (*operation.answer != '\0') {
    TRY(write_content(operation.answer_type, operation.answer, "", operation.page));
  }
  json_.end_object();
  return Done{};
}

Status OperationJson::write_responses(const Endpoint& endpoint, const Operation& operation) {
  const bool rated = endpoint.demand.access != Access::kPublic;
  std::set<std::string> errors{"400", "500", "503"};
  if (rated) errors.insert({"401", "403", "429"});
  // Of a login, which must show that it comes from a page of ours.
  if (rated && endpoint.method != Method::kGet) errors.insert("415");
  for (std::string& status : words_of(operation.errors)) errors.insert(std::move(status));
  json_.key("responses").begin_object();
  TRY(write_success(endpoint, operation));
  for (const std::string& status : errors) {
    const SharedAnswer answer{
        .status = status, .type = operation.error, .rated = rated, .page = operation.page};
    const std::string name =
        std::string(rated ? "" : "Public") + (answer.page ? "Page" : "") + answer.type + status;
    shared_.emplace(name, answer);
    references_.insert(answer.type);
    json_.key(status).begin_object().member("$ref", "#/components/responses/" + name).end_object();
  }
  json_.end_object();
  return Done{};
}

void OperationJson::write_error(const SharedAnswer& answer) {
  std::set<std::string> headers{"X-Request-Id", "Cache-Control"};
  add_headers_of(answer.status, headers);
  if (answer.rated) headers.insert({"RateLimit", "RateLimit-Policy"});
  if (answer.rated && may_be_replayed(answer.status)) {
    headers.insert("Idempotency-Replayed");
  }
  const std::string_view text = status_text(answer.status);
  json_.begin_object().member("description", text);
  write_headers(headers);
  json_.key("content").begin_object().key("application/json").begin_object().key("schema");
  json_.begin_object().member("$ref", "#/components/schemas/" + answer.type).end_object();
  json_.key("example").begin_object();
  if (is_second_dialect(answer.type)) {
    json_.member("error", text);
  } else {
    json_.member("detail", text).key("error").begin_object();
    json_.member("code", "invalid_request").member("message", text);
    json_.member("request_id", "01984f6e6a107c119b5231c6a6a0d9f4").end_object();
  }
  json_.end_object().end_object();
  if (answer.page) json_.key(kPageType).raw(kPageContent);
  json_.end_object().end_object();
}

Status OperationJson::write_shared_answers() {
  json_.key("responses").begin_object();
  for (const auto& [name, answer] : shared_) {
    json_.key(name);
    write_error(answer);
  }
  json_.end_object();
  return Done{};
}

void write_header_components(JsonWriter& json) {
  json.key("headers").begin_object();
  for (const Header& header : kHeaders) {
    json.key(header.name).begin_object();
    json.member("required", header.always).member("description", header.description);
    json.key("schema").raw(header.schema).end_object();
  }
  json.end_object();
}

}  // namespace dundun
