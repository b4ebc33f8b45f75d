#include "handlers/admin/kannel_plan.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <map>

#include "common/carrier/routing.h"
#include "common/identity/address_list.h"

namespace dundun {
namespace {

constexpr size_t kCarrierNameMax = 30;

// Kannel's groups that say nothing about sending or taking texts.
struct OtherGroup {
  const char* name;
  const char* becomes;
};
constexpr OtherGroup kOthers[] = {
    {"include", "not carried over: an included file is not read; import it by itself"},
    {"smpp-tlv", "stays with Kannel"},
    {"modems", "stays with Kannel"},
    {"wapbox", "not carried over: WAP"},
    {"wap-push-user", "not carried over: WAP"},
    {"wap-url-map", "not carried over: WAP"},
    {"wap-user-map", "not carried over: WAP"},
    {"ppg", "not carried over: WAP"},
    {"wtls", "not carried over: WAP"},
    {"radius-acct", "not carried over: WAP"},
    {"ota-setting", "not carried over: WAP settings for phones"},
    {"ota-bookmark", "not carried over: WAP settings for phones"},
};

// "My SMSC_1" -> "my-smsc-1"
std::string carrier_name(std::string_view smsc_id) {
  std::string name;
  for (const char c : smsc_id.substr(0, kCarrierNameMax)) {
    const auto byte = static_cast<unsigned char>(c);
    const bool plain = byte < 0x80 && std::isalnum(byte) != 0;
    name += plain ? static_cast<char>(std::tolower(byte)) : '-';
  }
  return name;
}

std::vector<std::string> prefixes_of(const KannelGroup& group) {
  std::vector<std::string> prefixes;
  for (const char* field : {"allowed-prefix", "preferred-prefix"}) {
    for (std::string prefix : group.list(field, ";")) {
      if (prefix.starts_with('+')) {
        prefix.erase(0, 1);
      } else if (prefix.starts_with("00")) {
        prefix.erase(0, 2);
      }
      const bool digits = !prefix.empty() && prefix[0] != '0' &&
                          std::ranges::all_of(prefix, [](char c) { return c >= '0' && c <= '9'; });
      if (digits && std::ranges::find(prefixes, prefix) == prefixes.end()) {
        prefixes.push_back(std::move(prefix));
      }
    }
  }
  return prefixes;
}

// Kannel writes it with a fraction: 12.5 messages a second.
int throughput_of(const KannelGroup& group) {
  const std::string_view text = group.find("throughput");
  double value = 0;
  std::from_chars(text.data(), text.data() + text.size(), value);
  return value > 0 && value < 1e6 ? std::max(1, static_cast<int>(std::floor(value))) : 0;
}

// "10.0.*.*" -> "10.0.0.0/16"; nullopt for what is no network.
std::optional<std::string> network_of(const std::string& pattern) {
  std::string address = pattern;
  int bits = 32;
  while (address.ends_with(".*")) {
    address.resize(address.size() - 2);
    bits -= 8;
  }
  for (int missing = bits; missing < 32; missing += 8) address += ".0";
  if (bits < 32) address += "/" + std::to_string(bits);
  return Network::parse(address) ? std::optional(address) : std::nullopt;
}

std::string networks_of(const KannelGroup& group) {
  std::string text;
  for (const std::string& pattern : group.list("user-allow-ip", ";")) {
    const auto network = network_of(pattern);
    if (network) text += (text.empty() ? "\"" : ",\"") + *network + "\"";
  }
  return text;
}

class Planner {
 public:
  explicit Planner(const std::vector<KannelGroup>& groups) {
    for (const KannelGroup& group : groups) {
      if (group.name == "smsbox" && url_.empty()) url_ = sendsms_url(group);
    }
    if (url_.empty()) url_ = "http://127.0.0.1:13013/cgi-bin/sendsms";
  }

  KannelStep step_of(const KannelGroup& group) {
    KannelStep step{group.line, group.name, {}, {}};
    if (group.name == "core") {
      step.becomes = core(group);
    } else if (group.name == "smsbox") {
      step.name = group.find("smsbox-id");
      step.becomes = "stays with Kannel: Dundun sends by " + sendsms_url(group);
    } else if (group.name == "smsc") {
      smsc(group, step);
    } else if (group.name == "sendsms-user") {
      step.name = group.find("username");
      step.becomes = sendsms_user(group);
    } else if (group.name == "sms-service") {
      step.name = keyword_of(group);
      step.becomes = sms_service(group);
    } else if (group.name == "smsbox-route") {
      step.name = group.find("smsbox-id");
      step.becomes = smsbox_route(group);
    } else {
      step.becomes = other(group.name);
    }
    return step;
  }

 private:
  static std::string sendsms_url(const KannelGroup& smsbox) {
    const std::string_view port = smsbox.find("sendsms-port");
    const std::string_view path = smsbox.find("sendsms-url");
    const std::string_view ssl = smsbox.find("sendsms-port-ssl");
    const bool tls = ssl == "yes" || ssl == "true";
    return std::string(tls ? "https" : "http") +
           "://127.0.0.1:" + std::string(port.empty() ? "13013" : port) +
           std::string(path.empty() ? "/cgi-bin/sendsms" : path);
  }

  static std::string core(const KannelGroup& group) {
    std::string becomes = "stays with Kannel";
    const std::string_view store = group.find("dlr-storage");
    if (!store.empty() && store != "internal") {
      becomes += "; its receipts in " + std::string(store) +
                 " are for what it sent before, and do not come here";
    }
    for (const char* list : {"white-list", "black-list"}) {
      if (!group.find(list).empty()) {
        becomes += std::string("; ") + list + " is not carried over: opt-outs are an account's own";
      }
    }
    return becomes;
  }

  void smsc(const KannelGroup& group, KannelStep& step) {
    const std::string smsc_id(group.find("smsc-id"));
    step.name = smsc_id;
    if (group.find("smsc") == "fake") {
      step.becomes = "not carried over: it plays an SMSC, as the loopback carrier does";
      return;
    }
    KannelCarrier carrier{carrier_name(smsc_id), smsc_id, url_, throughput_of(group),
                          prefixes_of(group)};
    const auto known = carriers_.find(smsc_id);
    if (known != carriers_.end()) {
      step.becomes = "carrier " + known->second.name + ": the same as line " +
                     std::to_string(known->second.line) +
                     (smsc_id.empty() ? ", because neither has an smsc-id" : "");
      return;
    }
    carrier.name = free_name(smsc_id.empty() ? "kannel" : carrier.name);
    carriers_[smsc_id] = {carrier.name, group.line};
    step.becomes = "carrier " + carrier.name;
    if (carrier.segments_per_s > 0) {
      step.becomes += ", " + std::to_string(carrier.segments_per_s) + " segments a second";
    }
    if (group.find("smsc") == "http") {
      step.becomes += "; by Kannel for now: Dundun speaks HTTP itself (http-carriers.md)";
    }
    if (!group.find("denied-prefix").empty()) {
      step.becomes += "; denied-prefix is not carried over: routes are by country";
    }
    step.carrier = std::move(carrier);
  }

  // Two smsc-ids may differ in what a carrier's name cannot show, and loopback is taken.
  std::string free_name(const std::string& wanted) const {
    std::string name = wanted;
    const auto taken = [&] {
      return name == kLoopback || std::ranges::any_of(carriers_, [&](const auto& one) {
               return one.second.name == name;
             });
    };
    for (int nth = 2; taken(); ++nth) name = wanted + "-" + std::to_string(nth);
    return name;
  }

  static std::string sendsms_user(const KannelGroup& group) {
    std::string becomes = "an account and a key: dundunctl account create --name '" +
                          std::string(group.find("username")) +
                          "' --currency …; its owner makes a key of scope send";
    if (const std::string networks = networks_of(group); !networks.empty()) {
      becomes += " with allowed_ips [" + networks + "]";
    }
    const std::string_view forced = group.find("forced-smsc"), wanted = group.find("default-smsc");
    if (!forced.empty() || !wanted.empty()) {
      becomes += "; dundunctl override add ACCOUNT --carrier " +
                 carrier_name(forced.empty() ? wanted : forced) + " --choice " +
                 (forced.empty() ? "preferred" : "pinned");
    }
    for (const char* field : {"faked-sender", "default-sender"}) {
      if (!group.find(field).empty()) {
        becomes += "; sender name " + std::string(group.find(field)) + ", to be approved";
        break;
      }
    }
    for (const char* field : {"allowed-prefix", "denied-prefix", "white-list", "black-list"}) {
      if (!group.find(field).empty()) becomes += std::string("; ") + field + " is not carried over";
    }
    return becomes + "; the password is not carried over";
  }

  static std::string keyword_of(const KannelGroup& group) {
    const std::string_view keyword = group.find("keyword");
    return std::string(keyword.empty() ? group.find("keyword-regex") : keyword);
  }

  static std::string sms_service(const KannelGroup& group) {
    if (group.find("keyword").empty() && !group.find("keyword-regex").empty()) {
      return "not carried over: a keyword is a word here, no regular expression";
    }
    const bool is_default = group.find("keyword") == "default";
    std::string becomes =
        "a number of the account whose texts these are: dundunctl number set "
        "ACCOUNT --number … --country-code …";
    if (!is_default) becomes += " --keyword " + std::string(group.find("keyword"));
    const std::vector<std::string> smscs = group.list("accepted-smsc", ";");
    if (!smscs.empty()) becomes += " --carrier " + carrier_name(smscs.front());
    const std::string_view text = group.find("text");
    if (!text.empty() && text != "No service specified") {
      becomes += " --auto-reply '" + std::string(text) + "'";
    }
    for (const char* field : {"get-url", "post-url", "post-xml"}) {
      if (group.find(field).empty()) continue;
      const std::string_view url = group.find(field);
      becomes += "; its webhook: PUT /webhooks {\"mo_url\": \"" +
                 std::string(url.substr(0, url.find('?'))) + "\"}, which gets JSON";
    }
    for (const char* field : {"exec", "file"}) {
      if (!group.find(field).empty()) becomes += std::string("; ") + field + " is not carried over";
    }
    return becomes;
  }

  static std::string smsbox_route(const KannelGroup& group) {
    const std::vector<std::string> codes = group.list("shortcode", ";,");
    if (codes.empty()) return "not carried over: all texts come by one smsbox, by smsc-id too";
    std::string becomes;
    for (const std::string& code : codes) {
      becomes += (becomes.empty() ? "" : "; ") + std::string("number ") + code +
                 " of an account: dundunctl number set ACCOUNT --number " + code +
                 " --country-code …";
      const std::vector<std::string> smscs = group.list("smsc-id", ";,");
      if (!smscs.empty()) becomes += " --carrier " + carrier_name(smscs.front());
    }
    return becomes;
  }

  static std::string other(std::string_view name) {
    const auto* const known =
        std::ranges::find_if(kOthers, [name](const OtherGroup& one) { return name == one.name; });
    if (known != std::end(kOthers)) return known->becomes;
    const bool store = name.ends_with("-connection") || name == "dlr-db" ||
                       name.starts_with("store-") || name == "redis-store-db";
    if (store) return "stays with Kannel: its own store";
    return "not carried over: Dundun does not know this group";
  }

  std::string url_;
  struct Made {
    std::string name;
    int line;
  };
  std::map<std::string, Made> carriers_;  // by smsc-id
};

}  // namespace

std::vector<KannelStep> plan_of(const std::vector<KannelGroup>& groups) {
  Planner planner(groups);
  std::vector<KannelStep> steps;
  for (const KannelGroup& group : groups) steps.push_back(planner.step_of(group));
  return steps;
}

}  // namespace dundun
