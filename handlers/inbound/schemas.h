// What the endpoints of endpoints.h take and give; notation in common/web/shape.h.
#pragma once

#include "common/web/operation.h"

namespace dundun::schemas::inbound {

inline constexpr const char* kTypes = R"(
  Inbound = {
    id: inbound_id,
    direction: "inbound",
    from: string,
    to: string,
    phone: string,
    text: string,
    keyword: string | null,
    status: "received",
    opt_out: "stop" | "start" | null,
    auto_reply: boolean,
    environment: "live" | "test",
    created_at: time
  }
  OptOut = {phone: phone, source: "message" | "api" | "carrier", message_id: inbound_id | null, created_at: time}
)";

inline constexpr Operation kOperations[] = {
    {.of = "GET /inbound",
     .summary = "Texts that came in, newest first",
     .query = R"({page?: integer(0..1000000) = 0, limit?: integer(1..100) = 20, from?: string,
                  to?: string, keyword?: string, environment?: "live" | "test" | "all",
                  date_from?: string, date_to?: string, after?: string})",
     .answer = "{messages: Inbound[], total: integer, page: integer, limit: integer}",
     .errors = "400 422"},
    {.of = "GET /inbound/{id}",
     .summary = "A text that came in",
     .answer = "Inbound",
     .errors = "404"},
    {.of = "GET /opt-outs",
     .summary = "List the numbers that want nothing",
     .query = "{limit?: integer(1..1000) = 200, after?: string}",
     .answer = "{opt_outs: OptOut[]}",
     .errors = "422"},
    {.of = "POST /opt-outs",
     .summary = "Send to these numbers no more",
     .body = "{phone: string | string[]}",
     .answer = "OptOut | {added: integer, total: integer}",
     .errors = "400 404 409 422",
     .idempotent = true},
    {.of = "DELETE /opt-outs/{phone}",
     .summary = "Send to a number again",
     .answer = "{...OptOut, removed: boolean}",
     .errors = "404"},
};

}  // namespace dundun::schemas::inbound
