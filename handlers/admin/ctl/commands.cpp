#include "handlers/admin/ctl/commands.h"

#include <algorithm>
#include <fstream>
#include <iostream>
#include <iterator>

#include "common/base/percent.h"
#include "common/io/json.h"
#include "common/web/router.h"

namespace dundun {
namespace {

constexpr Command kCommands[] = {
    {"bootstrap", "", Method::kPost, "/admin/bootstrap", "email name password account currency",
     "the platform's account and its first administrator"},
    {"account list", "", Method::kGet, "/admin/accounts", "q after limit", "accounts"},
    {"account show", "ACCOUNT", Method::kGet, "/admin/accounts/{id}", "", "one account"},
    {"account create", "", Method::kPost, "/admin/accounts", "name currency",
     "an account with its two wallets"},
    {"account set", "ACCOUNT", Method::kPut, "/admin/accounts/{id}", "name refund_on",
     "its name, or refund_on not_accepted|any_failure"},
    {"account suspend", "ACCOUNT", Method::kPut, "/admin/accounts/{id}", "status=suspended",
     "nothing is sent, read or heard; what waits is held"},
    {"account resume", "ACCOUNT", Method::kPut, "/admin/accounts/{id}", "status=active",
     "the end of that"},
    {"account close", "ACCOUNT", Method::kPut, "/admin/accounts/{id}", "status=closed",
     "the same, and what waits is refunded"},
    {"account credit", "ACCOUNT", Method::kPost, "/admin/accounts/{id}/credit",
     "amount currency environment description", "money into a wallet"},
    {"account debit", "ACCOUNT", Method::kPost, "/admin/accounts/{id}/debit",
     "amount currency environment description", "money out of a wallet"},
    {"account audit", "ACCOUNT", Method::kGet, "/admin/accounts/{id}/audit-log", "after limit",
     "who changed what"},
    {"user list", "ACCOUNT", Method::kGet, "/admin/accounts/{id}/users", "", "who may log in"},
    {"user create", "ACCOUNT", Method::kPost, "/admin/accounts/{id}/users",
     "email name role password language",
     "role viewer (the default)|developer|owner|admin; without --password-stdin: invited"},
    {"user set", "ACCOUNT USER", Method::kPut, "/admin/accounts/{id}/users/{user}",
     "name role password", "name, role, a new password"},
    {"user disable", "ACCOUNT USER", Method::kPut, "/admin/accounts/{id}/users/{user}",
     "is_active=false", "ends the sessions too"},
    {"user enable", "ACCOUNT USER", Method::kPut, "/admin/accounts/{id}/users/{user}",
     "is_active=true", "the end of that"},
    {"user invite", "ACCOUNT USER", Method::kPost, "/admin/accounts/{id}/users/{user}/invitation",
     "language", "again: by mail, or a link where no mail server is set"},
    {"user reset-factor", "ACCOUNT USER", Method::kDelete,
     "/admin/accounts/{id}/users/{user}/second-factor", "",
     "the phone is lost: the next login enrols another second factor, or does without"},
    {"key list", "ACCOUNT", Method::kGet, "/admin/accounts/{id}/api-keys", "", "its API keys"},
    {"key revoke", "ACCOUNT KEY", Method::kDelete, "/admin/accounts/{id}/api-keys/{key}", "",
     "dead at the next request"},
    {"sender list", "", Method::kGet, "/admin/sender-ids", "after limit",
     "sender names that wait for a word"},
    {"sender approve", "ACCOUNT SENDER", Method::kPost,
     "/admin/accounts/{id}/sender-ids/{sender}/approve", "countries",
     "for all asked countries, or --countries KE,UG"},
    {"sender reject", "ACCOUNT SENDER", Method::kPost,
     "/admin/accounts/{id}/sender-ids/{sender}/reject", "countries reason",
     "the same, with --reason"},
    {"route list", "", Method::kGet, "/admin/routes", "", "routes with carrier and price"},
    {"route create", "", Method::kPost, "/admin/routes",
     "code name country_code currency price_per_segment sender_id_default connector inline_wait_ms "
     "policy",
     "a route"},
    {"route set", "CODE", Method::kPut, "/admin/routes/{code}",
     "name sender_id_default connector inline_wait_ms policy",
     "its carrier or policy (priority|least_cost), waits, names"},
    {"route suspend", "CODE", Method::kPut, "/admin/routes/{code}", "is_active=false",
     "nothing new leaves by it"},
    {"route resume", "CODE", Method::kPut, "/admin/routes/{code}", "is_active=true",
     "the end of that"},
    {"leg list", "CODE", Method::kGet, "/admin/routes/{code}/carriers", "",
     "the carriers among which a route chooses"},
    {"leg add", "CODE", Method::kPost, "/admin/routes/{code}/carriers",
     "carrier priority weight cost_per_segment segments_per_s",
     "one more; from the first on the route's connector counts no more"},
    {"leg set", "CODE CARRIER", Method::kPut, "/admin/routes/{code}/carriers/{carrier}",
     "priority weight cost_per_segment segments_per_s", "its place, share, USD a segment, limit"},
    {"leg suspend", "CODE CARRIER", Method::kPut, "/admin/routes/{code}/carriers/{carrier}",
     "is_active=false", "the route does not use it"},
    {"leg resume", "CODE CARRIER", Method::kPut, "/admin/routes/{code}/carriers/{carrier}",
     "is_active=true", "the end of that"},
    {"leg remove", "CODE CARRIER", Method::kDelete, "/admin/routes/{code}/carriers/{carrier}", "",
     "takes it away"},
    {"override list", "ACCOUNT", Method::kGet, "/admin/accounts/{id}/carrier-overrides", "",
     "an account's own choice of carriers"},
    {"override add", "ACCOUNT", Method::kPost, "/admin/accounts/{id}/carrier-overrides",
     "carrier choice country_code route",
     "choice pinned|preferred|excluded: everywhere, in a country or on a route"},
    {"override remove", "ACCOUNT OVERRIDE", Method::kDelete,
     "/admin/accounts/{id}/carrier-overrides/{override}", "", "takes it away"},
    {"message carriers", "ACCOUNT MESSAGE", Method::kGet,
     "/admin/accounts/{id}/messages/{message}/carriers", "",
     "who took a message, and why not the others"},
    {"price list", "CODE", Method::kGet, "/admin/routes/{code}/prices", "",
     "a route's prices, old ones too"},
    {"price import", "FILE", Method::kPost, "/admin/prices", "any_change! dry_run!",
     "CSV: route,price_per_segment[,valid_from]", true},
    {"fx list", "", Method::kGet, "/admin/fx", "", "rates in force"},
    {"fx import", "FILE", Method::kPost, "/admin/fx", "any_change! dry_run!",
     "CSV: currency,per_usd[,valid_from]", true},
    {"carrier list", "", Method::kGet, "/admin/carriers", "",
     "who may bring texts and receipts, their limits and breakers"},
    {"carrier secret", "CARRIER", Method::kPost, "/admin/carriers/{carrier}/secrets", "",
     "another secret, shown once; the one before it holds too"},
    {"carrier drop-old-secret", "CARRIER", Method::kDelete, "/admin/carriers/{carrier}/secrets", "",
     "only the newest holds"},
    {"carrier limit", "CARRIER", Method::kPut, "/admin/carriers/{carrier}",
     "segments_per_s sender_segments_per_s", "what it takes, in all and of a sender ID; 0: all"},
    {"carrier networks", "CARRIER", Method::kPut, "/admin/carriers/{carrier}", "allowed_ips",
     "whence it calls: --allowed-ips 192.0.2.0/24,2001:db8::/32; '' for everywhere"},
    {"carrier suspend", "CARRIER", Method::kPut, "/admin/carriers/{carrier}", "is_active=false",
     "its calls are refused"},
    {"carrier resume", "CARRIER", Method::kPut, "/admin/carriers/{carrier}", "is_active=true",
     "the end of that"},
    {"carrier set", "CARRIER", Method::kPut, "/admin/carriers/{carrier}/settings", "kind file",
     "how we speak with it: --kind http --file DESCRIPTION.json", false, "settings"},
    {"carrier check", "CARRIER", Method::kPost, "/admin/carriers/{carrier}/check", "kind file",
     "the request that it, or --kind and --file, would send; nothing is sent", false, "settings"},
    {"carrier try", "CARRIER", Method::kPost, "/admin/carriers/{carrier}/try",
     "to from text wait_s",
     "sends one real message: --to NUMBER --from SENDER; shows answer and receipts"},
    {"import kannel", "FILE", Method::kPost, "/admin/import/kannel", "dry_run! address",
     "what becomes of each group of a kannel.conf; without --dry-run makes its carriers and gives "
     "them routes that had none. --address http://HOST:PORT: where Kannel finds us",
     true},
    {"receipts unmatched", "", Method::kGet, "/admin/receipts/unmatched", "carrier after limit",
     "receipts whose message nobody knows"},
    {"receipts discard", "RECEIPT", Method::kDelete, "/admin/receipts/unmatched/{id}", "",
     "forgets one"},
    {"number list", "", Method::kGet, "/admin/inbound-numbers", "",
     "to whom texts go that come in"},
    {"number set", "ACCOUNT", Method::kPut, "/admin/accounts/{id}/inbound-numbers",
     "number country_code keyword environment carrier auto_reply", "gives an account a number"},
    {"number drop", "ACCOUNT", Method::kDelete, "/admin/accounts/{id}/inbound-numbers",
     "number country_code keyword", "takes it away"},
    {"sender fee", "COUNTRY", Method::kPut, "/admin/sender-fees/{country}",
     "fee_usd fee_type covers note",
     "what a name costs there: fee-type one_time|per_network|on_request"},
    {"sender drop-fee", "COUNTRY", Method::kDelete, "/admin/sender-fees/{country}", "",
     "nothing that we know of"},
    {"webhook list", "ACCOUNT", Method::kGet, "/admin/accounts/{id}/webhooks", "",
     "endpoints, and what waits for them"},
    {"webhook replay", "ACCOUNT", Method::kPost, "/admin/accounts/{id}/webhooks/replay",
     "delivery_id date_from date_to endpoint_id event status",
     "calls again: one delivery, or from a time on; --status dead|delivered"},
    {"inbound list", "", Method::kGet, "/admin/inbound/unrouted", "number limit",
     "texts to numbers that nobody had"},
    {"inbound assign", "", Method::kPost, "/admin/inbound/unrouted/assign", "number",
     "gives those of a number to whoever has it now"},
    {"retention show", "", Method::kGet, "/admin/retention", "",
     "what is kept how long by which setting, and how much is due"},
    {"retention run", "", Method::kPost, "/admin/retention/run", "",
     "removes what is due, as the scheduler does each minute"},
    {"audit", "", Method::kGet, "/admin/audit-log", "after limit",
     "changes of routes, prices and rates"},
    {"resume", "", Method::kPost, "/admin/resume", "",
     "goes on after a restore of PostgreSQL: what may have left since stays in doubt, campaigns "
     "that ran are paused"},
    {"audit verify", "", Method::kPost, "/admin/audit-log/verify", "file",
     "proves that no line was changed, taken out or put in; --file: also since a proof that was "
     "kept",
     false, "before"},
};

// An option of every command that is a POST.
constexpr std::string_view kIdempotencyKey = "idempotency_key";

// Fields that are no texts.
constexpr std::string_view kIntegers[] = {
    "inline_wait_ms", "priority", "weight", "segments_per_s", "sender_segments_per_s", "wait_s"};

Error wrong(std::string message) { return fail(ErrorCode::kInvalidRequest, std::move(message)); }

std::vector<std::string> split(std::string_view text, char mark) {
  std::vector<std::string> parts;
  while (!text.empty()) {
    const std::string_view part = text.substr(0, text.find(mark));
    text.remove_prefix(std::min(text.size(), part.size() + 1));
    if (!part.empty()) parts.emplace_back(part);
  }
  return parts;
}

// The command whose words the line begins with; the longest.
const Command* find_command(std::span<const std::string> words, size_t& used) {
  const Command* best = nullptr;
  for (const Command& command : kCommands) {
    const std::vector<std::string> name = split(command.words, ' ');
    if (name.size() > words.size() || (best != nullptr && name.size() <= used)) continue;
    if (!std::equal(name.begin(), name.end(), words.begin())) continue;
    best = &command;
    used = name.size();
  }
  return best;
}

// account credit ACCOUNT [--amount] …
std::string usage_line(const Command& command) {
  std::string line = std::string(command.words) + " " + command.arguments;
  for (const std::string& field : split(command.fields, ' ')) {
    if (field.find('=') != std::string::npos) continue;
    std::string name = field == "password" ? "password-stdin" : field;
    if (name.ends_with('!')) name.pop_back();
    std::ranges::replace(name, '_', '-');
    line += " [--" + name + "]";
  }
  return line;
}

// Names those that begin with the same word.
std::string no_such_command(std::span<const std::string> words) {
  const std::string first = words.empty() ? std::string() : words.front();
  std::string text = "no such command";
  if (!first.empty()) text += ": " + first + (words.size() > 1 ? " " + words[1] : "");
  std::string others;
  for (const Command& command : kCommands) {
    if (std::string_view(command.words).starts_with(first + " ")) {
      others += "\n  dundunctl " + usage_line(command);
    }
  }
  return others.empty() ? text : text + "\nCommands of " + first + ":" + others;
}

Result<std::string> text_of_file(const std::string& file) {
  std::ifstream in(file, std::ios::binary);
  if (!in) return wrong("cannot read " + file);
  return std::string((std::istreambuf_iterator<char>(in)), {});
}

struct Options {
  std::vector<std::string> positional;
  std::vector<std::pair<std::string, std::string>> named;
};

Result<Options> parse_options(const Command& command, std::span<const std::string> words) {
  const std::vector<std::string> fields = split(command.fields, ' ');
  Options options;
  for (size_t i = 0; i < words.size(); ++i) {
    const std::string& word = words[i];
    if (!word.starts_with("--")) {
      options.positional.push_back(word);
      continue;
    }
    std::string name = word.substr(2);
    if (name == "password-stdin") {
      std::string password;
      std::getline(std::cin, password);
      while (password.ends_with('\r')) password.pop_back();  // a line of another system's
      options.named.emplace_back("password", password);
      continue;
    }
    std::ranges::replace(name, '-', '_');
    if (std::ranges::find(fields, name + "!") != fields.end()) {
      options.named.emplace_back(name, "true");
      continue;
    }
    const bool is_key = name == kIdempotencyKey && command.method == Method::kPost;
    if (!is_key && std::ranges::find(fields, name) == fields.end()) {
      return wrong("'" + std::string(command.words) + "' has no option " + word);
    }
    if (name == "password") return wrong("a password is read from --password-stdin only");
    if (++i == words.size()) return wrong(word + " needs a value");
    options.named.emplace_back(name, words[i]);
  }
  // Fields whose value the command fixes.
  for (const std::string& field : fields) {
    const size_t equal = field.find('=');
    if (equal == std::string::npos) continue;
    options.named.emplace_back(field.substr(0, equal), field.substr(equal + 1));
  }
  return options;
}

Result<std::string> json_of_file(const std::string& path) {
  const std::string text = TRY(text_of_file(path));
  const auto document = JsonDocument::parse(text);
  if (!document) return wrong(path + ": " + document.error().message);
  return to_json(document->root());
}

Result<std::string> json_body(const Command& command, const Options& options) {
  JsonWriter json;
  json.begin_object();
  for (const auto& [name, value] : options.named) {
    if (name == kIdempotencyKey) continue;
    if (name == "file" && command.json_member != nullptr) {
      const std::string document = TRY(json_of_file(value));
      json.key(command.json_member).raw(document);
      continue;
    }
    json.key(name);
    if (name == "is_active") {
      json.value(value == "true");
    } else if (std::ranges::find(kIntegers, name) != std::end(kIntegers)) {
      json.value(static_cast<int64_t>(std::atoi(value.c_str())));
    } else if (name == "countries" || name == "allowed_ips") {
      json.begin_array();
      for (const std::string& code : split(value, ',')) json.value(std::string_view(code));
      json.end_array();
    } else {
      json.value(std::string_view(value));
    }
  }
  return json.end_object().take();
}

// The command's path with the arguments in place of its {…}.
std::string target_of(const Command& command, const std::vector<std::string>& arguments) {
  std::string target = "/v1";
  size_t next = 0;
  for (const std::string& segment : split(command.path, '/')) {
    const bool open = segment.starts_with('{') && next < arguments.size();
    target += "/" + (open ? percent_encode(arguments[next++]) : segment);
  }
  return target;
}

Status fill(Call& call, const Options& options) {
  const Command& command = *call.command;
  Request& request = call.request;
  request.method = command.method;
  request.content_type = "application/json";
  std::vector<std::string> arguments = options.positional;
  const bool in_query = command.takes_csv || command.method == Method::kGet;
  if (command.takes_csv) {
    request.content_type = "text/csv";
    request.body = TRY(text_of_file(arguments.at(0)));
    arguments.clear();
  } else if (!in_query) {
    request.body = TRY(json_body(command, options));
  }
  std::string target = target_of(command, arguments);
  for (const auto& [name, value] : options.named) {
    if (name == kIdempotencyKey) request.idempotency_key = value;
    if (!in_query || name == kIdempotencyKey) continue;
    target +=
        (target.find('?') == std::string::npos ? "?" : "&") + name + "=" + percent_encode(value);
  }
  return parse_target(target, request);
}

}  // namespace

std::span<const Command> commands() { return kCommands; }

Result<Call> parse_command(std::span<const std::string> words) {
  size_t used = 0;
  Call call{};
  call.command = find_command(words, used);
  if (call.command == nullptr) return wrong(no_such_command(words));
  const Options options = TRY(parse_options(*call.command, words.subspan(used)));
  const std::vector<std::string> wanted = split(call.command->arguments, ' ');
  if (options.positional.size() != wanted.size()) {
    return wrong("usage: dundunctl " + usage_line(*call.command));
  }
  TRY(fill(call, options));
  for (const Endpoint* local : {&kBootstrap, &kVerifyAudit, &kImportKannel, &kResumePlatform}) {
    if (call.command->path != std::string_view(local->path)) continue;
    call.endpoint = local;
    return call;
  }
  call.endpoint = TRY(match(kAdminEndpoints, call.request));
  return call;
}

std::string usage() {
  std::string text =
      "usage: dundunctl [--json] COMMAND [ARGUMENT…] [--option VALUE…]\n"
      "DATABASE_URL and REDIS_URL say where. Exit: 0 done, 1 refused, 2 wrong usage, 3 out of "
      "reach.\nWith --idempotency-key KEY a repeat of what makes something makes nothing more.\n\n";
  for (const Command& command : kCommands) {
    text += "  " + usage_line(command) + "\n      " + command.help + "\n";
  }
  return text +
         "  reconcile\n      proves the books; exit 1 when they do not balance\n"
         "  check [--url URL] [--before-start PROGRAM]\n"
         "      settings, secrets, stores, migrations, site, carriers, queues, disk; exit 1 for\n"
         "      warnings, 2 for failures\n"
         "  migrate [--plan]\n"
         "      brings the tables to this release, or says what that would take\n"
         "  setup\n      makes this host a Dundun: man dundun-setup\n"
         "  version\n      which release this is\n";
}

}  // namespace dundun
