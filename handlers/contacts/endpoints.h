// The endpoints of the `contacts` binary.
#pragma once

#include "common/web/endpoint.h"
#include "common/web/health.h"

namespace dundun {

Result<Response> upload_list(Context& context);
Result<Response> list_lists(Context& context);
Result<Response> get_list(Context& context);
Result<Response> list_contacts(Context& context);
Result<Response> delete_list(Context& context);

inline constexpr Endpoint kContactEndpoints[] = {
    {Method::kPost, "/contact-lists", Access::kSend, upload_list},
    {Method::kGet, "/contact-lists", Access::kQuery, list_lists},
    {Method::kGet, "/contact-lists/{id}", Access::kQuery, get_list},
    {Method::kGet, "/contact-lists/{id}/contacts", Access::kQuery, list_contacts},
    {Method::kDelete, "/contact-lists/{id}", Access::kSend, delete_list},
    kHealthz,
    kReadyz,
    kMetrics,
};

}  // namespace dundun
