// What a handler may use: made once in run_binary, handed to every handler. Forward declarations
// only: code that uses a part includes its header.
#pragma once

namespace dundun {

class Breakers;
class Control;
class Executor;
class ExportSlots;
class Journal;
class KeyUse;
class PasswordThreads;
class PgPool;
class Replica;
class SessionStore;
class SnapshotStore;
struct Config;
struct Sending;

struct Services {
  const Config& config;
  PgPool& pg;        // reads
  Replica& replica;  // reads that may be a little old
  Journal* journal;  // nullptr in binaries that only read
  SnapshotStore& snapshots;
  Executor& executor;  // the serve loop
  ExportSlots& exports;
  const Sending* sending;  // nullptr in binaries that do not send
  Breakers& breakers;
  Control& control;
  SessionStore& sessions;
  PasswordThreads& passwords;
  KeyUse& key_use;
};

}  // namespace dundun
