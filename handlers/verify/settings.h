// How a code looks and lives: asked for at a start, or an app's for all of its starts.
#pragma once

#include <chrono>
#include <optional>
#include <string>

#include "common/io/json.h"

namespace dundun {

struct VerifySettings {
  std::optional<std::string> sender;         // none: the route's default
  int code_length = 6;                       // 4 to 10 digits
  std::chrono::seconds expiry{600};          // a minute to a day
  std::optional<std::string> text_template;  // none: the platform's wording; has {{code}}
};

// The fields sender_id, code_length, expiry_seconds and template; what is left out is
// `otherwise`'s.
Result<VerifySettings> parse_verify_settings(const JsonObject& object,
                                             const VerifySettings& otherwise);

// The text that carries `code`; {{app}} is the app's name. kTextTooLong beyond what any SMS holds.
Result<std::string> verify_text(const std::optional<std::string>& text_template,
                                const std::string& app_name, const std::string& phone,
                                const std::string& code);

}  // namespace dundun
