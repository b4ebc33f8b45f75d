// Kannel, and through it every SMPP carrier: its sendsms interface (deploy/kannel.md).
//
// Each segment that we billed is a submit of its own, with the coding and the concatenation header
// that we chose. Kannel decides nothing, so what we bill is what leaves. Source: Kannel 1.4.5
// User's Guide, "Using the HTTP interface to send SMS messages".
#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <string_view>

#include "common/carrier/carrier_file.h"
#include "common/carrier/connector.h"

namespace dundun {

struct KannelSettings {
  std::string url;           // of sendsms
  std::string username;      // secret file
  std::string password;      // secret file
  std::string smsc;          // smsc-id; empty: Kannel chooses
  std::string receipts_url;  // where Kannel finds us: …/carrier/<name>/kannel-receipt
  std::string secret;        // secret file: signs the receipts' addresses
  // Which receipts Kannel brings: delivered, not delivered, not taken. None if there is a guard,
  // which brings them itself.
  int dlr_mask = 1 | 2 | 16;
  int validity_min = 0;  // 0: the SMSC's own
  // smpp-guard stands between this Kannel and its SMSC: a message can be submitted again.
  bool guarded = false;
  int connections_max = 32;
  int queue_max = 2000;
  std::chrono::milliseconds timeout{10'000};
};

// `settings`: a JSON object with these names; url and receipts_url are needed, and in the file
// username, password and secret. kInvalidRequest names what is wrong.
Result<KannelSettings> read_kannel_settings(std::string_view settings,
                                            const CarrierSecrets& secrets);

std::unique_ptr<Connector> make_kannel(const KannelSettings& settings);

// What Kannel's answer to a submit means. 202: Kannel has it. 503: its queue is full, or its SMSC
// is away.
SubmitOutcome kannel_outcome(int http_status, std::string_view body, int attempt);

// The DLR word of a receipt: `type` is Kannel's %d (1 delivered, 2 not delivered, 4 and 8 on its
// way, 16 the SMSC did not take it), `answer` its %A. nullopt: no such type.
std::optional<std::string> kannel_receipt_word(std::string_view type, std::string_view answer);
// The carrier's own code in such a receipt: the SMSC's status ("0x0B"), or what stands behind err:;
// empty: none that says anything.
std::string kannel_receipt_error(std::string_view type, std::string_view answer);

}  // namespace dundun
