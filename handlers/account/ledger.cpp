#include "handlers/account/ledger.h"

namespace dundun {

std::string_view ledger_type_name(int16_t type) {
  switch (type) {
    case 1:
      return "credit";
    case 2:
      return "sms_charge";
    case 3:
      return "manual_credit";
    case 4:
      return "manual_debit";
    case 5:
      return "refund";
    default:
      return "other";
  }
}

}  // namespace dundun
