// What an operator watches of the whole platform, as metrics: every scheduler tells the same.
#pragma once

#include "common/carrier/breaker.h"
#include "common/carrier/carriers.h"
#include "common/io/pg.h"

namespace dundun {

// dundun_queue_age_seconds{queue}, dundun_mails_given_up, dundun_webhooks_dead;
// dundun_hour_messages{route,carrier,status} and dundun_week_messages: how live messages ended that
// were made in this hour and the one before, and in the same hours of the 7 days before.
void watch_queues(Pg& pg);

// dundun_carrier_usable{carrier}: 1, or 0 while its breaker is open.
void watch_carriers(const Carriers& carriers, Breakers& breakers);

}  // namespace dundun
