// What a handler may use: made once in main, handed to every handler.
#pragma once

#include <memory>

#include "common/base/config.h"
#include "common/base/executor.h"
#include "common/carrier/carrier_router.h"
#include "common/io/pg.h"
#include "common/journal/journal.h"
#include "common/web/control.h"
#include "common/web/export_slots.h"
#include "common/web/key_use.h"
#include "common/web/password_threads.h"
#include "common/web/sessions.h"
#include "common/web/snapshot.h"

namespace dundun {

struct App {
  const Config& config;
  PgPool& pg;        // reads
  Journal* journal;  // nullptr in binaries that only read
  SnapshotStore& snapshots;
  Executor& executor;  // the serve loop
  ExportSlots& exports;
  Carriers* carriers;     // nullptr in binaries that do not send
  CarrierRouter* router;  // the same
  Breakers& breakers;
  Control& control;
  SessionStore& sessions;
  PasswordThreads& passwords;
  KeyUse& key_use;
};

}  // namespace dundun
