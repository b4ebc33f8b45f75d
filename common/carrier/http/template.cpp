#include "common/carrier/http/template.h"

#include <algorithm>
#include <optional>

#include "common/base/json_text.h"
#include "common/base/percent.h"

namespace dundun {
namespace {

constexpr std::string_view kNames[kPlaceholders] = {
    "to",       "from",     "text",         "message_id", "reference", "callback_url",
    "segments", "encoding", "validity_min", "limit",      "since",     "until"};
constexpr std::string_view kSecretPrefix = "secret.";
constexpr std::string_view kOpen = "{{", kClose = "}}";

Error wrong_template(std::string message) {
  return fail(ErrorCode::kInvalidRequest, std::move(message));
}

std::optional<Placeholder> placeholder_of(std::string_view name) {
  const auto* const found = std::ranges::find(kNames, name);
  if (found == std::end(kNames)) return std::nullopt;
  return Placeholder(found - std::begin(kNames));
}

std::string json_escaped(std::string_view text) {
  std::string quoted;
  append_json_string(quoted, text);
  return quoted.substr(1, quoted.size() - 2);
}

std::string escaped(std::string_view value, Place place) {
  if (place == Place::kJson) return json_escaped(value);
  return place == Place::kHeader ? std::string(value) : percent_encode(value);
}

bool has_control(std::string_view text) {
  return std::ranges::any_of(text, [](unsigned char c) { return c < 0x20 || c == 0x7f; });
}

}  // namespace

Result<HttpTemplate> HttpTemplate::parse(std::string_view text, Place place,
                                         const CarrierSecrets& secrets) {
  HttpTemplate made;
  made.place_ = place;
  while (!text.empty()) {
    const size_t open = text.find(kOpen);
    const std::string_view plain = text.substr(0, open);
    if (place != Place::kJson && has_control(plain))
      return wrong_template("has control characters.");
    // A URL and JSON are written as they are on the wire; so is a header.
    if (!plain.empty()) {
      made.parts_.push_back(
          {Part::Kind::kText, place == Place::kForm ? percent_encode(plain) : std::string(plain)});
    }
    if (open == text.npos) break;
    text.remove_prefix(open + kOpen.size());
    const size_t close = text.find(kClose);
    if (close == text.npos) return wrong_template("has a {{ without its }}.");
    TRY(made.add_placeholder(text.substr(0, close), secrets));
    text.remove_prefix(close + kClose.size());
  }
  if (place == Place::kUrl) TRY(made.check_url());
  return made;
}

Status HttpTemplate::add_placeholder(std::string_view name, const CarrierSecrets& secrets) {
  if (name.starts_with(kSecretPrefix)) {
    name.remove_prefix(kSecretPrefix.size());
    const auto found = secrets.find(name);
    if (found == secrets.end() || found->second.empty()) {
      return wrong_template("wants the secret " + std::string(name) +
                            ", which is not in the carrier's file.");
    }
    if (has_control(found->second)) {
      return wrong_template("wants the secret " + std::string(name) +
                            ", which has control characters.");
    }
    const bool as_it_is = place_ == Place::kUrl;
    parts_.push_back(
        {Part::Kind::kSecret, as_it_is ? found->second : escaped(found->second, place_)});
    return Done{};
  }
  const std::optional<Placeholder> placeholder = placeholder_of(name);
  if (!placeholder)
    return wrong_template("has the unknown placeholder {{" + std::string(name) + "}}.");
  if (place_ == Place::kHeader && *placeholder == Placeholder::kText) {
    return wrong_template("cannot hold {{text}}: a text has line breaks.");
  }
  parts_.push_back({Part::Kind::kPlaceholder, "", *placeholder});
  return Done{};
}

// A message must not choose whom we call.
Status HttpTemplate::check_url() const {
  std::string known;
  for (const Part& part : parts_) {
    if (part.kind == Part::Kind::kPlaceholder) break;
    known += part.text;
  }
  const bool tls = known.starts_with("https://");
  if (!tls && !known.starts_with("http://"))
    return wrong_template("must begin with https:// or http://.");
  const size_t host = tls ? 8 : 7;
  const size_t end = known.find_first_of("/?#", host);
  if (end == known.npos && is_open()) return wrong_template("has a placeholder in its host.");
  const std::string_view authority = std::string_view(known).substr(host, end - host);
  if (authority.empty() || authority.find('@') != authority.npos)
    return wrong_template("has no good host.");
  if (known.find_first_of(" #") != known.npos) return wrong_template("has a space or a fragment.");
  return Done{};
}

std::string HttpTemplate::fill(const PlaceholderValues& values, Secrets secrets) const {
  std::string out;
  for (const Part& part : parts_) {
    if (part.kind == Part::Kind::kPlaceholder) {
      out += escaped(values[static_cast<size_t>(part.placeholder)], place_);
    } else {
      // What a URL begins with is whom we call, which people want to see.
      const bool host = place_ == Place::kUrl && out.empty();
      const bool masked = part.kind == Part::Kind::kSecret && secrets == Secrets::kMasked && !host;
      out += masked ? "***" : part.text;
    }
  }
  return out;
}

bool HttpTemplate::uses(Placeholder placeholder) const {
  return std::ranges::any_of(parts_, [placeholder](const Part& part) {
    return part.kind == Part::Kind::kPlaceholder && part.placeholder == placeholder;
  });
}

bool HttpTemplate::is_open() const {
  return std::ranges::any_of(
      parts_, [](const Part& part) { return part.kind == Part::Kind::kPlaceholder; });
}

}  // namespace dundun
