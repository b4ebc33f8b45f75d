// What the endpoints of endpoints.h take and give; notation in common/web/shape.h.
#pragma once

#include "common/web/operation.h"

namespace dundun::schemas::routes {

inline constexpr const char* kTypes = R"(
  Price = {
    code: string,
    country_code: country,
    country_name: string,
    currency: currency,  // of the route
    price_per_segment: money,
    sender_id_default: string,
    is_active: boolean
  }
  Route = {name: string, ...Price}
)";

inline constexpr Operation kOperations[] = {
    {.of = "GET /routes", .summary = "All routes", .answer = "Route[]"},
    {.of = "GET /routes/{code}", .summary = "A route", .answer = "Route", .errors = "404"},
    {.of = "GET /routes/health", .summary = "How well each active route delivers", .answer = R"({
       code: string,
       country_code: country,
       total: integer,  // messages of the last 24 hours that have ended
       delivered: integer,
       failed: integer,
       delivery_rate: number | null,  // percent; null while none has ended
       status: "ok" | "warn" | "down" | "unknown",  // from 80 %, from 50 %, below
       carriers: {
         total: integer,
         delivered: integer,
         failed: integer,
         delivery_rate: number | null,
         is_active: boolean,
         breaker: "closed" | "open" | "half_open",  // open: nobody asks it for a while
         last_failure_at: time | null,  // when its breaker last opened
         carrier?: string,  // for those who run the platform
         last_error?: string  // the same
       }[]
     }[])"},
    {.of = "GET /pricing",
     .summary = "The public price list",
     .answer = "Price[]",
     .headers = "ETag"},
};

}  // namespace dundun::schemas::routes
