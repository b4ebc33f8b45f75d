// The files of tests/outside and others like them: a case a line, its fields separated by " | ",
// texts escaped as in JSON.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <string>
#include <vector>

#include "common/io/json.h"

namespace dundun {

using Case = std::vector<std::string>;

inline std::string unescaped(const std::string& text) {
  const auto document = JsonDocument::parse("\"" + text + "\"");
  EXPECT_TRUE(document) << text;
  return document ? std::string(document->root().string()) : "";
}

inline Case fields_of(const std::string& line) {
  Case fields;
  for (size_t at = 0; at <= line.size();) {
    const size_t end = std::min(line.find(" | ", at), line.size());
    std::string field = line.substr(at, end - at);
    field.erase(0, field.find_first_not_of(' '));
    fields.push_back(field.substr(0, field.find_last_not_of(' ') + 1));
    at = end + 3;
  }
  return fields;
}

inline std::vector<Case> cases_of(const std::string& name) {
  std::ifstream file("tests/" + name);
  EXPECT_TRUE(file) << name;
  std::vector<Case> cases;
  for (std::string line; std::getline(file, line);) {
    if (!line.empty() && line.front() != '#') cases.push_back(fields_of(line));
  }
  EXPECT_GT(cases.size(), 5u) << name;
  return cases;
}

}  // namespace dundun
