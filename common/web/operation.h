// What an endpoint takes and answers, for openapi.json. handlers/<group>/schemas.h has one for each
// line of endpoints.h.
#pragma once

#include <span>

namespace dundun {

// Shapes are written in a short notation (common/web/shape.h): {id: message_id, name?:
// string(1..100)}
struct Operation {
  const char* of;          // "GET /messages/{id}", as in the route table
  const char* summary;     // a few words
  const char* query = "";  // {…}: the query parameters
  const char* body = "";   // empty: none
  const char* body_type = "application/json";
  int status = 200;
  const char* answer = "";  // of `status`; empty: no body
  const char* answer_type = "application/json";
  const char* errors =
      "";  // statuses of its own, such as "400 404"; those of all come by themselves
  // Every POST is one of these (tests/unit/openapi_test.cpp). Either it takes an Idempotency-Key,
  // which is needed if it costs or creates something, or repeating it is harmless.
  bool idempotent = false;
  bool safe_to_repeat = false;
  const char* error =
      "Error";               // the type of its errors; GravityError: the second dialect, under /v1
  bool page = false;         // a browser gets answers and errors as pages: text/html
  const char* headers = "";  // of `status`, beside those of all: "Set-Cookie Cache-Control"
  // What the right in the route table does not say: "the carrier's secret" of a public one, "an
  // app with the role admin" of one that looks further itself.
  const char* needs = "";
  const char* note = "";     // a paragraph more than the summary
  const char* example = "";  // of the body, where the one made from the shape would not do
};

// All of a binary's.
struct Schemas {
  const char* types;  // kTypes
  std::span<const Operation> operations;
};

}  // namespace dundun
