#include "handlers/verify/settings.h"

#include <vector>

#include "common/sms/sender_id.h"
#include "common/sms/template.h"

namespace dundun {
namespace {

constexpr int64_t kCodeDigitsMin = 4, kCodeDigitsMax = 10;
constexpr int64_t kExpirySecondsMin = 60, kExpirySecondsMax = 86'400;
constexpr size_t kTemplateBytesMax = 1000;
constexpr const char* kWording = "{{code}} is your verification code. Do not share it.";
constexpr const char* kAppWording = "{{code}} is your {{app}} verification code. Do not share it.";

Result<int64_t> in_range(const JsonObject& object, const char* field, int64_t least, int64_t most,
                         int64_t otherwise) {
  const int64_t value = TRY(object.optional_integer(field)).value_or(otherwise);
  if (value >= least && value <= most) return value;
  return invalid_field(
      field,
      "ensure this value is between " + std::to_string(least) + " and " + std::to_string(most),
      "value_error.number.not_in_range");
}

std::string rendered(const std::string& text_template, const std::string& app_name,
                     const std::string& phone, const std::string& code) {
  const std::vector<std::string> columns{"code", "app"};
  const std::vector<std::string> values{code, app_name};
  std::string text;
  if (!Template::compile(text_template, columns).render(phone, "", values, text)) text.clear();
  return text;
}

Status check_template(const std::string& text_template) {
  // A code that no app's name or number holds.
  const std::string mark = "\x01";
  if (text_template.size() > kTemplateBytesMax) {
    return invalid_field("template", "ensure this value has at most 1000 bytes",
                         "value_error.any_str.max_length");
  }
  if (rendered(text_template, "", "", mark).find(mark) != std::string::npos) return Done{};
  return invalid_field("template", "the text must contain {{code}}", "value_error");
}

}  // namespace

Result<VerifySettings> parse_verify_settings(const JsonObject& object,
                                             const VerifySettings& otherwise) {
  VerifySettings settings = otherwise;
  if (auto sender = TRY(object.optional_string("sender_id"))) {
    if (!is_valid_sender_name(*sender)) {
      return invalid_field("sender_id", "1 to 11 letters, digits and inner spaces", "value_error");
    }
    settings.sender = std::move(sender);
  }
  settings.code_length = static_cast<int>(
      TRY(in_range(object, "code_length", kCodeDigitsMin, kCodeDigitsMax, otherwise.code_length)));
  settings.expiry = std::chrono::seconds(TRY(in_range(
      object, "expiry_seconds", kExpirySecondsMin, kExpirySecondsMax, otherwise.expiry.count())));
  if (auto text = TRY(object.optional_string("template"))) {
    TRY(check_template(*text));
    settings.text_template = std::move(text);
  }
  return settings;
}

Result<std::string> verify_text(const std::optional<std::string>& text_template,
                                const std::string& app_name, const std::string& phone,
                                const std::string& code) {
  std::string text = rendered(text_template.value_or(app_name.empty() ? kWording : kAppWording),
                              app_name, phone, code);
  if (text.empty()) return fail(ErrorCode::kTextTooLong, "The template makes too long a text.");
  return text;
}

}  // namespace dundun
