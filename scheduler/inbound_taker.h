// Records texts that the scheduler fetched from a carrier, as the `carrier` binary records those
// that are brought.
#pragma once

#include <optional>
#include <string>

#include "common/inbound/record.h"
#include "common/io/pg.h"
#include "common/sending/send.h"
#include "common/sending/snapshot.h"

namespace dundun {

struct FetchedText {
  std::string carrier;
  MoRequest mo;
  std::optional<Instant> written_at{};  // when its author sent it, if the carrier says so
  std::optional<int64_t> account_id{};  // only its numbers count; none: anybody's
};

class InboundTaker {
 public:
  InboundTaker(const Config& config, Journal& journal, Carriers& carriers, CarrierRouter& router,
               Executor& executor);

  // Waits until the text is on record. One that was written an hour ago or earlier is answered by
  // no machine; a STOP or START that its author took back since changes nothing. Errors are the
  // database's: then fetch it again. For one thread.
  Result<MoOutcome> take(FetchedText text);

 private:
  Result<bool> is_overtaken(const FetchedText& text, const Routed& routed);

  PgPool pool_;
  SnapshotStore snapshots_;
  const Sending sending_;
};

}  // namespace dundun
