// A shape as JSON Schema.
#pragma once

#include "common/io/json.h"
#include "common/web/shape.h"

namespace dundun {

// JSON Schema 2020-12, with references to #/components/schemas.
Status write_schema(JsonWriter& json, const Shape& shape, const ShapeTypes& types,
                    const Member* member = nullptr);

}  // namespace dundun
