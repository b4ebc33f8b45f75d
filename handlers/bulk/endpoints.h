// The endpoints of the `bulk` binary: campaigns.
#pragma once

#include "common/web/endpoint.h"
#include "common/web/health.h"

namespace dundun {

Result<Response> precheck(Context& context);
Task<Response> send_bulk(Context& context);
Result<Response> list_batches(Context& context);
Result<Response> get_batch(Context& context);
Task<Response> cancel_batch(Context& context);
Task<Response> pause_batch(Context& context);
Task<Response> resume_batch(Context& context);
Task<Response> reschedule_batch(Context& context);
Task<Response> change_batch_rate(Context& context);

inline constexpr Endpoint kBulkEndpoints[] = {
    {Method::kPost, "/messages/bulk-precheck", Access::kSend, precheck},
    {Method::kPost, "/messages/send-bulk", Access::kSend, send_bulk},
    {Method::kGet, "/messages/batches", Access::kQuery, list_batches},
    {Method::kGet, "/messages/batch/{id}", Access::kQuery, get_batch},
    {Method::kPost, "/messages/batch/{id}/cancel", Access::kSend, cancel_batch},
    {Method::kPost, "/messages/batch/{id}/pause", Access::kSend, pause_batch},
    {Method::kPost, "/messages/batch/{id}/resume", Access::kSend, resume_batch},
    {Method::kPost, "/messages/batch/{id}/reschedule", Access::kSend, reschedule_batch},
    {Method::kPost, "/messages/batch/{id}/rate", Access::kSend, change_batch_rate},
    kHealthz,
    kReadyz,
    kMetrics,
};

}  // namespace dundun
