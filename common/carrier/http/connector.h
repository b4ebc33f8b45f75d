// A connector for a carrier with an HTTP API, by its description (description.h). A message is
// one call, whatever its length. A call that may have reached the carrier is not repeated, unless
// the carrier de-duplicates by our id.
#pragma once

#include <memory>
#include <string>

#include "common/carrier/connector.h"
#include "common/carrier/http/description.h"
#include "common/carrier/http/template.h"
#include "common/io/http_client.h"

namespace dundun {

// `name` is the carrier's; its ids are kept under it.
std::unique_ptr<Connector> make_http(const std::string& name, const HttpDescription& description);

// A request filled with these values.
HttpCall http_call_of(const HttpRequestForm& form, const PlaceholderValues& values,
                      HttpTemplate::Secrets secrets);

// The request for a message. kMasked: for showing to people.
HttpCall http_call_for(const HttpDescription& description, const Submission& submission,
                       HttpTemplate::Secrets secrets);

}  // namespace dundun
