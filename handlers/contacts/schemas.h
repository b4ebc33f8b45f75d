// What the endpoints of endpoints.h take and give; notation in common/web/shape.h.
#pragma once

#include "common/web/operation.h"

namespace dundun::schemas::contacts {

inline constexpr const char* kTypes = R"(
  ContactList = {id: integer, name: string, count: integer, columns: string[], tags: string[],
                 created_at: time, updated_at: time}
)";

inline constexpr Operation kOperations[] = {
    {.of = "POST /contact-lists",
     .summary = "Upload a CSV of contacts",
     .body = R"({
       file: file,  // CSV, up to 50 MB and 500,000 contacts
       name?: string,  // otherwise the file's
       tags?: string,  // comma separated
       charset?: string,  // such as windows-1256, where it is neither UTF-8, UTF-16 nor Windows-1252
       phone_column?: string  // the header of the phone's column, where it is not found by itself
     })",
     .body_type = "multipart/form-data",
     .answer = R"({
       id: integer, name: string, count: integer, columns: string[], tags: string[],
       imported: integer,
       duplicates: integer,
       invalid: integer,
       invalid_by_reason: {no_number?: integer, not_a_number?: integer,
                           spreadsheet_number?: integer, no_country_code?: integer,
                           too_short?: integer, too_long?: integer, wrong_length?: integer,
                           not_in_numbering_plan?: integer, no_country?: integer,
                           too_many_fields?: integer, field_too_long?: integer},
       invalid_rows: integer[],  // the first of them; the header is row 1
       faults: {line: integer,  // of the file
                reason: string, value: string, message: string}[],
       phone_column: string,
       name_column: string | null,
       variables: string[],  // the other columns
       encoding: string,
       warnings: string[]
     })",
     .errors = "400 409 413 415 422",
     .idempotent = true},
    {.of = "GET /contact-lists",
     .summary = "List the contact lists",
     .query = R"({page?: integer(0..1000000) = 0, limit?: integer(1..100) = 20, tag?: string,
                  after?: integer  // only what is older than this list
                 })",
     .answer = "{lists: ContactList[], total: integer}",
     .errors = "422"},
    {.of = "GET /contact-lists/{id}",
     .summary = "A contact list",
     .answer = "ContactList",
     .errors = "404"},
    {.of = "GET /contact-lists/{id}/contacts",
     .summary = "The contacts of a list",
     .query = R"({page?: integer(0..1000000) = 0, limit?: integer(1..100) = 50,
                  after?: integer  // only what comes after this contact
                 })",
     .answer = R"({
       contacts: {id: integer, phone: phone, name: string, data: {[key]: string}}[],
       total: integer
     })",
     .errors = "404 422"},
    {.of = "DELETE /contact-lists/{id}",
     .summary = "Delete a list and its contacts",
     .status = 204,
     .errors = "404"},
};

}  // namespace dundun::schemas::contacts
