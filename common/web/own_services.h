// What a handler may use for a request that is of one account alone (is_of_one_account): its reads
// and its changes meet no other account's rows.
#pragma once

#include <cstdint>

#include "common/io/pg.h"
#include "common/web/services.h"

namespace dundun {

struct OwnServices {
  OwnServices(const Services& all, int64_t account_id)
      : pg(all.pg.restricted_to(account_id)), services{all.config,    pg,
                                                       all.replica,   all.journal,
                                                       all.snapshots, all.executor,
                                                       all.exports,   all.sending,
                                                       all.breakers,  all.control,
                                                       all.sessions,  all.passwords,
                                                       all.key_use} {}
  OwnServices(const OwnServices&) = delete;

  PgPool pg;
  Services services;
};

}  // namespace dundun
