// The connector to RingCentral: each message leaves by the authorization of the tenant whose number
// it is sent from (ringcentral_connections.h), one POST a message, and none twice.
// Source: RingCentral API reference, "Send SMS".
#pragma once

#include <cstdint>
#include <memory>
#include <string_view>

#include "common/base/config.h"
#include "common/carrier/connector.h"
#include "common/carrier/ringcentral_settings.h"

namespace dundun {

// In a process without SECRETS_KEY_FILE, which can open no token, messages are left to the
// scheduler. `config` outlives it.
std::unique_ptr<Connector> make_ringcentral(const RingCentralSettings& settings,
                                            const Config& config);

// What RingCentral's answer to a submit means. 200 with an id: it has it. 401 and 429: certainly
// not taken, again later. Any other 4xx: refused, with RingCentral's words. 5xx, and what cannot be
// read: nobody knows.
SubmitOutcome ringcentral_outcome(int http_status, std::string_view body, int64_t retry_after_s);

// The DLR word of a messageStatus; empty: it says nothing yet.
std::string_view ringcentral_word(std::string_view message_status);

}  // namespace dundun
