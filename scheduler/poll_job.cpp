#include "scheduler/poll_job.h"

#include <algorithm>
#include <future>

#include "common/base/log.h"
#include "common/base/metrics.h"
#include "common/carrier/carrier_file.h"
#include "common/carrier/http/callback.h"
#include "common/carrier/http/connector.h"
#include "common/carrier/kept_receipts.h"
#include "sql/carrier_polls.h"
#include "sql/carrier_receipts.h"
#include "sql/inbound.h"

namespace dundun {
namespace {

constexpr std::chrono::milliseconds kPollRoundEvery{1000};
constexpr int32_t kLeaseS = 60;
constexpr int kLogCallsMax = 20;                // of a round
constexpr std::chrono::seconds kLogSpanMin{1};  // a fuller second is taken as far as it goes
constexpr size_t kPollBytesMax = 8 << 20;       // 1000 reports have less than 1 MiB
constexpr size_t kTextIdBytesMax = 200, kTextAddressBytesMax = 40;

HttpPoster::Options poster(HttpPoster::Addresses addresses) {
  return {.connections_max = 4, .start_within = std::chrono::seconds(5), .addresses = addresses};
}

void set_value(PlaceholderValues& values, Placeholder name, std::string value) {
  values[static_cast<size_t>(name)] = std::move(value);
}

// ISO 8601 with an offset: some do not read "Z".
std::string moment(Instant at) {
  std::string text = format_z_ms(at);
  text.pop_back();
  return text + "+00:00";
}

Result<FetchedText> text_of_fields(const std::string& carrier, const MoFields& fields,
                                   size_t text_bytes_max) {
  const auto value = [&fields](std::string_view name) {
    const auto found = std::ranges::find(fields, name, &MoFields::value_type::first);
    return found == fields.end() ? std::string() : found->second;
  };
  const auto wrong = [](std::string why) {
    return fail(ErrorCode::kInvalidRequest, std::move(why));
  };
  FetchedText text{.carrier = carrier, .mo = {}};
  MoRequest& mo = text.mo;
  mo.carrier_message_id = value("id");
  if (!is_carrier_id(mo.carrier_message_id) || mo.carrier_message_id.size() > kTextIdBytesMax) {
    return wrong("id is no id.");
  }
  mo.from = TRY(parse_address("from", value("from")));
  mo.to = TRY(parse_address("to", value("to")));
  if (std::max(mo.from.text.size(), mo.to.text.size()) > kTextAddressBytesMax) {
    return wrong("from or to is too long.");
  }
  mo.text = value("text");
  if (mo.text.size() > text_bytes_max) return wrong("text is too long.");
  text.written_at = parse_rfc3339(value("time"));
  return text;
}

void note_unreadable(const std::string& carrier, const char* what, int64_t items) {
  counter("dundun_carrier_poll_unreadable_total").add(static_cast<uint64_t>(items));
  log(LogLevel::kError, "carrier_poll_unreadable",
      {{"carrier", std::string_view(carrier)}, {"what", what}, {"items", items}});
}

}  // namespace

PollJob::PollJob(const Config& config, Pg& pg, InboundTaker& taker)
    : config_(config),
      pg_(pg),
      taker_(taker),
      open_internet_(poster(HttpPoster::Addresses::kPublic)),
      everywhere_(poster(HttpPoster::Addresses::kAll)) {}

const CarrierPoll& PollJob::Subject::poll() const {
  return what == What::kReceipts ? *description.dlr_poll : *description.mo_poll;
}

const char* PollJob::Subject::name() const { return what == What::kReceipts ? "dlr" : "mo"; }

bool PollJob::Taken::is_full(const CarrierPoll& poll) const {
  return items >= static_cast<size_t>(poll.limit);
}

void PollJob::run() {
  if (Clock::now() < next_) return;
  next_ = Clock::now() + kPollRoundEvery;
  const auto rows = pg_.run(sql::snapshot_http_carriers, {});
  for (int row = 0; rows && row < rows->size(); ++row) {
    poll_carrier(std::string(rows->text(row, sql::snapshot_http_carriers.carrier)),
                 std::string(rows->text(row, sql::snapshot_http_carriers.settings)));
  }
}

// A description that cannot be read is logged where the carriers are loaded.
void PollJob::poll_carrier(const std::string& carrier, const std::string& settings) {
  if (settings.find("\"polls\"") == settings.npos) return;
  const auto secrets = read_carrier_file(config_.carrier_secrets_dir, carrier);
  if (!secrets) return;
  const auto description = read_http_description(settings, *secrets);
  if (!description) return;
  if (description->dlr_poll) poll({carrier, *description, What::kReceipts});
  if (description->mo_poll) poll({carrier, *description, What::kTexts});
}

void PollJob::poll(const Subject& subject) {
  const CarrierPoll& poll = subject.poll();
  const std::optional<int32_t> back_s =
      poll.again ? std::optional(int32_t{poll.back_s}) : std::nullopt;
  const auto claimed = pg_.run(
      sql::poll_claim, {subject.carrier, subject.name(), int32_t{poll.every_s}, kLeaseS, back_s});
  if (!claimed || claimed->size() == 0) return;
  if (poll.again && !claimed->is_null(0, sql::poll_claim.again_from)) {
    // A log that cannot be read now is read later, and keeps nothing new back.
    const Status read = ask_again(subject, claimed->instant(0, sql::poll_claim.again_from));
    if (!read) note_failure(subject, read.error().message);
  }
  const Status asked = ask(subject);
  if (asked) return;
  note_failure(subject, asked.error().message);
  (void)pg_.run(sql::poll_unanswered, {subject.carrier, subject.name()});
}

void PollJob::note_failure(const Subject& subject, std::string_view why) {
  log(LogLevel::kWarning, "carrier_poll",
      {{"carrier", std::string_view(subject.carrier)}, {"what", subject.name()}, {"detail", why}});
  counter("dundun_carrier_poll_failed_total").add();
}

Status PollJob::ask(const Subject& subject) {
  PlaceholderValues values;
  set_value(values, Placeholder::kLimit, std::to_string(subject.poll().limit));
  const auto taken = TRY(fetch(subject, subject.poll().ask, values));
  const bool more = taken && taken->is_full(subject.poll());
  TRY(pg_.run(sql::poll_answered, {subject.carrier, subject.name(), more}));
  return Done{};
}

// The log gives so many entries a call, so the span is halved until they fit.
Status PollJob::ask_again(const Subject& subject, Instant since) {
  const Instant end = now();
  const CarrierPoll& poll = subject.poll();
  since = std::max(since, end - std::chrono::seconds(poll.back_s));
  auto span = end - since;
  for (int calls = 0; calls < kLogCallsMax && since < end; ++calls) {
    const Instant until = std::min(end, since + span);
    PlaceholderValues values;
    set_value(values, Placeholder::kLimit, std::to_string(poll.limit));
    set_value(values, Placeholder::kSince, moment(since));
    set_value(values, Placeholder::kUntil, moment(until));
    const auto taken = TRY(fetch(subject, *poll.again, values));
    if (!taken) return unavailable("the carrier's log is refused");
    if (taken->is_full(poll) && span > kLogSpanMin) {
      span /= 2;
      continue;
    }
    since = until;
    span = std::max<Instant::duration>(span * 2, kLogSpanMin);
    const std::optional<Instant> from = since < end ? std::optional(since) : std::nullopt;
    TRY(pg_.run(sql::poll_again_from, {subject.carrier, subject.name(), from}));
  }
  return Done{};
}

Result<std::optional<PollJob::Taken>> PollJob::fetch(const Subject& subject,
                                                     const HttpRequestForm& question,
                                                     const PlaceholderValues& values) {
  const HttpOutcome outcome =
      call(subject.description, http_call_of(question, values, HttpTemplate::Secrets::kGiven));
  const bool refused = outcome.kind == HttpOutcome::Kind::kAnswered &&
                       (outcome.reply.status < 200 || outcome.reply.status > 299);
  if (outcome.kind == HttpOutcome::Kind::kNotSent || refused) {
    const std::string why = refused ? std::to_string(outcome.reply.status) : outcome.error;
    note_failure(subject, why);
    return std::optional<Taken>();
  }
  if (outcome.kind == HttpOutcome::Kind::kNoAnswer) return unavailable(outcome.error);
  const CarrierDocument document = CarrierDocument::of_text(outcome.reply.body);
  if (!document.is_json()) return fail(ErrorCode::kInvalidJson, "The answer is no JSON.");
  return std::optional(TRY(take(subject, document)));
}

Result<PollJob::Taken> PollJob::take(const Subject& subject, const CarrierDocument& document) {
  const bool receipts = subject.what == What::kReceipts;
  const ValuePath& list = receipts ? subject.description.dlr->list : subject.description.mo->list;
  const auto items = document.list(list);
  if (!items) return fail(ErrorCode::kInvalidRequest, "The list is missing.");
  if (!items->empty()) {
    TRY(receipts ? take_receipts(subject, document) : take_texts(subject, document));
  }
  return Taken{items->size()};
}

// Their messages are found by receipt_job, as those of callbacks with several are.
Status PollJob::take_receipts(const Subject& subject, const CarrierDocument& document) {
  int unreadable = 0;
  std::vector<HttpReceipt> read =
      TRY(read_good_receipts(*subject.description.dlr, document, unreadable));
  std::vector<KeptReceipt> kept;
  for (HttpReceipt& one : read) {
    auto receipt = kept_receipt_of(subject.carrier, std::move(one));
    receipt ? kept.push_back(*std::move(receipt)) : void(++unreadable);
  }
  if (unreadable > 0) note_unreadable(subject.carrier, subject.name(), unreadable);
  if (kept.empty()) return Done{};
  TRY(pg_.run(sql::keep_carrier_receipts, kept_receipts_values(subject.carrier, kept)));
  return Done{};
}

Status PollJob::take_texts(const Subject& subject, const CarrierDocument& document) {
  const std::vector<MoFields> texts = TRY(read_texts(*subject.description.mo, document));
  for (const MoFields& fields : texts) {
    auto text = text_of_fields(subject.carrier, fields, config_.inbound_text_bytes_max);
    if (!text) {
      note_unreadable(subject.carrier, subject.name(), 1);
      continue;
    }
    TRY(taker_.take(*std::move(text)));
  }
  return Done{};
}

HttpOutcome PollJob::call(const HttpDescription& description, HttpCall http) {
  http.timeout = description.timeout;
  http.answer_bytes_max = kPollBytesMax;
  std::promise<HttpOutcome> promise;
  std::future<HttpOutcome> outcome = promise.get_future();
  HttpPoster& poster = description.private_addresses ? everywhere_ : open_internet_;
  poster.post(std::move(http),
              [&promise](HttpOutcome answered) { promise.set_value(std::move(answered)); });
  return outcome.get();
}

}  // namespace dundun
