#include "common/carrier/http/connector.h"

#include <algorithm>
#include <cctype>

#include "common/base/percent.h"
#include "common/base/text.h"
#include "common/carrier/http/answer.h"
#include "common/carrier/receipt_url.h"
#include "common/carrier/reference.h"
#include "common/carrier/submit_outcome.h"
#include "common/io/crypto.h"
#include "common/io/http_poster.h"

namespace dundun {
namespace {

using Secrets = HttpTemplate::Secrets;

constexpr size_t kAnswerBytesMax = 64 << 10;

PlaceholderValues values_of(const HttpDescription& description, const Submission& submission) {
  const auto number = [plus = description.request.plus](const std::string& text) {
    return !plus && text.starts_with('+') ? text.substr(1) : text;
  };
  PlaceholderValues values;
  const auto set = [&values](Placeholder placeholder, std::string value) {
    values[static_cast<size_t>(placeholder)] = std::move(value);
  };
  const std::string reference = carrier_reference(submission.account_id, submission.message_id);
  set(Placeholder::kTo, number(submission.phone));
  set(Placeholder::kFrom, number(submission.sender));
  set(Placeholder::kText, submission.body);
  set(Placeholder::kMessageId, to_string(submission.message_id));
  set(Placeholder::kReference, reference);
  set(Placeholder::kValidityMin,
      std::to_string(validity_min(submission, description.validity_min, now())));
  set(Placeholder::kSegments, std::to_string(submission.segments));
  set(Placeholder::kEncoding, submission.encoding == Encoding::kGsm7
                                  ? description.request.gsm7_word
                                  : description.request.ucs2_word);
  if (!description.receipts_url.empty() && !description.url_secret.empty()) {
    set(Placeholder::kCallbackUrl, description.receipts_url + "?ref=" + reference + "&sig=" +
                                       receipt_signature(description.url_secret, reference));
  }
  return values;
}

// "a=1&b=2", of names as they are written and values that are escaped already.
std::string joined(const NamedTemplates& fields, const PlaceholderValues& values, Secrets secrets) {
  std::string text;
  for (const auto& [name, value] : fields) {
    if (!text.empty()) text += '&';
    text += percent_encode(name) + "=" + value.fill(values, secrets);
  }
  return text;
}

bool names_header(const NamedTemplates& headers, std::string_view wanted) {
  return std::ranges::any_of(
      headers, [wanted](const auto& header) { return equal_ignoring_case(header.first, wanted); });
}

class HttpConnector final : public Connector {
 public:
  HttpConnector(std::string name, const HttpDescription& description)
      : name_(std::move(name)),
        description_(description),
        http_({description.connections_max, static_cast<size_t>(description.queue_max),
               kSubmitStartWithin,
               description.private_addresses ? HttpPoster::Addresses::kAll
                                             : HttpPoster::Addresses::kPublic}) {}

  void submit(const Submission& submission, std::function<void(SubmitOutcome)> done) override {
    const int attempt = submission.attempt;
    http_.post(http_call_for(description_, submission, Secrets::kGiven),
               [this, attempt, done = std::move(done)](HttpOutcome http) {
                 done(outcome(std::move(http), attempt));
               });
  }

  bool deduplicates(const Submission&) const override { return description_.deduplicates; }

 private:
  SubmitOutcome outcome(HttpOutcome http, int attempt) const {
    if (http.kind == HttpOutcome::Kind::kNotSent) return not_submitted(http, attempt);
    if (http.kind == HttpOutcome::Kind::kNoAnswer) return submit_in_doubt(http.error);
    SubmitOutcome judged = judge_answer(description_.answer, std::move(http.reply), attempt);
    const bool named_by_id = description_.dlr && !description_.dlr->id.empty();
    if (named_by_id && !judged.carrier_message_id.empty()) judged.known_to = name_;
    return judged;
  }

  const std::string name_;
  const HttpDescription description_;
  HttpPoster http_;  // last: its thread uses the others
};

}  // namespace

HttpCall http_call_of(const HttpRequestForm& form, const PlaceholderValues& values,
                      Secrets secrets) {
  HttpCall call;
  call.method = form.method;
  call.url = form.url.fill(values, secrets);
  if (const std::string query = joined(form.query, values, secrets); !query.empty()) {
    call.url += (call.url.find('?') == call.url.npos ? "?" : "&") + query;
  }
  if (!names_header(form.headers, "Content-Type") && form.method == "POST") {
    call.headers.emplace_back("Content-Type",
                              form.json ? "application/json" : "application/x-www-form-urlencoded");
  }
  for (const auto& [name, value] : form.headers) {
    call.headers.emplace_back(name, value.fill(values, secrets));
  }
  if (form.basic_auth) {
    const std::string pair = form.basic_auth->username.fill(values, secrets) + ":" +
                             form.basic_auth->password.fill(values, secrets);
    call.headers.emplace_back("Authorization",
                              "Basic " + (secrets == Secrets::kMasked ? "***" : to_base64(pair)));
  }
  call.body = form.json ? form.json->fill(values, secrets) : joined(form.form, values, secrets);
  return call;
}

HttpCall http_call_for(const HttpDescription& description, const Submission& submission,
                       Secrets secrets) {
  HttpCall call = http_call_of(description.request, values_of(description, submission), secrets);
  call.timeout = description.timeout;
  call.answer_bytes_max = kAnswerBytesMax;
  return call;
}

std::unique_ptr<Connector> make_http(const std::string& name, const HttpDescription& description) {
  return std::make_unique<HttpConnector>(name, description);
}

}  // namespace dundun
