// The endpoints of the `contacts` binary.
#pragma once

#include "common/web/health.h"
#include "common/web/route.h"

namespace dundun {

Task<Response> upload_list(Context& context);
Task<Response> list_lists(Context& context);
Task<Response> get_list(Context& context);
Task<Response> list_contacts(Context& context);
Task<Response> delete_list(Context& context);

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
