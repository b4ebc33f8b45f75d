// The 200 body of POST /messages/send.
#pragma once

#include <optional>
#include <string>

#include "common/io/pg.h"
#include "common/journal/change.h"

namespace dundun {

struct SendAnswer {
  Uuid message_id;
  MessageStatus status;
  int segments;
  Encoding encoding;
  Micros cost_micros;
  std::string cost_currency;
  Micros route_cost_micros;
  std::string route_currency;
  std::string route;
  Micros balance_after_micros;
  std::optional<Instant> scheduled_at;
  std::string error_message;  // of a refused submit
};

std::string send_answer_json(const SendAnswer& answer);

// From a row of message_send_answer and the key's result: what the first request would have said.
SendAnswer send_answer_of_row(const PgRows& rows, const CommitResult& result);

}  // namespace dundun
