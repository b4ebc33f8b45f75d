// What the document says in English beside the schemas.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "common/web/endpoint.h"
#include "common/web/operation.h"

namespace dundun {

inline constexpr const char* kErrorsOfTheSecondDialect = "GravityError";

std::string_view status_text(std::string_view status);

// A subject of the API, in the order of the page.
struct Tag {
  const char* name;
  const char* description;
};
std::span<const Tag> api_tags();
// The subject of a path; empty: none has it.
std::string_view tag_of(std::string_view path);

struct PathParameter {
  const char* path;  // up to the parameter: "/messages/{id}"
  const char* description;
  const char* example;
};
// Of the parameter that ends at this place of a path; nullptr: it has no words yet.
const PathParameter* path_parameter(std::string_view path_up_to_it);

// Who may call it.
struct Needs {
  std::string by;     // key, app_key, login, other, nothing
  std::string scope;  // of a key
  std::string role;   // the least of a login
  std::string label;  // a few words, for a badge
  std::string text;   // a sentence
};
Needs needs_of(const Endpoint& endpoint, const Operation& operation);

}  // namespace dundun
