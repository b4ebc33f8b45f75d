// Customers' webhook URLs (table webhook_endpoints), for the binaries that change them. Only these
// functions and the scheduler read a secret from the database.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "common/base/config.h"
#include "common/base/ids.h"
#include "common/io/pg.h"

namespace dundun {

enum class EndpointKind : int16_t {
  kReceipts = 1,  // the account's dlr_url
  kInbound = 2,   // the account's mo_url
  kApp = 3,       // a Gravity app's webhookUrl
  kTrigger = 4,   // a trigger subscription's callbackUrl
};

// Bits of webhook_endpoints.events: bit 0, and bit n for message status n.
inline constexpr int32_t kInboundEvent = 1;

// "whsec_" and 64 hex digits, as Gravity has them; read as base64, as Standard Webhooks does, they
// are 48 bytes.
std::string new_webhook_secret();
// The `owner` that a sealed secret is bound to (common/io/crypto.h).
std::string webhook_secret_owner(int64_t account_id);

// The URL in the form in which it is called. kInvalidRequest says, in words for the customer, what
// is wrong. The host name is looked up at each call, not here.
Result<std::string> check_webhook_url(const Config& config, std::string_view url);

// The account's dlr_url and mo_url. The first call makes both rows, without URLs, and the secret.
struct AccountWebhooks {
  struct Target {
    Uuid endpoint_id;
    std::optional<std::string> url;
    int32_t events = 0;
    bool is_active = true;
    std::optional<Instant> disabled_at;  // by us
    std::string disabled_reason;
    std::optional<Instant> failing_since;
  };
  Target receipts, inbound;
  std::string secret;
  std::optional<Instant> old_secret_until;
};
Result<AccountWebhooks> account_webhooks(PgPool& pg, const Config& config, int64_t account_id);

// Sets the webhook of an app (Gravity) and switches it on. A new one gets its own secret; an
// existing one keeps its secret. Gives the secret. kInvalidRequest for a bad URL.
Result<std::string> set_app_webhook(Pg& transaction, const Config& config, int64_t account_id,
                                    const std::string& app_id, std::string_view url);
// Removes the webhook of an app; calls that wait for it are given up. Does nothing if there is
// none.
Status remove_app_webhook(Pg& transaction, int64_t account_id, const std::string& app_id);

// Queues a test call with an example body, tried once. nullopt: the endpoint has no URL or is off.
Result<std::optional<Uuid>> queue_test_delivery(Pg& transaction, int64_t account_id,
                                                const Uuid& endpoint_id, const std::string& event,
                                                const std::string& body);

}  // namespace dundun
