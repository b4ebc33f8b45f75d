// What the endpoints of endpoints.h take and give; notation in common/web/shape.h.
#pragma once

#include "common/web/operation.h"

namespace dundun::schemas::bulk {

inline constexpr const char* kTypes = R"(
  BatchStatus = "scheduled" | "sending" | "dripping" | "paused" | "completed" | "cancelled" |
                "expired"
  CampaignOrder = {
    contact_list_ids?: integer[],  // lists, recipients or both
    recipients?: {to: string, name?: string, vars?: any}[],  // up to 10,000
    text: string,  // may hold {{variables}}
    sender_id?: string(1..11),
    route?: string,
    international?: boolean,  // changes nothing: there is one price a route
    window?: {from: string, to: string, tz?: string},  // HH:MM, and an IANA zone or an offset
    not_after?: time,  // what has not left by then expires and is refunded
    name?: string(1..100),  // shown in lists and notices
    schedule_mode?: "now" | "scheduled" | "drip" = "now",
    scheduled_at?: time,  // 5 minutes to 90 days ahead
    drip_rate?: integer(1..600),  // messages a minute
    quote_id?: string
  }
  InvalidRecipient = {
    index: integer,  // in `recipients`, from 0
    to: string,  // as given
    reason: string,  // as of POST /messages/validate
    detail: string  // why, and the way out
  }
  Batch = {
    batch_id: batch_id,
    name: string | null,
    status: BatchStatus,
    text: string,  // the first 100 characters
    total_recipients: integer,
    total_segments: integer,
    made: integer,  // messages made so far
    progress: number,  // percent
    counts: {pending: integer, scheduled: integer, queued: integer, submitted: integer, sent: integer,
             delivered: integer, failed: integer, retrying: integer, cancelled: integer,
             expired: integer},
    cost: money,
    currency: currency,
    cost_so_far: money,
    refunded: money,  // for what was never made
    drip_rate: integer | null,  // messages a minute
    scheduled_at: time | null,
    window: {from: string, to: string, tz: string} | null,
    not_after: time | null,
    created_at: time,
    started_at: time | null,
    finished_at: time | null,
    eta: time | null,  // of the last message; null where nobody can know it
    waiting_for: "start" | "window" | "throughput" | "resume" | null,  // or what hides the eta
    waiting_until: time | null,
    environment: "live" | "test"
  }
  SteeredBatch = {batch_id: batch_id, status: BatchStatus, made: integer, total_recipients: integer,
                  refunded: money, balance_after: money, drip_rate: integer | null,
                  scheduled_at: time | null}
)";

inline constexpr Operation kOperations[] = {
    {.of = "POST /messages/bulk-precheck",
     .summary = "What a campaign would cost, to the last digit",
     .body = "{...CampaignOrder}",
     .answer = R"({
       total_contacts: integer,
       total_segments: integer,
       total_cost: money,
       wallet_currency: currency,
       wallet_balance: money,
       balance_after: money,
       sufficient_balance: boolean,
       countries: integer,
       breakdown: {country_code: country, country_name: string, currency: currency,
                   route_code: string, contacts: integer, segments: integer, route_cost: money,
                   wallet_cost: money, price_per_segment: money, sender_id: string}[],
       unroutable_count: integer,
       unroutable: string[],  // a sample
       duplicates: integer,
       opted_out: integer,
       too_long: integer,
       invalid_recipients: InvalidRecipient[],  // of `recipients`: the first 100
       variables: {name: string, missing: integer}[],  // of the text: those that some contacts lack
       messages: integer,  // to be made
       quote_id: string  // binds send-bulk to this price
     })",
     .errors = "400 404 422",
     .safe_to_repeat = true},
    {.of = "POST /messages/send-bulk",
     .summary = "Send a campaign",
     .body = "{...CampaignOrder}",
     .answer = R"({batch_id: batch_id, total_recipients: integer, total_segments: integer,
                   estimated_cost: money, currency: currency, balance_after: money,
                   status: BatchStatus, scheduled_at: time | null, drip_rate: integer | null,
                   skipped: {invalid: integer, unroutable: integer, duplicates: integer,
                             opted_out: integer, too_long: integer,
                             invalid_recipients: InvalidRecipient[]}})",
     .errors = "400 402 404 409 422",
     .idempotent = true},
    {.of = "GET /messages/batches",
     .summary = "List campaigns, newest first",
     .query = R"({page?: integer(0..1000000) = 0, limit?: integer(1..100) = 20,
                  status?: BatchStatus,
                  after?: batch_id  // only what is older
                 })",
     .answer = "{batches: Batch[], total: integer, page: integer, limit: integer}",
     .errors = "422"},
    {.of = "GET /messages/batch/{id}",
     .summary = "A campaign and a page of its messages",
     .query = R"({page?: integer(0..1000000) = 0, limit?: integer(1..100) = 50,
                  after?: string  // only messages older than this id
                  })",
     .answer = R"({...Batch, messages_refunded: money, messages: Message[], total: integer,
                   page: integer, limit: integer})",
     .errors = "404 422"},
    {.of = "POST /messages/batch/{id}/cancel",
     .summary = "Cancel a campaign: no more messages; refunds what was not made",
     .answer = "SteeredBatch",
     .errors = "404 409",
     .safe_to_repeat = true},
    {.of = "POST /messages/batch/{id}/pause",
     .summary = "Pause a campaign: no more messages for now",
     .answer = "SteeredBatch",
     .errors = "404 409",
     .safe_to_repeat = true},
    {.of = "POST /messages/batch/{id}/resume",
     .summary = "Go on with a paused campaign",
     .answer = "SteeredBatch",
     .errors = "404 409",
     .safe_to_repeat = true},
    {.of = "POST /messages/batch/{id}/reschedule",
     .summary = "Move a campaign to another time, before it starts",
     .body = "{scheduled_at: time}",
     .answer = "SteeredBatch",
     .errors = "400 404 409 422",
     .safe_to_repeat = true},
    {.of = "POST /messages/batch/{id}/rate",
     .summary = "Change a campaign's drip rate",
     .body = "{drip_rate: integer(1..600)}",
     .answer = "SteeredBatch",
     .errors = "400 404 409 422",
     .safe_to_repeat = true},
};

}  // namespace dundun::schemas::bulk
