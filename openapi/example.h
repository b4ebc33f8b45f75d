// A value of a shape, for people to read: what a linter checks against the schema.
#pragma once

#include <map>
#include <string>

#include "common/io/json.h"
#include "common/web/shape.h"

namespace dundun {

// Values of members by name, as JSON.
using ExampleValues = std::map<std::string, std::string>;

// Of an object the members that are always there; if there are none, those that may be. `instead`
// is asked first for a member's value.
Status write_example(JsonWriter& json, const Shape& shape, const ShapeTypes& types,
                     const ExampleValues& instead = {});

}  // namespace dundun
