#include "openapi/words.h"

#include <algorithm>
#include <array>
#include <utility>

namespace dundun {
namespace {

using Pair = std::pair<std::string_view, std::string_view>;

constexpr auto kStatusTexts = std::to_array<Pair>({
    {"200", "Done"},
    {"201", "Made"},
    {"202", "Accepted"},
    {"204", "Done; no body"},
    {"303", "Elsewhere"},
    {"400", "Something in the request cannot be done"},
    {"401", "No key or login, or not a valid one"},
    {"402", "Insufficient balance (under /v1)"},
    {"403", "Not allowed to this key, login, sender or account"},
    {"404", "Unknown, or another account's"},
    {"409", "Not in this state, or the first request with this Idempotency-Key still runs"},
    {"413", "Too large"},
    {"415", "Another media type is needed"},
    {"422", "A field is missing or wrong"},
    {"429", "Too many requests: wait for Retry-After seconds"},
    {"500", "Our fault"},
    {"503", "Not now: repeat after Retry-After seconds, with the same Idempotency-Key"},
});

constexpr auto kTags = std::to_array<Tag>({
    {"Messages", "Send one message, ask what became of it, what it costs and why."},
    {"Campaigns", "One text to many: price it, send it at once, later or drop by drop, steer it."},
    {"Contact lists", "Files of contacts that campaigns go to."},
    {"Inbound", "Texts that people sent to your numbers."},
    {"Opt-outs", "Numbers that want nothing from you. A send to them is refused."},
    {"Webhooks", "Where your server is told of changes, the log of these calls, and triggers."},
    {"Verify", "One-time codes: sent, checked and counted for you."},
    {"Routes and prices", "Which countries are served, how well, and for how much."},
    {"Balance", "The wallet, its ledger, and topping it up."},
    {"Notifications", "What people of the account should know."},
    {"Sender names", "Names that messages may come from, and what registering one costs."},
    {"API keys", "Keys for your programs, each with its scopes."},
    {"Workspace", "The account's settings, its people, and who changed what."},
    {"Sessions", "Logging in with a browser. A login is worth a key, by the user's role."},
    {"Live events", "A token for a WebSocket at /ws, which tells of every change at once."},
    {"Second dialect: messages", "The same engine in camelCase, under /v1 only."},
    {"Second dialect: apps", "Programs of a tenant, each with a key and a webhook of its own."},
    {"Second dialect: RingCentral",
     "Sending from, and receiving at, a tenant's own numbers there."},
    {"Administration: accounts", "For those who run the platform: accounts and what is theirs."},
    {"Administration: carriers", "For those who run the platform: carriers, routes and numbers."},
    {"Administration: prices and upkeep",
     "For those who run the platform: prices, rates, storage."},
    {"Payments", "What payment providers call, and the sandbox's checkout."},
    {"Carriers", "What carriers call: texts that come in, and receipts."},
    {"Health", "Whether the server runs."},
    {"Webhook events", "What your server is sent. Every call is signed; answer any 2xx."},
});

// The longest beginning of a path decides.
constexpr auto kSubjects = std::to_array<Pair>({
    {"/messages", "Messages"},
    {"/messages/bulk-precheck", "Campaigns"},
    {"/messages/send-bulk", "Campaigns"},
    {"/messages/batch", "Campaigns"},
    {"/contact-lists", "Contact lists"},
    {"/inbound", "Inbound"},
    {"/opt-outs", "Opt-outs"},
    {"/webhooks", "Webhooks"},
    {"/triggers", "Webhooks"},
    {"/verify", "Verify"},
    {"/routes", "Routes and prices"},
    {"/pricing", "Routes and prices"},
    {"/balance", "Balance"},
    {"/notifications", "Notifications"},
    {"/sender-ids", "Sender names"},
    {"/api-keys", "API keys"},
    {"/workspace", "Workspace"},
    {"/audit-log", "Workspace"},
    {"/auth", "Sessions"},
    {"/ws/token", "Live events"},
    {"/sms", "Second dialect: messages"},
    {"/apps", "Second dialect: apps"},
    {"/rc", "Second dialect: RingCentral"},
    {"/webhooks/ringcentral", "Second dialect: RingCentral"},
    {"/admin/accounts", "Administration: accounts"},
    {"/admin/sender-ids", "Administration: accounts"},
    {"/admin", "Administration: prices and upkeep"},
    {"/admin/carriers", "Administration: carriers"},
    {"/admin/routes", "Administration: carriers"},
    {"/admin/receipts", "Administration: carriers"},
    {"/admin/inbound", "Administration: carriers"},
    {"/payments", "Payments"},
    {"/pay", "Payments"},
    {"/carrier", "Carriers"},
    {"/health", "Health"},
    {"/readyz", "Health"},
});

constexpr auto kParameters = std::to_array<PathParameter>({
    {"/messages/{id}", "The id that the send answered.",
     "msg-01984f6e-6a10-7c11-9b52-31c6a6a0d9f4"},
    {"/messages/batch/{id}", "The batch_id that send-bulk answered.",
     "batch-01984f6e-6a10-7c11-9b52-31c6a6a0d9f5"},
    {"/contact-lists/{id}", "A list's id.", "12"},
    {"/inbound/{id}", "The id of a text that came in.", "mo_01984f6e6a107c119b5231c6a6a0d9f6"},
    {"/opt-outs/{phone}", "A number in E.164; encode the plus as %2B.", "+254712345678"},
    {"/webhooks/deliveries/{id}", "A delivery's id: the header webhook-id of the call.",
     "evt_01984f6e6a107c119b5231c6a6a0d9f7"},
    {"/triggers/sms-received/subscribe/{id}", "The id that subscribing answered.",
     "01984f6e-6a10-7c11-9b52-31c6a6a0d9f9"},
    {"/verify/{id}", "The verification_id that the start answered.",
     "ver-01984f6e-6a10-7c11-9b52-31c6a6a0d9f8"},
    {"/verify/apps/{id}", "An app's id.", "01984f6e-6a10-7c11-9b52-31c6a6a0d9fa"},
    {"/routes/{code}", "A route's code.", "ESMS_KE"},
    {"/notifications/{id}", "A notification's id.", "42"},
    {"/api-keys/{id}", "A key's id, not the key.", "12"},
    {"/workspace/users/{id}", "A user's id.", "3"},
    {"/auth/sessions/{id}", "A session's id.", "5"},
    {"/auth/passkeys/{id}", "A passkey's id.", "2"},
    {"/sms/status/{id}", "The messageId that the send answered.",
     "msg_01984f6e6a107c119b5231c6a6a0d9f4"},
    {"/apps/{id}", "The appId.", "app_31c6a6a0d9f49b52"},
    {"/payments/return/{provider}", "The provider's name.", "flutterwave"},
    {"/payments/callback/{provider}", "The provider's name.", "flutterwave"},
    {"/pay/sandbox/{reference}", "The payment's reference.", "01984f6e6a107c119b5231c6a6a0d9fb"},
    {"/carrier/{carrier}", "The carrier's name.", "loopback"},
    {"/carrier/{carrier}/{secret}", "The carrier's secret.", "0123456789abcdef"},
    {"/admin/accounts/{id}", "An account's id.", "7"},
    {"/admin/accounts/{id}/users/{user}", "A user's id.", "3"},
    {"/admin/accounts/{id}/api-keys/{key}", "A key's id, not the key.", "12"},
    {"/admin/accounts/{id}/sender-ids/{sender}", "The id of a sender name.", "4"},
    {"/admin/accounts/{id}/carrier-overrides/{override}", "The override's id.", "2"},
    {"/admin/accounts/{id}/messages/{message}", "A message's id.",
     "msg-01984f6e-6a10-7c11-9b52-31c6a6a0d9f4"},
    {"/admin/routes/{code}", "A route's code.", "ESMS_KE"},
    {"/admin/routes/{code}/carriers/{carrier}", "A carrier's name.", "loopback"},
    {"/admin/carriers/{carrier}", "A carrier's name.", "loopback"},
    {"/admin/receipts/unmatched/{id}", "The receipt's id.", "8"},
    {"/admin/sender-fees/{country}", "A country's ISO code.", "KE"},
});

struct Right {
  Access access;
  const char* scope;  // of a key; empty: no key opens it
  const char* role;   // the least that does
};
constexpr auto kRights = std::to_array<Right>({
    {Access::kQuery, "query", "viewer"},
    {Access::kSend, "send", "developer"},
    {Access::kWebhooks, "webhooks", "developer"},
    {Access::kManage, "admin", "owner"},
    {Access::kTenant, "admin", "owner"},
    {Access::kSession, "", "viewer"},
    {Access::kOwner, "", "owner"},
    {Access::kPlatform, "", "admin"},
});

Needs of_login(const Right& right) {
  Needs needs{.by = "login", .scope = "", .role = right.role, .label = "Login", .text = ""};
  if (right.access == Access::kSession) {
    needs.text = "Needs a login; no API key opens it.";
    return needs;
  }
  needs.label += std::string(": ") + right.role;
  needs.text = std::string("Needs a login with the role ") + right.role +
               (right.access == Access::kPlatform ? " (the platform's)" : "") +
               "; no API key opens it.";
  return needs;
}

Needs of_key(const Right& right, bool second_dialect) {
  Needs needs{.by = second_dialect ? "app_key" : "key",
              .scope = right.scope,
              .role = right.role,
              .label = std::string(second_dialect ? "App key" : "Key") + ": " + right.scope,
              .text = ""};
  needs.text = std::string("Needs an ") + (second_dialect ? "app's key or an API key" : "API key") +
               " with the scope `" + right.scope + "`, or a login with the role " + right.role +
               (std::string_view(right.role) == "owner" ? "." : " or above.");
  return needs;
}

}  // namespace

std::string_view status_text(std::string_view status) {
  const auto found = std::ranges::find(kStatusTexts, status, &Pair::first);
  return found == kStatusTexts.end() ? "Answer" : found->second;
}

std::span<const Tag> api_tags() { return kTags; }

std::string_view tag_of(std::string_view path) {
  Pair best;
  for (const Pair& subject : kSubjects) {
    if (path.starts_with(subject.first) && subject.first.size() > best.first.size()) best = subject;
  }
  return best.second;
}

const PathParameter* path_parameter(std::string_view path_up_to_it) {
  const auto found = std::ranges::find(kParameters, path_up_to_it, &PathParameter::path);
  return found == kParameters.end() ? nullptr : &*found;
}

Needs needs_of(const Endpoint& endpoint, const Operation& operation) {
  const bool second_dialect = std::string_view(operation.error) == kErrorsOfTheSecondDialect;
  const auto right = std::ranges::find(kRights, endpoint.demand.access, &Right::access);
  Needs needs;
  if (right == kRights.end()) {
    needs = {.by = "nothing", .scope = "", .role = "", .label = "No key", .text = "Needs no key."};
  } else if (*right->scope == '\0') {
    needs = of_login(*right);
  } else {
    needs = of_key(*right, second_dialect);
    if (endpoint.demand.serves == Serves::kLive) needs.text += " Test keys are refused.";
  }
  if (endpoint.demand.proof == Proof::kFresh) {
    needs.text += " A session with a second factor must have shown it within the last minutes.";
  }
  if (*operation.needs == '\0') return needs;
  if (right == kRights.end()) {
    needs.by = "other";
    needs.label = operation.needs;
    needs.text = std::string("Needs no key of ours, but ") + operation.needs + ".";
    needs.label[0] = static_cast<char>(std::toupper(static_cast<unsigned char>(needs.label[0])));
  } else {
    needs.text += std::string(" Only for ") + operation.needs + ".";
  }
  return needs;
}

}  // namespace dundun
