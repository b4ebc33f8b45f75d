// A carrier with an HTTP API, spoken to as its description says (http_description.h). A message is
// one call, whatever its length; a call is made once, and what may have reached the carrier is not
// repeated, unless the carrier tells repeats apart by our id.
#pragma once

#include <memory>
#include <string>

#include "common/carrier/connector.h"
#include "common/carrier/http_description.h"
#include "common/carrier/http_template.h"
#include "common/io/http_client.h"

namespace dundun {

// `name`: of the carrier, under which its ids are kept.
std::unique_ptr<Connector> make_http(const std::string& name, const HttpDescription& description);

// The request for a message. kMasked is for people's eyes.
HttpCall http_call_for(const HttpDescription& description, const Submission& submission,
                       HttpTemplate::Secrets secrets);

}  // namespace dundun
