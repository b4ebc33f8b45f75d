// Reads a delivery receipt that an SMSC sends: in deliver_sm or data_sm, its facts in the text, in
// options, or in both. Source: SMPP 3.4 sections 4.6, 4.7, 5.2.12, 5.3.2 and appendix B.
#pragma once

#include <optional>
#include <string>

#include "common/io/smpp.h"

namespace dundun {

struct SmscReceipt {
  std::string id;         // the SMSC's
  std::string word;       // DELIVRD …; NOSTAT: it says nothing of the message's state
  std::string error;      // the network's code: err: or network_error_code; or empty
  std::string recipient;  // of the message
};

// nullopt: no receipt, or none that can be read.
std::optional<SmscReceipt> receipt_of(const SmppPdu& pdu);

}  // namespace dundun
