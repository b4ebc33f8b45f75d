// The part of RingCentral's REST API for one user's SMS. Every call except the submit of a message
// (see ringcentral.h) is made here; it blocks, at most for the settings' call_timeout. Source:
// RingCentral API reference and developer guide (developers.ringcentral.com).
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/time.h"
#include "common/carrier/ringcentral/settings.h"
#include "common/io/http_client.h"
#include "common/io/json.h"

namespace dundun {

struct RcTokens {
  std::string access_token;   // about an hour
  Instant expires_at;         // of that
  std::string refresh_token;  // good for one use, in seven days
  std::string extension_id;   // the user's
};

struct RcNumber {
  std::string number;   // E.164
  std::string country;  // ISO 3166-1 alpha-2
};

struct RcSubscription {
  std::string id;
  Instant until;
  bool active = true;  // false: Suspended or Blacklisted, it brings nothing
};

struct RcMessage {
  std::string status;      // messageStatus: Queued, Sent, Delivered, SendingFailed, DeliveryFailed
  std::string error_code;  // deliveryErrorCode, such as SMS-CAR-411, or empty
};

struct RcTexts {
  std::vector<JsonDocument> records;  // a JSON object each
  bool has_more = false;              // another page
};

// Errors of all calls: kExpiredToken if RingCentral refuses the token, or the code or credential
// (invalid_grant). If it refuses our client, which only the operator can mend, the alarm is raised
// and the error is kUnavailable. kNotFound; kRateLimited with retry_after_s; kInvalidRequest with
// RingCentral's own words; kUnavailable for everything that may pass. Thread-safe.
class RingCentralApi {
 public:
  explicit RingCentralApi(RingCentralSettings settings) : settings_(std::move(settings)) {}
  const RingCentralSettings& settings() const { return settings_; }

  // The page to send the browser to; `challenge` is PKCE's (S256).
  std::string authorize_url(std::string_view state, std::string_view challenge) const;
  Result<RcTokens> tokens_of_code(std::string_view code, std::string_view verifier) const;
  Result<RcTokens> tokens_of_refresh(std::string_view refresh_token) const;
  Result<RcTokens> tokens_of_jwt(std::string_view jwt) const;
  Status revoke(std::string_view token) const;

  // The RingCentral account that the user belongs to.
  Result<std::string> account_id(std::string_view access_token) const;
  // The user's numbers that may send SMS.
  Result<std::vector<RcNumber>> sms_numbers(std::string_view access_token) const;
  // Notifications of texts that come in, with `verification` in a header, for seven days.
  Result<RcSubscription> subscribe(std::string_view access_token,
                                   std::string_view verification) const;
  Result<RcSubscription> renew_subscription(std::string_view access_token,
                                            std::string_view id) const;
  // How it stands now.
  Result<RcSubscription> subscription(std::string_view access_token, std::string_view id) const;
  Status unsubscribe(std::string_view access_token, std::string_view id) const;
  Result<RcMessage> message(std::string_view access_token, std::string_view id) const;
  // A page, from 1 on, of the texts that came in from `since` to `until`, newest first; those that
  // the user has deleted too.
  struct TextsWanted {
    Instant since, until;
    int page = 1;
  };
  Result<RcTexts> inbound_texts(std::string_view access_token, const TextsWanted& wanted) const;

 private:
  Result<RcTokens> grant(std::string form) const;
  Result<JsonDocument> call(const char* method, std::string_view path,
                            std::string_view access_token, std::string body = {}) const;

  const RingCentralSettings settings_;
};

// The text of an answer that is not a success: its first error, or its message. Without control
// characters, at most 200 bytes.
std::string ringcentral_error_text(std::string_view body);
// The code of an answer that is not a success ("MSG-290"): of its first error, or its own; or
// empty.
std::string ringcentral_error_code(std::string_view body);
// What a refusal of the token endpoint means; see RingCentralApi.
Error ringcentral_grant_refusal(const HttpReply& reply);
// An id as text. RingCentral writes the same id as a number or as a text. Empty: it is neither.
std::string ringcentral_id(const std::optional<JsonValue>& value);

}  // namespace dundun
