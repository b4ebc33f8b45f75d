// What the endpoints of endpoints.h take and give; notation in common/web/shape.h.
#pragma once

#include "common/web/operation.h"

namespace dundun::schemas::messages {

inline constexpr const char* kTypes = R"(
  Status = "scheduled" | "queued" | "submitted" | "sent" | "delivered" | "failed" | "retrying" |
           "cancelled" | "expired"
  Encoding = "GSM7" | "UCS2"
  Message = {
    id: message_id,
    phone: phone,
    text: string,  // in lists the first 100 characters
    sender_id: string,
    route: string,
    country: country,
    segments: integer(1..10),
    cost: money,  // the carrier's price, in the route's currency
    currency: currency,  // of the route
    wallet_cost: money,  // what left the wallet
    wallet_currency: currency,
    status: Status,
    error_code: string | null,
    retry_count: integer,
    created_at: time,
    delivered_at: time | null
  }
  Event = {event: string, status: Status, detail: string, at: time, metadata?: any}
  Sent = {
    id: message_id,
    status: "submitted" | "queued" | "scheduled" | "failed",
    segments: integer(1..10),
    encoding: Encoding,
    cost: money,  // what left the wallet
    cost_currency: currency,
    route_cost: money,
    route_currency: currency,
    route: string,
    balance_after: money,
    scheduled_at: time | null,
    error_message?: string  // of a submit that failed, perhaps to be tried again
  }
  MessageFilter = {
    status?: string,  // scheduled, queued, submitted, sent, delivered, failed …
    to?: string,  // a number; encode the plus as %2B
    batch_id?: string,
    date_from?: string,  // a date (its whole UTC day) or an RFC 3339 time with its offset
    date_to?: string,  // inclusive
    environment?: "live" | "test" | "all",  // otherwise the key's
    after?: string  // only what is older than this message id
  }
  RatedRecipient = {
    to: string,
    country?: country, route?: string, segments?: integer, cost?: money, cost_currency?: currency,
    route_cost?: money, route_currency?: currency,
    error?: {code: string, message: string}  // instead of the price
  }
  RateVersion = {currency: currency, version: integer, per_usd: money, valid_from: time}
  Explanation = {
    id: message_id,
    environment: "live" | "test",
    source: string,
    decided_at: time,  // when it was accepted, or its campaign
    config_version: integer | null,  // that decided; null for a campaign's message
    number: {e164: phone, country: country, country_name: string, type: string,
             national_format: string},
    text: {encoding: Encoding, segments: integer},
    route: {
      code: string,
      named: boolean,  // by the request
      candidates: {code: string, is_active: boolean, chosen: boolean, reason: string}[]
    },
    carriers: Carriers,
    sender: {
      sender_id: string,
      named: boolean,
      rule: "route_default" | "approved" | "sender_not_approved",
      reason: string
    },
    price: {
      version: integer | null,  // null: none of the recent ones makes this cost
      valid_from: time | null,
      price_per_segment: money,
      currency: currency,
      segments: integer,
      route_cost: money
    },
    fx: {route: RateVersion, wallet: RateVersion} | null,  // null: nothing was converted
    charge: {cost: money, currency: currency, paid_with: "message" | "campaign",
             refunded: boolean},
    batch_id: batch_id | null,
    retry_of: message_id | null
  }
  Carriers = {
    policy: "priority" | "least_cost",
    as_of: time,  // when it left or ended, or now
    candidates: {
      position: integer,  // in the order in which they were asked
      reason: string,
      took_it: boolean,
      // for those who run the platform:
      carrier?: string,
      priority?: integer,
      weight?: integer,
      cost_per_segment?: money | null  // USD
    }[]
  }
  PhoneFacts = {
    phone: string,  // as asked
    valid: boolean,
    e164: phone | null,
    country: country | null,
    country_name: string | null,
    type: "mobile" | "fixed_line" | "fixed_line_or_mobile" | "voip" | "toll_free" | "premium_rate" |
          "shared_cost" | "personal_number" | "pager" | "uan" | "voicemail" | "unknown",
    national_format: string | null,
    international_format: string | null,
    carrier: null,
    routable: boolean,  // a send to e164 would find a route now
    reason?: string  // why it is not valid, or not routable
  }
  ManyPhoneFacts = {count: integer, valid: integer, invalid: integer, mobile: integer,
                    results: PhoneFacts[]}
  MessageErrors = {
    errors: {error_code: string, carrier_error_code: string | null, country: country,
             count: integer, last_id: message_id, last_failed_at: time}[],
    counted: integer,   // failures that were looked at, the newest
    complete: boolean,  // false: there are more
    days: integer
  }
)";

inline constexpr Operation kOperations[] = {
    {.of = "POST /messages/send",
     .summary = "Send a message",
     .body = R"({
       to: string,  // a number with its country code
       text: string,  // up to 10 segments
       sender_id?: string(1..11),  // a name approved for the country; otherwise the route's default
       route?: string,  // forces a route, which must serve the number's country
       international?: boolean,  // changes nothing: there is one price a route
       schedule_mode?: "now" | "scheduled" = "now",
       scheduled_at?: time,  // 5 minutes to 7 days ahead
       not_after?: time,  // expires and is refunded if it could not leave before
       window?: {
         from: string,  // HH:MM
         to: string,  // HH:MM; over midnight if earlier than from
         tz?: string  // an IANA zone or an offset; otherwise that of the recipient's country
       }
     })",
     .answer = "Sent",
     .errors = "400 402 409 422",
     .idempotent = true},
    {.of = "POST /messages/rate",
     .summary = "What a send would cost",
     .body = R"({to: string | string[], text: string, route?: string, international?: boolean})",
     .answer = R"({encoding: Encoding, segments: integer, recipients: RatedRecipient[],
                   total_cost: money, currency: currency, count: integer})",
     .errors = "400 422",
     .safe_to_repeat = true},
    {.of = "POST /messages/validate",
     .summary = "What the numbering plans say of numbers",
     .body = "{phone: string | string[]}",
     .answer = "PhoneFacts | ManyPhoneFacts",
     .errors = "400 422",
     .safe_to_repeat = true},
    {.of = "POST /messages/preview",
     .summary = "How a text falls into segments, and a cheaper wording",
     .body = "{text: string, to?: string}",
     .answer = R"({
       encoding: Encoding,
       units: integer,  // septets, or UTF-16 code units
       segments: integer,
       parts: {text: string, units: integer}[],
       remaining: integer,  // units free in the last part
       ucs2_characters: {char: string, positions: integer[], codepoint: string}[],
       substitute: {text: string, encoding: Encoding, units: integer, segments: integer} | null,
       variables?: {name: string}[],  // of a campaign, where the text has some
       to?: phone, cost?: money, substitute_cost?: money | null, saving?: money | null,
       currency?: currency
     })",
     .errors = "400 422",
     .safe_to_repeat = true},
    {.of = "GET /messages",
     .summary = "List messages, newest first",
     .query = R"({page?: integer(0..1000000) = 0, limit?: integer(1..100) = 20,
                  ...MessageFilter})",
     .answer = "{messages: Message[], total: integer, page: integer, limit: integer}",
     .errors = "400 422"},
    {.of = "GET /messages/status",
     .summary = "Up to 100 messages by id",
     .query = "{ids: string}  // comma separated",
     .answer = "{messages: Message[]}",
     .errors = "422"},
    {.of = "GET /messages/export",
     .summary = "The list as CSV, however long",
     .query = "{...MessageFilter}",
     .answer = "string",
     .answer_type = "text/csv",
     .errors = "400 422"},
    {.of = "GET /messages/stats",
     .summary = "Figures: today against yesterday, and 14 days",
     .answer = R"({sent_today: integer, sent_delta_pct: number, delivery_rate: number,
                   failed_today: integer, failed_delta: integer, balance: money,
                   currency: currency, period_total: integer, period_days: integer})"},
    {.of = "GET /messages/volume",
     .summary = "Figures: a row a day",
     .query = "{days?: integer(1..90) = 14}",
     .answer = R"({date: date, day: "Mon" | "Tue" | "Wed" | "Thu" | "Fri" | "Sat" | "Sun",
                   delivered: integer, failed: integer, pending: integer}[])",
     .errors = "422"},
    {.of = "GET /messages/errors",
     .summary = "What failed lately, by cause: the most frequent first",
     .query = "{days?: integer(1..90) = 7}",
     .answer = "MessageErrors",
     .errors = "422"},
    {.of = "GET /messages/{id}",
     .summary = "A message and its timeline",
     .answer = R"({...Message, error_message: string | null,
                   carrier_error_code: string | null,  // the carrier's own, beside error_code
                   submitted_at: time | null,
                   failed_at: time | null, scheduled_at: time | null,
                   environment: "live" | "test", encoding: Encoding, dlr_status: string | null,
                   timeline: Event[]})",
     .errors = "404"},
    {.of = "GET /messages/{id}/explain",
     .summary = "Why this route, these carriers, this sender and this price",
     .answer = "Explanation",
     .errors = "404"},
    {.of = "POST /messages/{id}/cancel",
     .summary = "Cancel a message that has not left; refunds it",
     .answer = R"({id: message_id, status: "cancelled", balance_after: money})",
     .errors = "404 409",
     .safe_to_repeat = true},
    {.of = "POST /messages/{id}/reschedule",
     .summary = "Move a message that has not left",
     .body = "{scheduled_at: time}",
     .answer = R"({id: message_id, status: "scheduled", scheduled_at: time})",
     .errors = "400 404 409 422",
     .safe_to_repeat = true},
    {.of = "POST /messages/{id}/retry",
     .summary = "Send a failed message again as a new one",
     .answer = R"({
       id: message_id,  // of the new message
       original_id: message_id,
       status: "retrying",
       retry_count: integer  // of the original
     })",
     .errors = "400 402 404 409 422",
     .idempotent = true},
};

}  // namespace dundun::schemas::messages
