// Settings for RingCentral: a row of `carriers` of kind ringcentral, and its file of secrets
// (deploy/ringcentral.md). Tenants authorize the client that is named here.
#pragma once

#include <chrono>
#include <string>
#include <string_view>

#include "common/carrier/carrier_file.h"

namespace dundun {

struct RingCentralSettings {
  std::string carrier;  // the row's name
  std::string server_url = "https://platform.ringcentral.com";
  std::string public_url;        // where browsers and RingCentral reach us
  std::string client_id;         // secret file
  std::string client_secret;     // secret file
  int messages_per_minute = 40;  // of one number
  int connections_max = 8;
  int queue_max = 2000;
  std::chrono::milliseconds timeout{10'000};     // of a submit
  std::chrono::milliseconds call_timeout{3500};  // of every other call

  std::string callback_url() const { return public_url + "/v1/rc/callback"; }
  std::string webhook_url() const { return public_url + "/v1/webhooks/ringcentral"; }
};

// `settings`: a JSON object with server_url, public_url (needed), messages_per_minute,
// connections_max, queue_max, timeout_ms, call_timeout_ms; in the file client_id and client_secret.
// kInvalidRequest names what is wrong. Plain http is allowed only for this machine.
Result<RingCentralSettings> read_ringcentral_settings(std::string_view carrier,
                                                      std::string_view settings,
                                                      const CarrierSecrets& secrets);

}  // namespace dundun
