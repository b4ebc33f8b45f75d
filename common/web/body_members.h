// The members of request bodies that endpoints know, from their schemas. A member that nobody reads
// is a client's mistake: `schedule_at` would send at once.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "common/io/json.h"
#include "common/web/endpoint.h"
#include "common/web/operation.h"
#include "common/web/shape.h"

namespace dundun {

class BodyMembers {
 public:
  explicit BodyMembers(const Schemas& schemas);

  // kValidation for a member that looks like one that the endpoint knows (another case, other
  // signs, a typing error), with the right spelling. Otherwise the paths of the members that it
  // does not know, at most 20; what follows the twentieth is not looked at. A body that is no JSON,
  // or has no schema, is not looked at.
  Result<std::vector<std::string>> unknown_in(const Endpoint& endpoint,
                                              const std::string& body) const;

 private:
  struct Walk;
  // Notes the members of every object in a shape. The shape must stay where it is.
  void note_members(const Shape& shape);
  Status look_into(const JsonValue& value, const Shape& shape, Walk& walk) const;
  Status look_at_object(const JsonValue& object, const Shape& shape, Walk& walk) const;

  ShapeTypes types_;
  std::map<std::string, Shape, std::less<>> bodies_;  // by "POST /messages/send"
  // Of each object in types_ and bodies_, put together once: a body may hold thousands of objects.
  std::unordered_map<const Shape*, std::vector<Member>> members_;
};

// The known name that `name` is most likely meant to be; empty: it looks like none.
std::string_view meant_by(std::string_view name, const std::vector<Member>& known);

// Adds "warnings": a line for each of the members that were ignored, if the answer is an object.
void add_warnings(const std::vector<std::string>& ignored, Response& response);

}  // namespace dundun
