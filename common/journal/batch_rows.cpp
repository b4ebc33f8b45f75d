// What the locking reads found, row by row into Known.
#include "common/journal/batch.h"

namespace dundun {

void Batch::absorb_wallets(const PgRows& rows) {
  for (int n = 0; n < rows.size(); ++n) {
    WalletState& wallet = known_.wallets[{rows.i64(n, 0), Environment(rows.i16(n, 1))}];
    wallet.balance_micros = rows.i64(n, 2);
    wallet.seq = rows.i64(n, 3);
    wallet.currency = rows.text(n, 4);
    wallet.refund_on_any_failure = rows.boolean(n, 5);
    if (!rows.is_null(n, 6)) wallet.low_balance_micros = rows.i64(n, 6);
    wallet.has_opt_outs = rows.boolean(n, 7);
  }
}

void Batch::absorb_messages(const PgRows& rows) {
  for (int n = 0; n < rows.size(); ++n) {
    MessageState& message = known_.messages[{rows.i64(n, 0), rows.uuid(n, 1)}];
    message.environment = Environment(rows.i16(n, 2));
    message.status = MessageStatus(rows.i16(n, 3));
    message.cost_micros = rows.i64(n, 4);
    message.refunded = rows.boolean(n, 6);
    message.accepted_by_carrier = rows.boolean(n, 7);
    message.phone = rows.text(n, 8);
    message.route = rows.text(n, 9);
    message.retry_count = rows.i16(n, 10);
    message.auto_retries = rows.i16(n, 11);
    if (!rows.is_null(n, 12)) message.batch_id = rows.uuid(n, 12);
    if (!rows.is_null(n, 13)) message.app_id = rows.text(n, 13);
    if (!rows.is_null(n, 14)) message.carrier_message_id = rows.text(n, 14);
    if (!rows.is_null(n, 15)) message.carrier = rows.text(n, 15);
  }
}

void Batch::absorb_dispatch(const PgRows& rows) {
  for (int n = 0; n < rows.size(); ++n) {
    auto found = known_.messages.find({rows.i64(n, 0), rows.uuid(n, 1)});
    if (found != known_.messages.end()) found->second.waiting = true;
  }
}

void Batch::absorb_charges(const PgRows& rows) {
  for (int n = 0; n < rows.size(); ++n) {
    CommittedCharge& charge = known_.committed_charges[{rows.i64(n, 0), rows.uuid(n, 1)}];
    charge.balance_after_micros = rows.i64(n, 2);
    if (!rows.is_null(n, 3)) charge.claim = {rows.uuid(n, 3), rows.i32(n, 4)};
  }
}

void Batch::absorb_campaigns(const PgRows& rows) {
  for (int n = 0; n < rows.size(); ++n) {
    CampaignState& campaign = known_.campaigns[{rows.i64(n, 0), rows.uuid(n, 1)}];
    campaign.environment = Environment(rows.i16(n, 2));
    campaign.status = CampaignStatus(rows.i16(n, 3));
    campaign.cursor = {rows.i32(n, 4), rows.i64(n, 5)};
    campaign.total = rows.i32(n, 6);
    campaign.made = rows.i32(n, 7);
    campaign.cost_micros = rows.i64(n, 8);
    campaign.made_micros = rows.i64(n, 9);
    campaign.refunded_micros = rows.i64(n, 10);
    if (!rows.is_null(n, 11)) campaign.drip_rate = rows.i32(n, 11);
    campaign.scheduled_at = rows.maybe_instant(n, 12);
    campaign.next_due = rows.instant(n, 13);
  }
}

void Batch::absorb_payments(const PgRows& rows) {
  for (int n = 0; n < rows.size(); ++n) {
    known_.payments[{rows.i64(n, 0), rows.uuid(n, 1)}] = {Environment(rows.i16(n, 2)),
                                                          rows.i64(n, 3), rows.boolean(n, 4)};
  }
}

void Batch::absorb_answers(const PgRows& rows) {
  for (int n = 0; n < rows.size(); ++n) {
    const std::string hash(rows.text(n, 1));
    AnswerState& answer = known_.answers[{rows.i64(n, 0), hash}];
    answer.request_hash = rows.text(n, 2);
    if (!rows.is_null(n, 3)) answer.message_id = rows.uuid(n, 3);
    answer.balance_after_micros = rows.i64(n, 4);
    if (!rows.is_null(n, 5)) {
      answer.answer = StoredAnswer{hash, rows.i16(n, 5), std::string(rows.text(n, 6))};
    }
    answer.age = std::chrono::milliseconds(rows.i64(n, 7));
  }
}

}  // namespace dundun
