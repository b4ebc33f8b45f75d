// libFuzzer target: no body crashes the parser, and what it accepts keeps its promises.
#include "common/io/json.h"

#include <cstdint>
#include <cstdlib>

namespace {

using dundun::JsonValue;

void check(const JsonValue& value, int depth) {
  if (depth > dundun::kJsonDepthMax) std::abort();
  if (value.is_string() && value.string().find('\0') != std::string_view::npos) std::abort();
  if (value.is_number() && value.is_string()) std::abort();
  (void)value.money();
  for (const JsonValue& item : value.items()) check(item, depth + 1);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto document = dundun::JsonDocument::parse(text);
  if (!document) return 0;
  check(document->root(), 0);
  // Numbers are written as they were read.
  const std::string written = dundun::to_json(document->root());
  const auto reread = dundun::JsonDocument::parse(written);
  if (!reread || dundun::to_json(reread->root()) != written) std::abort();
  const auto object = dundun::JsonObject::of(*document);
  if (!object) return 0;
  for (const char* field : {"to", "message", ""}) {
    const auto text_value = object->optional_string(field);
    if (!text_value || !*text_value) continue;
    // What was read can be written and read again.
    dundun::JsonWriter json;
    json.begin_object().member(field, **text_value).end_object();
    const auto again = dundun::JsonDocument::parse(json.text());
    if (!again || again->root().find(field)->string() != **text_value) std::abort();
  }
  return 0;
}
