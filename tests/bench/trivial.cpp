// The yardstick: a JSON POST on the same serve loop behind the same nginx that does nothing else.
// Serves the listening socket on fd 0, as any handler binary.
#include "common/io/json.h"
#include "common/web/run_binary.h"

namespace dundun {
namespace {

Task<Response> trivial(Context& context) {
  auto document = co_await JsonDocument::parse(context.request.body);
  auto object = co_await JsonObject::of(document);
  const std::string to = co_await object.required_string("to");
  JsonWriter json;
  json.begin_object().member("to", to).member("ok", true).end_object();
  co_return Response::json(json.take());
}

constexpr Endpoint kEndpoints[] = {
    {Method::kPost, "/trivial", Access::kPublic, trivial},
    {Method::kGet, "/readyz", Access::kPublic, trivial, true},
};

// The body is checked as everybody's is.
constexpr Operation kOperations[] = {
    {.of = "POST /trivial", .summary = "Nothing", .body = "{to: string, text: string}"}};

}  // namespace
}  // namespace dundun

int main() {
  return dundun::run_binary("trivial", dundun::kEndpoints, {"", dundun::kOperations},
                            dundun::Needs::kReads);
}
