// The endpoints of the `messages` binary.
#pragma once

#include "common/web/endpoint.h"
#include "common/web/health.h"

namespace dundun {

Task<Response> send_message(Context& context);
Task<Response> cancel_message(Context& context);
Task<Response> reschedule_message(Context& context);
Task<Response> retry_message(Context& context);
Result<Response> list_messages(Context& context);
Result<Response> get_message(Context& context);
Result<Response> explain_message(Context& context);
Result<Response> message_stats(Context& context);
Result<Response> message_volume(Context& context);
Result<Response> message_errors(Context& context);
Result<Response> messages_status(Context& context);
Result<Response> export_messages(Context& context);
Result<Response> rate_message(Context& context);
Result<Response> validate_numbers(Context& context);
Result<Response> preview_message(Context& context);

inline constexpr Endpoint kMessageEndpoints[] = {
    {Method::kPost, "/messages/send", Access::kSend, send_message},
    {Method::kPost, "/messages/rate", Access::kQuery, rate_message},
    {Method::kPost, "/messages/validate", Access::kQuery, validate_numbers},
    {Method::kPost, "/messages/preview", Access::kQuery, preview_message},
    {Method::kGet, "/messages", Access::kQuery, list_messages},
    {Method::kGet, "/messages/status", Access::kQuery, messages_status},
    {Method::kGet, "/messages/export", Access::kQuery, export_messages},
    {Method::kGet, "/messages/stats", Access::kQuery, message_stats},
    {Method::kGet, "/messages/volume", Access::kQuery, message_volume},
    {Method::kGet, "/messages/errors", Access::kQuery, message_errors},
    {Method::kGet, "/messages/{id}", Access::kQuery, get_message},
    {Method::kGet, "/messages/{id}/explain", Access::kQuery, explain_message},
    {Method::kPost, "/messages/{id}/cancel", Access::kSend, cancel_message},
    {Method::kPost, "/messages/{id}/reschedule", Access::kSend, reschedule_message},
    {Method::kPost, "/messages/{id}/retry", Access::kSend, retry_message},
    kHealthz,
    kReadyz,
    kMetrics,
};

}  // namespace dundun
