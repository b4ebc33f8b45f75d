// The connector to RingCentral. Each message leaves with the authorization of the tenant whose
// number it is sent from (connections.h). A message is one POST, and is never sent
// twice. Source: RingCentral API reference, "Send SMS".
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <string_view>

#include "common/base/config.h"
#include "common/carrier/connector.h"
#include "common/carrier/ringcentral/settings.h"
#include "common/io/http_client.h"

namespace dundun {

// A process without SECRETS_KEY_FILE cannot open tokens; it leaves its messages to the scheduler.
// `config` must outlive the connector.
std::unique_ptr<Connector> make_ringcentral(const RingCentralSettings& settings,
                                            const Config& config);

// What RingCentral's answer to a submit means. 200 with an id: taken. 401, 429 and 503 with
// MSG-290: certainly not taken, try later. Any other 4xx: refused, with RingCentral's words. Any
// other 5xx, or an answer that cannot be read: in doubt.
SubmitOutcome ringcentral_outcome(int http_status, std::string_view body, int64_t retry_after_s);

// For how long the user must not be asked after this answer: RingCentral's penalty, which begins
// anew with each question, or its window once it says that nothing remains; zero: at once. Source:
// RingCentral's guide "Rate limits".
std::chrono::seconds ringcentral_hold(const HttpReply& reply);

// The DLR word for a messageStatus; empty: the status says nothing yet.
std::string_view ringcentral_word(std::string_view message_status);
// Whether RingCentral, its upstream or the recipient's carrier says that the recipient opted out.
// Source: developers.ringcentral.com/guide/messaging/sms/sms-errors.
bool ringcentral_opted_out(std::string_view error_code);

}  // namespace dundun
