// A message that carries a code: what a start and a resend have in common.
#pragma once

#include <string>

#include "common/io/pg.h"
#include "common/journal/change.h"
#include "common/sms/msisdn.h"
#include "common/web/endpoint.h"
#include "handlers/verify/quotas.h"
#include "handlers/verify/settings.h"

namespace dundun {

struct CodeMessage {
  AcceptMessage accept;
  std::string answer;  // the 200 body, known before anything happens
};

// Makes a code, its text, its price and its answer. `code` says which verification, and of a start
// what is kept of it; `at` is PostgreSQL's time.
Result<CodeMessage> make_code_message(Context& context, const Msisdn& to,
                                      const VerifySettings& settings, const std::string& app_name,
                                      const CountryFacts& facts, VerifyCode code, Instant at);

// Commits and submits it.
Task<Response> send_code_message(Context& context, CodeMessage message);

// From a row of verify_start_facts or verify_resend_facts.
template <class Columns>
CountryFacts country_facts_of(const PgRows& rows, const Columns& col) {
  CountryFacts facts;
  facts.lists = rows.boolean(0, col.has_countries);
  facts.listed = rows.boolean(0, col.country_allowed);
  if (!rows.is_null(0, col.per_hour)) facts.per_hour = rows.i32(0, col.per_hour);
  facts.sent_before = rows.i64(0, col.sent_in_week);
  return facts;
}

}  // namespace dundun
