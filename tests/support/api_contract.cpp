#include "tests/support/api_contract.h"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <map>
#include <regex>

namespace dundun {
namespace {

JsonDocument parsed(const std::string& text) {
  auto document = JsonDocument::parse(text);
  if (document) return *std::move(document);
  std::fprintf(stderr, "openapi.json: %s\n", document.error().message.c_str());
  std::abort();
}

// Made once a thread: making one takes a hundred times as long as looking.
const std::regex& compiled(const std::string& pattern) {
  static thread_local std::map<std::string, std::regex> made;
  return made.try_emplace(pattern, pattern).first->second;
}

// Checks a value against the part of JSON Schema that common/web/shape.cpp writes; any other
// keyword is a complaint. Objects are closed: what is not documented is not to be there.
class Judge {
 public:
  explicit Judge(JsonValue root) : root_(root) {}
  const std::string& complaints() const { return complaints_; }

  void check(const JsonValue& schema, const JsonValue& value, const std::string& where) {
    for (const auto& [keyword, rule] : schema.members()) {
      if (!check_keyword(keyword, rule, value, where)) {
        complain(where, "unknown keyword " + keyword);
      }
    }
  }

 private:
  void complain(const std::string& where, const std::string& what) {
    complaints_ += where + ": " + what + "\n";
  }

  bool check_keyword(const std::string& keyword, const JsonValue& rule, const JsonValue& value,
                     const std::string& where) {
    if (keyword == "description" || keyword == "default" || keyword == "example") return true;
    if (keyword == "$ref") {
      check(*resolve(rule), value, where);
    } else if (keyword == "type") {
      check_type(rule, value, where);
    } else if (keyword == "enum") {
      check_enum(rule, value, where);
    } else if (keyword == "anyOf") {
      check_any_of(rule, value, where);
    } else if (keyword == "properties") {
      if (value.is_object()) check_properties(rule, value, where);
    } else if (keyword == "required") {
      check_required(rule, value, where);
    } else if (keyword == "items") {
      check_items(rule, value, where);
    } else if (keyword == "additionalProperties") {
      if (!value.is_object()) return true;
      for (const auto& [name, item] : value.members()) check(rule, item, where + "." + name);
    } else if (keyword == "pattern" || keyword == "format") {
      check_text(keyword, rule, value, where);
    } else {
      return check_bounds(keyword, rule, value, where);
    }
    return true;
  }

  std::optional<JsonValue> resolve(const JsonValue& reference) const {
    const std::string name(reference.string().substr(std::string("#/components/schemas/").size()));
    return root_.find("components")->find("schemas")->find(name);
  }

  static bool is_of(std::string_view type, const JsonValue& value) {
    if (type == "null") return value.is_null();
    if (type == "string") return value.is_string();
    if (type == "integer") return value.is_integer();
    if (type == "number") return value.is_number();
    if (type == "boolean") return value.is_bool();
    if (type == "array") return value.is_array();
    return type == "object" && value.is_object();
  }

  void check_type(const JsonValue& rule, const JsonValue& value, const std::string& where) {
    if (rule.is_string()) {
      if (!is_of(rule.string(), value)) complain(where, "is no " + std::string(rule.string()));
      return;
    }
    const std::vector<JsonValue> types = rule.items();
    if (std::ranges::none_of(types, [&](auto& type) { return is_of(type.string(), value); })) {
      complain(where, "is of another type");
    }
  }

  void check_enum(const JsonValue& rule, const JsonValue& value, const std::string& where) {
    for (const JsonValue& choice : rule.items()) {
      if (choice.is_null() && value.is_null()) return;
      if (choice.is_string() && value.is_string() && choice.string() == value.string()) return;
    }
    complain(where, "is none of the documented values" +
                        (value.is_string() ? ": " + std::string(value.string()) : ""));
  }

  void check_any_of(const JsonValue& rule, const JsonValue& value, const std::string& where) {
    std::string all;
    for (const JsonValue& choice : rule.items()) {
      Judge judge(root_);
      judge.check(choice, value, where);
      if (judge.complaints_.empty()) return;
      all += judge.complaints_;
    }
    complain(where, "fits no choice:\n" + all);
  }

  void check_properties(const JsonValue& rule, const JsonValue& value, const std::string& where) {
    for (const auto& [name, item] : value.members()) {
      const std::optional<JsonValue> schema = rule.find(name);
      if (schema) {
        check(*schema, item, where + "." + name);
      } else if (name == "warnings" && item.is_array()) {
        continue;  // the document's head says of every answer to a body that it may have them
      } else {
        complain(where + "." + name, "is not documented");
      }
    }
  }

  void check_required(const JsonValue& rule, const JsonValue& value, const std::string& where) {
    if (!value.is_object()) return;
    for (const JsonValue& name : rule.items()) {
      if (!value.find(name.string())) {
        complain(where + "." + std::string(name.string()), "is missing");
      }
    }
  }

  void check_items(const JsonValue& rule, const JsonValue& value, const std::string& where) {
    if (!value.is_array()) return;
    size_t place = 0;
    for (const JsonValue& item : value.items()) {
      check(rule, item, where + "[" + std::to_string(place++) + "]");
    }
  }

  void check_text(const std::string& keyword, const JsonValue& rule, const JsonValue& value,
                  const std::string& where) {
    if (!value.is_string()) return;
    std::string pattern(rule.string());
    if (keyword == "format") {
      const std::string day = R"(\d{4}-\d{2}-\d{2})";
      if (rule.string() == "date") pattern = day;
      if (rule.string() == "date-time") {
        pattern = day + R"(T\d{2}:\d{2}:\d{2}(\.\d+)?(Z|\+00:00))";
      }
      if (rule.string() == "uri") pattern = "https?://.+";
    }
    if (!std::regex_match(std::string(value.string()), compiled(pattern))) {
      complain(where, "does not fit " + std::string(rule.string()));
    }
  }

  bool check_bounds(const std::string& keyword, const JsonValue& rule, const JsonValue& value,
                    const std::string& where) {
    const int64_t bound = rule.is_integer() ? rule.integer() : 0;
    bool fits = true;
    if (keyword == "minimum" || keyword == "maximum") {
      if (value.is_integer()) {
        fits = keyword == "minimum" ? value.integer() >= bound : value.integer() <= bound;
      }
    } else if (keyword == "minLength" || keyword == "maxLength") {
      if (value.is_string()) {
        const auto size = static_cast<int64_t>(value.string().size());
        fits = keyword == "minLength" ? size >= bound : size <= bound;
      }
    } else {
      return false;
    }
    if (!fits) complain(where, "is beyond its " + keyword);
    return true;
  }

  JsonValue root_;
  std::string complaints_;
};

// A reader takes the first of two equal keys, another the last: no answer has a key twice.
std::string double_keys(const JsonValue& value, const std::string& where) {
  std::string complaints;
  std::set<std::string> seen;
  for (const auto& [name, member] : value.members()) {
    const std::string place = where + "." + name;
    if (!seen.insert(name).second) complaints += place + ": is there twice\n";
    complaints += double_keys(member, place);
  }
  for (const JsonValue& item : value.items()) complaints += double_keys(item, where + "[]");
  return complaints;
}

std::pair<std::string, std::string> split(const std::string& operation) {
  const size_t space = operation.find(' ');
  std::string method = operation.substr(0, space);
  std::ranges::transform(method, method.begin(), [](unsigned char c) { return std::tolower(c); });
  return {method, operation.substr(space + 1)};
}

// What servers and browsers say to each other, whatever the API says.
bool is_plumbing(const std::string& header) {
  static const std::set<std::string> known{"date",
                                           "server",
                                           "connection",
                                           "keep-alive",
                                           "content-type",
                                           "content-length",
                                           "transfer-encoding",
                                           "content-encoding",
                                           "vary",
                                           "allow",
                                           "x-content-type-options",
                                           "content-security-policy",
                                           "strict-transport-security",
                                           "referrer-policy",
                                           "x-frame-options"};
  return known.contains(header) || header.starts_with("access-control-");
}

std::string media_type(const HttpAnswer& answer) {
  const auto found = answer.headers.find("content-type");
  return found == answer.headers.end() ? "" : found->second.substr(0, found->second.find(';'));
}

}  // namespace

ApiContract::ApiContract(const std::string& text) : document_(parsed(text)) {}

std::vector<std::string> ApiContract::operations() const {
  std::vector<std::string> all;
  for (const auto& [path, methods] : document_.root().find("paths")->members()) {
    for (const auto& [method, operation] : methods.members()) {
      if (method == "servers") continue;
      std::string upper = method;
      std::ranges::transform(upper, upper.begin(), [](unsigned char c) { return std::toupper(c); });
      all.push_back(upper + " " + path);
    }
  }
  return all;
}

JsonValue ApiContract::of(const std::string& operation) const {
  const auto [method, path] = split(operation);
  const auto methods = document_.root().find("paths")->find(path);
  const auto found = methods ? methods->find(method) : std::nullopt;
  if (found) return *found;
  std::fprintf(stderr, "openapi.json has no %s\n", operation.c_str());
  std::abort();
}

bool ApiContract::needs_key(const std::string& operation) const {
  return !of(operation).find("security")->items().empty();
}

std::set<std::string> ApiContract::query_of(const std::string& operation) const {
  std::set<std::string> names;
  for (const JsonValue& parameter : of(operation).find("parameters")->items()) {
    const auto in = parameter.find("in");  // none: a reference to the Idempotency-Key header
    if (in && in->string() == "query") names.emplace(parameter.find("name")->string());
  }
  return names;
}

std::string ApiContract::base(const std::string& operation) const {
  const auto methods = document_.root().find("paths")->find(split(operation).second);
  const auto servers = methods->find("servers");
  if (!servers) return "/api";
  const std::string url(servers->items().front().find("url")->string());
  return url == "/" ? "" : url;
}

std::optional<JsonValue> ApiContract::resolved(const JsonValue& value) const {
  const auto reference = value.find("$ref");
  if (!reference) return value;
  std::optional<JsonValue> found = document_.root();
  std::string_view path = reference->string();
  for (size_t at = path.find('/'); at != std::string_view::npos && found;) {
    const size_t end = path.find('/', at + 1);
    found = found->find(std::string(path.substr(at + 1, end - at - 1)));
    at = end;
  }
  return found;
}

std::string ApiContract::judge_headers(const JsonValue& response, const HttpAnswer& answer,
                                       const std::string& where) const {
  std::string complaints;
  std::set<std::string> known;
  for (const auto& [name, reference] : response.find("headers")->members()) {
    std::string lower = name;
    std::ranges::transform(lower, lower.begin(), [](unsigned char c) { return std::tolower(c); });
    known.insert(lower);
    const auto header = resolved(reference);
    const auto sent = answer.headers.find(lower);
    if (sent == answer.headers.end()) {
      if (header->find("required")->boolean()) complaints += where + ": has no " + name + "\n";
      continue;
    }
    const std::string text = JsonWriter().value(sent->second).take();
    Judge judge(document_.root());
    judge.check(*header->find("schema"), parsed(text).root(), where + " " + name);
    complaints += judge.complaints();
  }
  for (const auto& [name, value] : answer.headers) {
    if (known.contains(name) || is_plumbing(name) || value.empty()) continue;
    complaints += where + ": the header " + name + " is not documented\n";
  }
  return complaints;
}

std::string ApiContract::judge(const std::string& operation, const HttpAnswer& answer) {
  if (answer.status >= 200 && answer.status < 400) seen_.insert(operation);
  const std::string where = operation + " -> " + std::to_string(answer.status);
  const auto named = of(operation).find("responses")->find(std::to_string(answer.status));
  if (!named) return where + " is not documented: " + answer.body + "\n";
  const auto response = resolved(*named);
  const std::string complaints = judge_headers(*response, answer, where);
  if (!complaints.empty()) return complaints;
  const auto content = response->find("content");
  if (!content) return answer.body.empty() ? "" : where + " has a body\n";
  const std::string type = media_type(answer);
  const auto media = content->find(type);
  if (!media) return where + " has the content type " + type + "\n";
  if (type != "application/json") return "";
  const auto body = JsonDocument::parse(answer.body);
  if (!body) return where + " is no JSON: " + answer.body + "\n";
  Judge judge(document_.root());
  judge.check(*media->find("schema"), body->root(), where);
  return judge.complaints() + double_keys(body->root(), where);
}

std::string ApiContract::judge_event(const std::string& body) const {
  const auto call = JsonDocument::parse(body);
  if (!call || !call->root().is_object()) return "";
  std::string name = call->root().find("receivedAt") ? "sms-received" : "";
  for (const char* member : {"event", "type"}) {
    const auto value = call->root().find(member);
    if (value && value->is_string() && name.empty()) name = value->string();
  }
  if (name.empty()) return "";
  const auto event = document_.root().find("webhooks")->find(name);
  if (!event) return "the event " + name + " is not documented\n";
  const auto media =
      event->find("post")->find("requestBody")->find("content")->find("application/json");
  Judge judge(document_.root());
  judge.check(*media->find("schema"), call->root(), name);
  return judge.complaints() + double_keys(call->root(), name);
}

std::vector<std::string> ApiContract::unseen() const {
  std::vector<std::string> all = operations();
  std::erase_if(all, [&](const std::string& name) { return seen_.contains(name); });
  return all;
}

}  // namespace dundun
