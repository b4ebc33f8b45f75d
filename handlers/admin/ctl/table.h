// Answers for people: the JSON of an endpoint as a table or as lines.
#pragma once

#include <string>
#include <string_view>

namespace dundun {

// An object with a list of objects becomes a table, any other object a line a member. What is no
// JSON object stays as it is.
std::string as_table(std::string_view json);

}  // namespace dundun
