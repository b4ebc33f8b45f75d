// Configuration of what comes in: who may call us, and which words end and begin texts.
#pragma once

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "common/io/pg.h"
#include "common/sms/opt_out.h"

namespace dundun {

struct InboundRules {
  // Carrier -> SHA-256 of its secrets, 32 bytes each; two while one replaces the other.
  std::map<std::string, std::vector<std::string>, std::less<>> carriers;
  // Carriers of kind http -> the settings that describe their callbacks (common/carrier).
  std::map<std::string, std::string, std::less<>> http_carriers;
  std::vector<OptOutWord> words;
  // Language and wish -> what is answered; {number} stands for the number that was texted.
  std::map<std::pair<std::string, OptOutWish>, std::string> answers;
};

Result<InboundRules> load_inbound_rules(PgPool& pool);

}  // namespace dundun
