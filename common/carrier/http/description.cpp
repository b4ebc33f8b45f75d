#include "common/carrier/http/description.h"

#include <algorithm>

#include "common/carrier/http/described_fields.h"
#include "common/carrier/http/mapping.h"
#include "common/sms/dlr.h"

namespace dundun {
namespace {

using Kind = SubmitOutcome::Kind;

constexpr DescribedFields::Range kConnections{1, 1000}, kQueue{1, 100'000};
// With the wait for a turn it must stay below the default of SUBMIT_LEASE_MS.
constexpr DescribedFields::Range kTimeoutMs{1, 20'000};
constexpr DescribedFields::Range kValidityMin{1, 100'000};
constexpr DescribedFields::Range kPollEveryS{1, 86'400}, kPollLimit{1, 1000},
    kPollBackS{60, 30 * 86'400};
constexpr size_t kFieldsMax = 50;

bool is_header_name(std::string_view name) {
  return !name.empty() && std::ranges::all_of(name, [](unsigned char c) {
    return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '-' ||
           c == '_';
  });
}

// A JSON string that is nothing but {{validity_min}} becomes a number, as carriers want it.
std::string with_numbers(std::string json) {
  const std::string quoted = "\"{{validity_min}}\"";
  for (size_t at = 0; (at = json.find(quoted, at)) != json.npos;) {
    json.replace(at, quoted.size(), quoted, 1, quoted.size() - 2);
  }
  return json;
}

class DescriptionReader {
 public:
  DescriptionReader(DescribedFields& fields, const CarrierSecrets& secrets)
      : fields_(fields), secrets_(secrets) {}

  Result<HttpDescription> read() {
    HttpDescription description;
    TRY(read_request(description.request));
    TRY(read_limits(description));
    description.answer = TRY(read_answer());
    TRY(read_callbacks(description));
    TRY(read_polls(description));
    TRY(fields_.nothing_else());
    TRY(check_together(description));
    return description;
  }

 private:
  Result<HttpTemplate> read_template(DescribedFields& fields, const char* name, Place place) {
    const std::string text = TRY(fields.required_text(name));
    return fields.named(name, HttpTemplate::parse(text, place, secrets_));
  }

  Result<NamedTemplates> read_templates(DescribedFields& fields, const char* name, Place place) {
    NamedTemplates templates;
    const DescribedFields::Texts texts = TRY(fields.texts(name));
    if (texts.size() > kFieldsMax) return fields.wrong(name, "has too many members.");
    for (const auto& [key, text] : texts) {
      const std::string path = std::string(name) + "." + key;
      if (place == Place::kHeader && !is_header_name(key)) {
        return fields.wrong(path, "is no name of a header.");
      }
      HttpTemplate value = TRY(fields.named(path, HttpTemplate::parse(text, place, secrets_)));
      templates.emplace_back(key, std::move(value));
    }
    return templates;
  }

  Status read_request(HttpRequestForm& request) {
    request.method = TRY(fields_.text("method")).value_or("POST");
    if (request.method != "POST" && request.method != "GET") {
      return fields_.wrong("method", "must be POST or GET.");
    }
    request.url = TRY(read_template(fields_, "url", Place::kUrl));
    request.query = TRY(read_templates(fields_, "query", Place::kForm));
    request.headers = TRY(read_templates(fields_, "headers", Place::kHeader));
    request.form = TRY(read_templates(fields_, "form", Place::kForm));
    if (const std::optional<JsonValue> json = fields_.any("json")) {
      const std::string text = with_numbers(to_json(*json));
      request.json = TRY(fields_.named("json", HttpTemplate::parse(text, Place::kJson, secrets_)));
    }
    if (std::optional<DescribedFields> basic = TRY(fields_.object("basic_auth"))) {
      HttpRequestForm::BasicAuth auth;
      auth.username = TRY(read_template(*basic, "username", Place::kHeader));
      auth.password = TRY(read_template(*basic, "password", Place::kHeader));
      TRY(basic->nothing_else());
      request.basic_auth = std::move(auth);
    }
    const std::string form = TRY(fields_.text("number_form")).value_or("plus");
    if (form != "plus" && form != "digits") {
      return fields_.wrong("number_form", "must be plus or digits.");
    }
    request.plus = form == "plus";
    if (std::optional<DescribedFields> words = TRY(fields_.object("encoding_words"))) {
      request.gsm7_word = TRY(words->required_text("gsm7"));
      request.ucs2_word = TRY(words->required_text("ucs2"));
      TRY(words->nothing_else());
    }
    return Done{};
  }

  Status read_limits(HttpDescription& description) {
    description.deduplicates = TRY(fields_.flag("deduplicates")).value_or(false);
    description.private_addresses = TRY(fields_.flag("private_addresses")).value_or(false);
    TRY(fields_.number("connections_max", kConnections, description.connections_max));
    TRY(fields_.number("queue_max", kQueue, description.queue_max));
    int timeout_ms = static_cast<int>(description.timeout.count());
    TRY(fields_.number("timeout_ms", kTimeoutMs, timeout_ms));
    description.timeout = std::chrono::milliseconds(timeout_ms);
    TRY(fields_.number("validity_min", kValidityMin, description.validity_min));
    return Done{};
  }

  Result<AnswerMeaning> read_answer() {
    std::optional<DescribedFields> fields = TRY(fields_.object("answer"));
    if (!fields) return fields_.wrong("answer", "is missing.");
    AnswerMeaning answer;
    answer.id = TRY(read_path(*fields, "id", Needed::kMayBeAbsent));
    answer.error_text = TRY(read_paths(*fields, "error_text"));
    answer.error_code = TRY(read_paths(*fields, "error_code"));
    answer.cost = TRY(read_path(*fields, "cost", Needed::kMayBeAbsent));
    std::vector<DescribedFields> rules = TRY(fields->objects("rules"));
    for (DescribedFields& described : rules) {
      AnswerRule rule = TRY(read_rule(described));
      answer.rules.push_back(std::move(rule));
    }
    TRY(fields->nothing_else());
    const bool any_accepts = std::ranges::any_of(
        answer.rules, [](const AnswerRule& rule) { return rule.means == Kind::kAccepted; });
    if (!any_accepts) return fields->wrong("rules", "must have one that means accepted.");
    return answer;
  }

  static Result<std::pair<int, int>> read_status(DescribedFields& fields, const JsonValue& value) {
    if (value.is_integer() && value.integer() >= 100 && value.integer() <= 599) {
      const int status = static_cast<int>(value.integer());
      return std::pair(status, status);
    }
    const std::string_view text = value.string();
    if (text.size() == 3 && text[0] >= '1' && text[0] <= '5' && text.substr(1) == "xx") {
      const int least = (text[0] - '0') * 100;
      return std::pair(least, least + 99);
    }
    return fields.wrong("http", "must be a status such as 429 or \"2xx\", or a list of them.");
  }

  static Result<AnswerRule> read_rule(DescribedFields& fields) {
    AnswerRule rule;
    if (const std::optional<JsonValue> http = fields.any("http")) {
      std::vector<JsonValue> statuses = http->items();
      if (!http->is_array()) statuses.push_back(*http);
      for (const JsonValue& one : statuses) {
        const std::pair<int, int> range = TRY(read_status(fields, one));
        rule.statuses.push_back(range);
      }
    }
    rule.at = TRY(read_path(fields, "at", Needed::kMayBeAbsent));
    rule.in = TRY(fields.list("in"));
    if (rule.at.empty() && !rule.in.empty()) return fields.wrong("in", "needs an `at`.");
    if (rule.at.empty() && rule.statuses.empty()) return fields.wrong("http", "or `at` is needed.");
    const std::string means = TRY(fields.required_text("means"));
    const std::map<std::string, std::pair<Kind, const char*>> meanings{
        {"accepted", {Kind::kAccepted, ""}},
        {"later", {Kind::kRetryLater, "THROTTLED"}},
        {"failed", {Kind::kFailed, "SUBMIT_FAIL"}},
        {"refused", {Kind::kRefused, "SUBMIT_FAIL"}}};
    const auto meaning = meanings.find(means);
    if (meaning == meanings.end()) {
      return fields.wrong("means", "must be accepted, later, failed or refused.");
    }
    rule.means = meaning->second.first;
    rule.code = TRY(fields.text("code")).value_or(meaning->second.second);
    if (rule.code != normalize_dlr_word(rule.code)) {
      return fields.wrong("code", "must be up to 20 capital letters, digits and _.");
    }
    rule.elsewhere = TRY(fields.flag("elsewhere")).value_or(false);
    if (rule.elsewhere && rule.means != Kind::kRefused) {
      return fields.wrong("elsewhere", "is only for what is refused.");
    }
    TRY(fields.nothing_else());
    return rule;
  }

  Status read_callbacks(HttpDescription& description) {
    if (fields_.any("receipts_url")) {
      const HttpTemplate url = TRY(read_template(fields_, "receipts_url", Place::kUrl));
      description.receipts_url = url.fill({}, HttpTemplate::Secrets::kGiven);
      if (url.is_open() || description.receipts_url.find('?') != std::string::npos) {
        return fields_.wrong("receipts_url", "must have no placeholders and no query.");
      }
    }
    if (const auto secret = secrets_.find("secret"); secret != secrets_.end()) {
      description.url_secret = secret->second;
    }
    if (std::optional<DescribedFields> dlr = TRY(fields_.object("dlr"))) {
      description.dlr = TRY(read_dlr_mapping(*dlr));
    }
    if (std::optional<DescribedFields> mo = TRY(fields_.object("mo"))) {
      description.mo = TRY(read_mo_mapping(*mo));
    }
    if (std::optional<DescribedFields> opt_out = TRY(fields_.object("opt_out"))) {
      description.opt_out = TRY(read_opt_out_mapping(*opt_out));
    }
    if (std::optional<DescribedFields> proof = TRY(fields_.object("callback_proof"))) {
      description.proof = TRY(read_callback_proof(*proof, secrets_));
    }
    return Done{};
  }

  Status read_polls(HttpDescription& description) {
    std::optional<DescribedFields> polls = TRY(fields_.object("polls"));
    if (!polls) return Done{};
    if (std::optional<DescribedFields> dlr = TRY(polls->object("dlr"))) {
      if (!description.dlr) return polls->wrong("dlr", "needs the description's own `dlr`.");
      description.dlr_poll = TRY(read_poll(description, *dlr));
    }
    if (std::optional<DescribedFields> mo = TRY(polls->object("mo"))) {
      if (!description.mo) return polls->wrong("mo", "needs the description's own `mo`.");
      description.mo_poll = TRY(read_poll(description, *mo));
    }
    return polls->nothing_else();
  }

  Result<CarrierPoll> read_poll(const HttpDescription& description, DescribedFields& fields) {
    CarrierPoll poll;
    poll.ask = TRY(read_question(description, fields));
    TRY(fields.number("every_s", kPollEveryS, poll.every_s));
    TRY(fields.number("limit", kPollLimit, poll.limit));
    if (std::optional<DescribedFields> again = TRY(fields.object("again"))) {
      poll.again = TRY(read_question(description, *again));
      TRY(again->number("back_s", kPollBackS, poll.back_s));
      TRY(again->nothing_else());
      for (const Placeholder needed : {Placeholder::kSince, Placeholder::kUntil}) {
        if (!uses(*poll.again, needed)) {
          return fields.wrong("again", "must have {{since}} and {{until}}.");
        }
      }
    }
    TRY(fields.nothing_else());
    return poll;
  }

  // A GET with the headers and the password of the description's request, where they are the same
  // for all messages.
  Result<HttpRequestForm> read_question(const HttpDescription& description,
                                        DescribedFields& fields) {
    HttpRequestForm question;
    question.method = "GET";
    question.url = TRY(read_template(fields, "url", Place::kUrl));
    question.query = TRY(read_templates(fields, "query", Place::kForm));
    for (int each = 0; each < static_cast<int>(Placeholder::kLimit); ++each) {
      if (uses(question, Placeholder(each))) {
        return fields.wrong("url", "or query has a placeholder that only messages have.");
      }
    }
    TRY(check_scheme(fields, question, description));
    for (const auto& [name, value] : description.request.headers) {
      if (!value.is_open()) question.headers.emplace_back(name, value);
    }
    const auto& basic = description.request.basic_auth;
    if (basic && !basic->username.is_open() && !basic->password.is_open()) {
      question.basic_auth = basic;
    }
    return question;
  }

  static Status check_scheme(const DescribedFields& fields, const HttpRequestForm& request,
                             const HttpDescription& description) {
    const PlaceholderValues none{};
    const std::string url = request.url.fill(none, HttpTemplate::Secrets::kGiven);
    if (!url.starts_with("https://") && !description.private_addresses) {
      return fields.wrong("url", "must be https, unless private_addresses is true.");
    }
    return Done{};
  }

  // What no field alone is to blame for.
  Status check_together(const HttpDescription& description) {
    const HttpRequestForm& request = description.request;
    const bool has_body = request.json || !request.form.empty();
    if (request.json && !request.form.empty()) return fields_.wrong("form", "or json, not both.");
    if (request.method == "GET" && has_body) return fields_.wrong("method", "GET has no body.");
    if (request.method == "POST" && !has_body) return fields_.wrong("json", "or form is missing.");
    TRY(check_scheme(fields_, request, description));
    for (const Placeholder of_polls :
         {Placeholder::kLimit, Placeholder::kSince, Placeholder::kUntil}) {
      if (uses(request, of_polls)) {
        return fields_.wrong("url", "or the rest has a placeholder that only polls have.");
      }
    }
    if (uses(request, Placeholder::kCallbackUrl) &&
        (description.receipts_url.empty() || description.url_secret.empty())) {
      return fields_.wrong("receipts_url",
                           "and `secret` in the carrier's file are needed for {{callback_url}}.");
    }
    for (const Placeholder needed : {Placeholder::kTo, Placeholder::kText}) {
      if (uses(request, needed)) continue;
      return fields_.wrong("url", needed == Placeholder::kTo ? "and the rest have no {{to}}."
                                                             : "and the rest have no {{text}}.");
    }
    if (description.deduplicates && !uses(request, Placeholder::kMessageId)) {
      return fields_.wrong("deduplicates", "needs {{message_id}} in the request.");
    }
    if (description.dlr && description.dlr->reference.empty() && description.answer.id.empty()) {
      return fields_.wrong("answer.id", "is missing: receipts find their message by it.");
    }
    return Done{};
  }

  static bool uses(const HttpRequestForm& request, Placeholder placeholder) {
    const auto any = [placeholder](const NamedTemplates& templates) {
      return std::ranges::any_of(
          templates, [placeholder](const auto& one) { return one.second.uses(placeholder); });
    };
    return request.url.uses(placeholder) || any(request.query) || any(request.headers) ||
           any(request.form) || (request.json && request.json->uses(placeholder));
  }

  DescribedFields& fields_;
  const CarrierSecrets& secrets_;
};

}  // namespace

Result<HttpDescription> read_http_description(std::string_view settings,
                                              const CarrierSecrets& secrets) {
  const JsonDocument document = TRY(JsonDocument::parse(settings));
  DescribedFields fields = TRY(DescribedFields::of(document.root(), ""));
  DescriptionReader reader(fields, secrets);
  return reader.read();
}

}  // namespace dundun
