// What the endpoints of endpoints.h take and give; notation in common/web/shape.h.
#pragma once

#include "common/journal/change.h"
#include "common/web/operation.h"

namespace dundun::schemas::verify {

inline constexpr const char* kTypes = R"(
  VerificationStatus = "pending" | "approved" | "failed" | "expired" | "canceled"
  StartedVerification = {
    verification_id: string,
    status: "pending",
    to: phone,
    expires_at: time,
    sandbox_code?: string  // the code itself, for test keys only
  }
  Verification = {
    verification_id: string,
    status: VerificationStatus,
    to: phone,
    country: country,
    app_id: string | null,
    attempts_remaining: integer,
    sends: integer,
    created_at: time,
    expires_at: time,
    finished_at: time | null
  }
  VerifySettings = {
    sender_id?: string(1..11) | null,
    code_length?: integer | null,
    expiry_seconds?: integer | null,
    template?: string | null  // holds {{code}}
  }
  VerifyApp = {id: string, name: string, sender_id: string | null, code_length: integer,
               expiry_seconds: integer, template: string | null,
               landlines: boolean,  // codes may go to numbers that the plan calls landlines
               created_at: time, updated_at: time}
  VerifyCountries = {countries: {country: country, per_hour: integer | null}[]}
)";

inline constexpr Operation kOperations[] = {
    {.of = "POST /verify/start",
     .summary = "Send a one-time code",
     .body = "{to: string, app_id?: string, ...VerifySettings}",
     .answer = "StartedVerification",
     .errors = "400 402 404 409 422",
     .idempotent = true},
    {.of = "POST /verify/check",
     .summary = "Check a code",
     .body = R"({code: string, verification_id?: string, to?: string})",
     .answer = R"({status: VerificationStatus, verification_id?: string,
                   attempts_remaining?: integer})",
     .errors = "400 404 409 422",
     .idempotent = true},
    {.of = "GET /verify",
     .summary = "List verifications, newest first",
     .query = R"({page?: integer(0..1000000) = 0, limit?: integer(1..100) = 20,
                  status?: VerificationStatus, app_id?: string, to?: string, after?: string})",
     .answer = "{verifications: Verification[], total: integer, page: integer, limit: integer}",
     .errors = "422"},
    {.of = "GET /verify/apps",
     .summary = "List the apps: what codes are for",
     .answer = "{apps: VerifyApp[], total: integer}"},
    {.of = "POST /verify/apps",
     .summary = "Make an app",
     .body = "{name: string, ...VerifySettings, landlines?: boolean = false}",
     .answer = "VerifyApp",
     .errors = "400 409 422",
     .idempotent = true},
    {.of = "GET /verify/apps/{id}", .summary = "An app", .answer = "VerifyApp", .errors = "404"},
    {.of = "PATCH /verify/apps/{id}",
     .summary = "Replace an app; what is left out goes back to its default",
     .body = "{name: string, ...VerifySettings, landlines?: boolean = false}",
     .answer = "VerifyApp",
     .errors = "400 404 422"},
    {.of = "DELETE /verify/apps/{id}",
     .summary = "Delete an app",
     .status = 204,
     .errors = "404 409"},
    {.of = "GET /verify/apps/{id}/stats",
     .summary = "How an app's verifications ended",
     .query = "{days?: integer = 30}",
     .answer = R"({app_id: string, days: integer, started: integer, pending: integer,
                   approved: integer, failed: integer, expired: integer, canceled: integer,
                   codes_sent: integer, approval_rate: number | null})",
     .errors = "404 422"},
    {.of = "GET /verify/countries",
     .summary = "Where codes may go; empty: everywhere",
     .answer = "VerifyCountries"},
    {.of = "PUT /verify/countries",
     .summary = "Change where codes may go",
     .body = "VerifyCountries",
     .answer = "VerifyCountries",
     .errors = "400 422"},
    {.of = "GET /verify/{id}",
     .summary = "A verification; costs no attempt",
     .answer = "Verification",
     .errors = "404"},
    {.of = "POST /verify/{id}/resend",
     .summary = "Send a fresh code",
     .answer = "StartedVerification",
     .errors = "400 402 404 409 422",
     .idempotent = true},
    {.of = "POST /verify/{id}/cancel",
     .summary = "Cancel a verification: its code is worth nothing any more",
     .answer = "Verification",
     .errors = "404 409",
     .safe_to_repeat = true},
};

}  // namespace dundun::schemas::verify
