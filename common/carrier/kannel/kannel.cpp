#include "common/carrier/kannel/kannel.h"

#include <atomic>
#include <charconv>

#include "common/carrier/receipt_url.h"
#include "common/carrier/submit_outcome.h"
#include "common/io/crypto.h"
#include "common/io/http_poster.h"
#include "common/io/json.h"
#include "common/io/smpp_status.h"
#include "common/sms/dlr.h"

namespace dundun {
namespace {

using std::chrono::milliseconds;
using Kind = SubmitOutcome::Kind;

constexpr std::string_view kInDoubtCode = "0x00000400";  // kSmppInDoubt of smpp-guard
constexpr std::string_view kStatusLabel = "status:";     // before an SMSC's status, by smpp-guard
constexpr size_t kErrorMax = 20;

// Information element 0x00: 8-bit reference, parts, part (3GPP TS 23.040 section 9.2.3.24.1).
std::string concatenation_header(const Uuid& message_id, int part, int parts) {
  std::string header{"\x05\x00\x03", 3};
  header += static_cast<char>(message_id.bytes.back());
  header += static_cast<char>(parts);
  header += static_cast<char>(part);
  return to_hex(std::string_view(header));
}

class Kannel final : public Connector {
 public:
  explicit Kannel(const KannelSettings& settings)
      : settings_(settings),
        http_({settings.connections_max, static_cast<size_t>(settings.queue_max),
               kSubmitStartWithin}) {}

  // The first part alone: what speaks against the message speaks against it, and then nothing has
  // left. The others follow together.
  void submit(const Submission& submission, std::function<void(SubmitOutcome)> done) override {
    auto parts = split_segments(submission.body);
    if (!parts || parts->empty() || static_cast<int>(parts->size()) != submission.segments) {
      return done(outcome_of(Kind::kRefused, "SUBMIT_FAIL", "The text is not what was billed."));
    }
    auto sending = std::make_shared<Sending>(submission, *std::move(parts), std::move(done));
    send(sending, 1, [this, sending](SubmitOutcome outcome) {
      if (outcome.kind != Kind::kAccepted || sending->parts.size() == 1) {
        return sending->done(std::move(outcome));
      }
      send_rest(sending);
    });
  }

  bool deduplicates(const Submission&) const override { return settings_.guarded; }

 private:
  struct Sending {
    Sending(const Submission& given, std::vector<std::string> texts,
            std::function<void(SubmitOutcome)> answer)
        : submission(given), parts(std::move(texts)), done(std::move(answer)) {}
    const Submission submission;
    const std::vector<std::string> parts;
    const std::function<void(SubmitOutcome)> done;
    std::atomic<size_t> left{0};
    std::atomic<bool> all_accepted{true};
  };

  // A message of which only some parts were taken is in doubt: behind a guard it is submitted again
  // and the guard leaves out what has gone.
  void send_rest(const std::shared_ptr<Sending>& sending) {
    sending->left = sending->parts.size() - 1;
    for (size_t part = 2; part <= sending->parts.size(); ++part) {
      send(sending, static_cast<int>(part), [sending](const SubmitOutcome& outcome) {
        if (outcome.kind != Kind::kAccepted) sending->all_accepted = false;
        if (sending->left.fetch_sub(1) != 1) return;
        SubmitOutcome whole = outcome;
        if (!sending->all_accepted) {
          whole = submit_in_doubt("Only a part was taken.");
        }
        sending->done(std::move(whole));
      });
    }
  }

  void send(const std::shared_ptr<Sending>& sending, int part,
            std::function<void(SubmitOutcome)> done) {
    const int attempt = sending->submission.attempt;
    const std::string id = "kannel-" + to_string(sending->submission.message_id);
    http_.post(
        call_for(*sending, part), [attempt, id, done = std::move(done)](const HttpOutcome& http) {
          if (http.kind == HttpOutcome::Kind::kNotSent) {
            return done(not_submitted(http, attempt));
          }
          if (http.kind == HttpOutcome::Kind::kNoAnswer) {
            return done(submit_in_doubt(http.error));
          }
          SubmitOutcome outcome = kannel_outcome(http.reply.status, http.reply.body, attempt);
          outcome.carrier_message_id = id;
          done(std::move(outcome));
        });
  }

  // By which smpp-guard knows the part, or Kannel tells us of it.
  std::pair<std::string, std::string> name_of_part(const Sending& sending, int part) const {
    const Submission& submission = sending.submission;
    const std::string name =
        reference_text({submission.account_id, submission.environment, submission.message_id, part,
                        static_cast<int>(sending.parts.size())});
    const std::string signature = receipt_signature(settings_.secret, name);
    if (!settings_.guarded) {
      return {"X-Kannel-DLR-Url", settings_.receipts_url + "?ref=" + name + "&sig=" + signature +
                                      "&type=%d&id=%F&answer=%A"};
    }
    const Instant first = submission.first_asked.value_or(now());
    return {"X-Kannel-Meta-Data", "?smpp?dundun=" + name + "." + signature + "&dundunsince=" +
                                      std::to_string(unix_micros(first) / 1'000'000)};
  }

  HttpCall call_for(const Sending& sending, int part) const {
    const Submission& submission = sending.submission;
    HttpCall call;
    call.method = "POST";
    call.url = settings_.url;
    call.timeout = settings_.timeout;
    call.answer_bytes_max = 16 << 10;
    call.headers = {
        {"Content-Type", "text/plain; charset=UTF-8"},
        {"X-Kannel-Username", settings_.username},
        {"X-Kannel-Password", settings_.password},
        {"X-Kannel-From", submission.sender},
        {"X-Kannel-To", submission.phone},
        {"X-Kannel-Coding", submission.encoding == Encoding::kGsm7 ? "0" : "2"},
        {"X-Kannel-DLR-Mask", std::to_string(settings_.dlr_mask)},
    };
    call.headers.push_back(name_of_part(sending, part));
    if (!settings_.smsc.empty()) call.headers.emplace_back("X-Kannel-SMSC", settings_.smsc);
    if (const int minutes = validity_min(submission, settings_.validity_min, now()); minutes > 0) {
      call.headers.emplace_back("X-Kannel-Validity", std::to_string(minutes));
    }
    if (sending.parts.size() > 1) {
      call.headers.emplace_back("X-Kannel-UDH",
                                concatenation_header(submission.message_id, part,
                                                     static_cast<int>(sending.parts.size())));
    }
    call.body = sending.parts[static_cast<size_t>(part - 1)];
    return call;
  }

  const KannelSettings settings_;
  HttpPoster http_;
};

Status take_kannel_number(const JsonObject& object, const char* name, int least, int& target) {
  const std::optional<int64_t> value = TRY(object.optional_integer(name));
  if (!value) return Done{};
  if (*value < least || *value > 100'000) {
    return fail(ErrorCode::kInvalidRequest, std::string(name) + " is out of range.");
  }
  target = static_cast<int>(*value);
  return Done{};
}

Result<std::string> kannel_secret(const CarrierSecrets& secrets, const char* name) {
  const auto found = secrets.find(name);
  if (found != secrets.end() && !found->second.empty()) return found->second;
  return fail(ErrorCode::kInvalidRequest, std::string(name) + " is not in the carrier's file.");
}

}  // namespace

Result<KannelSettings> read_kannel_settings(std::string_view text, const CarrierSecrets& secrets) {
  const JsonDocument document = TRY(JsonDocument::parse(text));
  const JsonObject object = TRY(JsonObject::of(document));
  KannelSettings settings;
  settings.url = TRY(object.required_string("url"));
  settings.receipts_url = TRY(object.required_string("receipts_url"));
  settings.smsc = TRY(object.optional_string("smsc")).value_or("");
  settings.guarded = TRY(object.optional_bool("guarded")).value_or(false);
  if (settings.guarded) settings.dlr_mask = 0;
  int timeout_ms = static_cast<int>(settings.timeout.count());
  TRY(take_kannel_number(object, "dlr_mask", 0, settings.dlr_mask));
  TRY(take_kannel_number(object, "validity_min", 0, settings.validity_min));
  TRY(take_kannel_number(object, "connections_max", 1, settings.connections_max));
  TRY(take_kannel_number(object, "queue_max", 1, settings.queue_max));
  TRY(take_kannel_number(object, "timeout_ms", 1, timeout_ms));
  settings.timeout = milliseconds(timeout_ms);
  settings.username = TRY(kannel_secret(secrets, "username"));
  settings.password = TRY(kannel_secret(secrets, "password"));
  settings.secret = TRY(kannel_secret(secrets, "secret"));
  return settings;
}

std::unique_ptr<Connector> make_kannel(const KannelSettings& settings) {
  return std::make_unique<Kannel>(settings);
}

SubmitOutcome kannel_outcome(int http_status, std::string_view body, int attempt) {
  if (http_status == 202) return outcome_of(Kind::kAccepted, "", "");
  if (http_status == 503) return try_later(attempt, "The gateway asks to wait.");
  // Wrong credentials are ours to mend, not the message's fault.
  if (http_status == 401 || http_status == 404 || body.starts_with("Authorization")) {
    return outcome_of(Kind::kFailed, "SUBMIT_FAIL", "The gateway does not let us in.");
  }
  if (http_status == 400 || http_status == 403) {
    SubmitOutcome outcome =
        outcome_of(Kind::kRefused, "SUBMIT_FAIL", "The gateway refused the message.");
    // 403 "Not routable": it has no way to there. 400: the message is wrong.
    outcome.carrier_trouble = http_status == 403;
    return outcome;
  }
  return submit_in_doubt("The gateway's answer says nothing.");
}

std::optional<std::string> kannel_receipt_word(std::string_view type, std::string_view answer) {
  if (type == "1") return "DELIVRD";
  if (type == "4" || type == "32") return "ENROUTE";
  if (type == "8") return "ACCEPTD";
  // smpp-guard says "doubt" of a submit that the SMSC may already have; through Kannel it is
  // kInDoubtCode. "Retries Exceeded": Kannel gives up a submit that nobody answered.
  const bool from_smsc = answer.starts_with(kStatusLabel);
  const bool in_doubt = answer == "doubt" ||
                        (!from_smsc && answer.find(kInDoubtCode) != std::string_view::npos) ||
                        answer.find("Retries Exceeded") != std::string_view::npos;
  if (type == "16") return in_doubt ? "SUBMIT_UNKNOWN" : "SUBMIT_FAIL";
  if (type != "2") return std::nullopt;
  std::string word = receipt_word(answer);
  return word.empty() ? "UNDELIV" : word;
}

std::string kannel_receipt_error(std::string_view type, std::string_view answer) {
  std::string code;
  if (type == "16") {
    const size_t hex = answer.find("0x");
    if (hex == std::string_view::npos) return {};
    uint32_t status = 0;
    const std::string_view digits = answer.substr(hex + 2);
    (void)std::from_chars(digits.data(), digits.data() + digits.size(), status, 16);
    return status == kSmppOk ? std::string() : smpp_code_text(status);
  }
  code = receipt_field(answer, "err:");
  std::erase_if(code, [](unsigned char c) { return std::isalnum(c) == 0; });
  if (code.size() > kErrorMax) code.resize(kErrorMax);
  return code.find_first_not_of('0') == std::string::npos ? std::string() : code;
}

}  // namespace dundun
