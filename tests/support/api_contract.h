// openapi.json as a judge of live answers.
#pragma once

#include <optional>
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

  // What is wrong with an answer, empty when nothing: a status or a header that is not documented,
  // a header that is missing, another content type, a member that is missing, of another type, not
  // documented at all, or there twice.
  std::string judge(const std::string& operation, const HttpAnswer& answer);
  // The same of a call to a customer's server, by its body. One that names no event is no call of
  // the product's.
  std::string judge_event(const std::string& body) const;
  // Operations whose success nobody has judged yet.
  std::vector<std::string> unseen() const;

 private:
  JsonValue of(const std::string& operation) const;
  // What a reference refers to; the value itself if it is none.
  std::optional<JsonValue> resolved(const JsonValue& value) const;
  std::string judge_headers(const JsonValue& response, const HttpAnswer& answer,
                            const std::string& where) const;

  JsonDocument document_;
  std::set<std::string> seen_;
};

}  // namespace dundun
