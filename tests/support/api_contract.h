// openapi.json as a judge of live answers.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "common/io/json.h"
#include "tests/support/http_client.h"

namespace dundun {

class ApiContract {
 public:
  // The text of openapi.json; aborts the test when that is no JSON.
  explicit ApiContract(const std::string& text);

  // "GET /messages/{id}", every operation once.
  std::vector<std::string> operations() const;
  bool needs_key(const std::string& operation) const;
  // The names of its query fields.
  std::set<std::string> query_of(const std::string& operation) const;
  // What stands before its path: /api, or where it is only elsewhere, /v1 or nothing.
  std::string base(const std::string& operation) const;

  // What is wrong with an answer, empty when nothing: a status that is not documented, another
  // content type, a member that is missing, of another type, not documented at all, or
  // there twice.
  std::string judge(const std::string& operation, const HttpAnswer& answer);
  // Operations whose success nobody has judged yet.
  std::vector<std::string> unseen() const;

 private:
  JsonValue of(const std::string& operation) const;

  JsonDocument document_;
  std::set<std::string> seen_;
};

}  // namespace dundun
