// Configuration of inbound texts: which carriers may call us, and which words mean STOP and START.
#pragma once

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "common/sms/opt_out.h"

namespace dundun {

struct InboundRules {
  // Carrier -> SHA-256 of its secrets, 32 bytes each; two while a new one replaces the old.
  std::map<std::string, std::vector<std::string>, std::less<>> carriers;
  // Carriers of kind http -> the settings that describe their callbacks (common/carrier).
  std::map<std::string, std::string, std::less<>> http_carriers;
  std::vector<OptOutWord> words;
  // Language and wish -> the answer; {number} stands for the number that the text was sent to.
  std::map<std::pair<std::string, OptOutWish>, std::string> answers;
};

}  // namespace dundun
