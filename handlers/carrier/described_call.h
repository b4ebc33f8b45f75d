// Callbacks of carriers of kind http: checks who calls, and reads the call by the description.
#pragma once

#include <optional>
#include <string>

#include "common/carrier/http/description.h"
#include "common/carrier/reference.h"
#include "common/web/endpoint.h"

namespace dundun {

struct DescribedCall {
  std::string carrier;
  HttpDescription description;
  CarrierDocument document;
  // The message whose signed {{callback_url}} was called.
  std::optional<CarrierReference> named{};
};

// nullopt: the path's carrier is of another kind. kInvalidSignature: the call has no proof, neither
// the signature of its URL nor what the description asks for. kUnsupportedType: the body is neither
// JSON nor a form. The description is read for every call, so a change counts at once.
Result<std::optional<DescribedCall>> described_call(const Context& context);

}  // namespace dundun
