// Describes a carrier's HTTP API: what a request looks like, what its answers mean, and how its
// callbacks are read. The operator writes it as JSON (deploy/http-carriers.md has every field).
// Secrets are in the carrier's file; the description only names them.
#pragma once

#include <chrono>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "common/carrier/carrier_file.h"
#include "common/carrier/connector.h"
#include "common/carrier/http/template.h"
#include "common/carrier/http/value_path.h"

namespace dundun {

using NamedTemplates = std::vector<std::pair<std::string, HttpTemplate>>;

struct HttpRequestForm {
  std::string method = "POST";  // or GET
  HttpTemplate url;
  NamedTemplates query, headers;
  struct BasicAuth {
    HttpTemplate username, password;
  };
  std::optional<BasicAuth> basic_auth;
  // One of them, or none with a GET.
  std::optional<HttpTemplate> json;
  NamedTemplates form;
  bool plus = true;                // numbers as +254…
  std::string gsm7_word = "GSM7";  // what {{encoding}} stands for
  std::string ucs2_word = "UCS2";
};

// What an answer means. A rule fits if the status and the value at `at` fit. The first rule that
// fits counts. An answer that no rule fits leaves the message in doubt.
struct AnswerRule {
  std::vector<std::pair<int, int>> statuses;  // from, to; empty: any
  ValuePath at;                               // pointing at nothing: the body does not matter
  std::vector<std::string> in;                // the value is one of these; empty: any value
  SubmitOutcome::Kind means = SubmitOutcome::Kind::kUnknown;
  std::string code;        // the message's error_code
  bool elsewhere = false;  // for a refusal: another carrier may take the message
};

struct AnswerMeaning {
  ValuePath id;                       // the carrier's id of the message
  std::vector<ValuePath> error_text;  // what a refusal shows the client: the first that is there
  std::vector<ValuePath> error_code;  // the carrier's own code of a refusal
  ValuePath cost;                     // what the carrier asks for the message, as it writes it
  std::vector<AnswerRule> rules;
};

// How to read a receipt in a callback. Its message is found by our reference, or else by the
// carrier's id.
struct DlrMapping {
  ValuePath list;                 // for several in a callback: the others begin at its items
  ValuePath id, reference;        // one of them at least
  std::vector<ValuePath> status;  // the first whose word is known, or else the first that is there
  ValuePath error, time, number;
  ValuePath network, cost;  // the network's code, and what the carrier asks, as it writes them
  std::map<std::string, std::string, std::less<>> words;  // the carrier's word -> ours
};

struct MoMapping {
  ValuePath list, id, from, to, text;
  ValuePath time;  // when it was written, RFC 3339; counts for texts that are fetched
};

// A person has told the carrier that a sender shall write no more.
struct OptOutMapping {
  ValuePath number, sender;
};

// How a callback proves that it comes from the carrier.
struct CallbackProof {
  enum class Kind { kCarrierSecret, kHmac, kBasic };
  Kind kind = Kind::kCarrierSecret;
  std::string secret;  // HMAC-SHA256's key; of kBasic "username:password"
  std::string header;  // of the HMAC, in lower case
  std::string prefix;  // before it: "sha256="
  bool base64 = false;
};

// Reports or texts that are fetched, for a carrier that cannot reach us and gives each only once.
struct CarrierPoll {
  HttpRequestForm ask;  // GET; headers and password are the request's, as far as they are fixed
  // Reads the carrier's log, which it gives as often as we ask: for what it gave and we lost.
  std::optional<HttpRequestForm> again;
  int every_s = 30;
  int limit = 1000;      // {{limit}}; an answer that is full is followed by the next question
  int back_s = 172'800;  // how far the log is read back
};

struct HttpDescription {
  HttpRequestForm request;
  AnswerMeaning answer;
  std::optional<DlrMapping> dlr;
  std::optional<MoMapping> mo;
  std::optional<OptOutMapping> opt_out;
  std::optional<CarrierPoll> dlr_poll, mo_poll;
  CallbackProof proof;
  std::string receipts_url;  // where the carrier finds us: …/carrier/<name>/dlr; or empty
  std::string url_secret;    // `secret` of the file: signs {{callback_url}}; or empty
  bool deduplicates = false;
  bool private_addresses = false;
  int connections_max = 32;
  int queue_max = 2000;
  int validity_min = 2880;  // minutes, for {{validity_min}}, of a message without a last moment
  std::chrono::milliseconds timeout{10'000};
};

// kInvalidRequest; its message begins with the path of the wrong field.
Result<HttpDescription> read_http_description(std::string_view settings,
                                              const CarrierSecrets& secrets);

}  // namespace dundun
