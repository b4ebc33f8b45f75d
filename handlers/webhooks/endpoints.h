// The endpoints of the `webhooks` binary.
#pragma once

#include "common/web/endpoint.h"
#include "common/web/health.h"

namespace dundun {

Result<Response> get_webhooks(Context& context);
Result<Response> change_webhooks(Context& context);
Result<Response> clear_webhooks(Context& context);
Result<Response> rotate_secret(Context& context);
Result<Response> test_webhook(Context& context);
Result<Response> list_deliveries(Context& context);
Result<Response> get_delivery(Context& context);
Result<Response> replay_delivery(Context& context);
Result<Response> replay_deliveries(Context& context);
Result<Response> subscribe_trigger(Context& context);
Result<Response> unsubscribe_trigger(Context& context);

inline constexpr Endpoint kWebhookEndpoints[] = {
    {Method::kGet, "/webhooks", live(Access::kWebhooks), get_webhooks},
    {Method::kPut, "/webhooks", live(Access::kWebhooks), change_webhooks},
    {Method::kDelete, "/webhooks", live(Access::kWebhooks), clear_webhooks},
    {Method::kPost, "/webhooks/rotate-secret", live(Access::kWebhooks), rotate_secret},
    {Method::kPost, "/webhooks/test", live(Access::kWebhooks), test_webhook},
    {Method::kGet, "/webhooks/deliveries", live(Access::kWebhooks), list_deliveries},
    {Method::kPost, "/webhooks/deliveries/replay", live(Access::kWebhooks), replay_deliveries},
    {Method::kGet, "/webhooks/deliveries/{id}", live(Access::kWebhooks), get_delivery},
    {Method::kPost, "/webhooks/deliveries/{id}/replay", live(Access::kWebhooks), replay_delivery},
    {Method::kPost, "/triggers/sms-received/subscribe", live(Access::kWebhooks), subscribe_trigger},
    {Method::kDelete, "/triggers/sms-received/subscribe/{id}", live(Access::kWebhooks),
     unsubscribe_trigger},
    kHealthz,
    kReadyz,
};

}  // namespace dundun
