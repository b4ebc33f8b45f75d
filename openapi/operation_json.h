// One operation of the document: parameters, body, answers.
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "common/io/json.h"
#include "common/web/endpoint.h"
#include "common/web/operation.h"
#include "common/web/shape.h"

namespace dundun {

struct Described {
  const Endpoint* endpoint;
  const Operation* operation;  // nullptr: it has no schema yet
};

// Answers that many operations share, by the name of the component: an error's status and type.
struct SharedAnswer {
  std::string status;
  std::string type;
  bool rated;  // of a caller whose requests are counted
  bool page;   // for a browser it is a page
};

class OperationJson {
 public:
  OperationJson(JsonWriter& json, const ShapeTypes& types) : json_(json), types_(types) {}

  Status write(const Described& described);
  // What the operations written so far refer to.
  const std::set<std::string>& references() const { return references_; }
  Status write_shared_answers();
  // "no words for {id} of /things/{id}", "no tag: /things".
  const std::vector<std::string>& gaps() const { return gaps_; }

 private:
  void write_head(const Endpoint& endpoint);
  void write_needs(const Endpoint& endpoint, const Operation& operation);
  void write_security(Access access);
  Status write_parameters(const Endpoint& endpoint, const Operation& operation);
  void write_path_parameters(std::string_view path);
  Status write_query_parameter(const Member& member);
  Status write_content(const char* type, const char* shape, const char* example = "",
                       bool page = false);
  Status write_body(const Operation& operation);
  Status write_responses(const Endpoint& endpoint, const Operation& operation);
  Status write_success(const Endpoint& endpoint, const Operation& operation);
  void write_headers(const std::set<std::string>& names);
  void write_error(const SharedAnswer& answer);

  JsonWriter& json_;
  const ShapeTypes& types_;
  std::set<std::string> references_;
  std::map<std::string, SharedAnswer> shared_;
  std::vector<std::string> gaps_;
};

// The headers of answers, as components.
void write_header_components(JsonWriter& json);
// Words of a text, by single or more spaces.
std::vector<std::string> words_of(std::string_view text);

}  // namespace dundun
