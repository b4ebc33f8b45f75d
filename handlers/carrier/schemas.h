// What the endpoints of endpoints.h take and give; notation in openapi/shape.h.
#pragma once

#include "common/web/operation.h"

namespace dundun::schemas::carrier {

inline constexpr const char* kTypes = R"(
  CarrierAnswer = {status: string, id?: string}
)";

inline constexpr Operation kOperations[] = {
    {.of = "GET /carrier/{carrier}/mo",
     .summary = "A carrier hands over a text, in the query",
     .answer = "string",
     .answer_type = "text/plain",
     .errors = "400 401 404 422"},
    {.of = "POST /carrier/{carrier}/mo",
     .summary = "A carrier hands over a text",
     .body = "any",
     .answer = "CarrierAnswer",
     .errors = "400 401 404 415 422"},
    {.of = "GET /carrier/{carrier}/{secret}/mo",
     .summary = "The same, with its secret in the path",
     .answer = "string",
     .answer_type = "text/plain",
     .errors = "400 401 404 422"},
    {.of = "POST /carrier/{carrier}/{secret}/mo",
     .summary = "The same, with its secret in the path",
     .body = "any",
     .answer = "CarrierAnswer",
     .errors = "400 401 404 415 422"},
    {.of = "GET /carrier/{carrier}/dlr",
     .summary = "A carrier's receipt, in the query",
     .answer = "string",
     .answer_type = "text/plain",
     .errors = "400 401 404 422"},
    {.of = "POST /carrier/{carrier}/dlr",
     .summary = "A carrier's receipt",
     .body = "any",
     .answer = "CarrierAnswer",
     .errors = "400 401 404 415 422"},
    {.of = "GET /carrier/{carrier}/{secret}/dlr",
     .summary = "The same, with its secret in the path",
     .answer = "string",
     .answer_type = "text/plain",
     .errors = "400 401 404 422"},
    {.of = "POST /carrier/{carrier}/{secret}/dlr",
     .summary = "The same, with its secret in the path",
     .body = "any",
     .answer = "CarrierAnswer",
     .errors = "400 401 404 415 422"},
    {.of = "GET /carrier/{carrier}/kannel-receipt",
     .summary = "Kannel's receipt, at the signed address that it was given",
     .answer = "string",
     .answer_type = "text/plain",
     .errors = "400 401 404"},
    {.of = "POST /carrier/{carrier}/kannel-receipt",
     .summary = "The same from the guard before it",
     .body = "any",
     .answer = "string",
     .answer_type = "text/plain",
     .errors = "400 401 404"},
    {.of = "POST /webhooks/ringcentral",
     .summary = "RingCentral's notifications",
     .body = "any",
     .answer = "{ok?: boolean}",
     .errors = "400 401",
     .safe_to_repeat = true,
     .error = "GravityError"},
};

}  // namespace dundun::schemas::carrier
