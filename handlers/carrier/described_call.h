// Callbacks of carriers of kind http: who proves to be one, and what it says by its description.
#pragma once

#include <optional>
#include <string>

#include "common/carrier/http_description.h"
#include "common/carrier/reference.h"
#include "common/web/route.h"

namespace dundun {

struct DescribedCall {
  std::string carrier;
  HttpDescription description;
  CarrierDocument document;
  // The message whose signed {{callback_url}} was called.
  std::optional<CarrierReference> named{};
};

// nullopt: the path's carrier is of another kind. kInvalidSignature: it has not proven itself, by
// the signature of its URL or as its description says. kUnsupportedType: the body is neither JSON
// nor a form. The description is read anew for every call, so a change counts at once.
Result<std::optional<DescribedCall>> described_call(const Context& context);

}  // namespace dundun
