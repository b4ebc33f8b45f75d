// Looking into answers.
#pragma once

#include <string>

#include "common/io/json.h"

namespace dundun {

inline bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

// A member of a JSON object: a text as it is, a whole number in digits; in angle brackets what is
// wrong with it.
inline std::string member(const std::string& body, const std::string& name) {
  auto document = JsonDocument::parse(body);
  if (!document || !document->root().is_object()) return "<no object>";
  auto value = document->root().find(name);
  if (!value) return "<missing>";
  if (value->is_integer()) return std::to_string(value->integer());
  return value->is_string() ? std::string(value->string()) : "<other>";
}

}  // namespace dundun
