#include "handlers/bulk/recipients.h"

#include <algorithm>

#include "common/sms/characters.h"
#include "common/sms/msisdn.h"
#include "common/sms/written_number.h"
#include "sql/campaigns.h"

namespace dundun {
namespace {

using Type = PgArray::Type;

constexpr size_t kInvalidShownMax = 100;

// Every variable that any recipient has.
std::vector<std::string> variables_of(const std::vector<InlineRecipient>& recipients) {
  std::vector<std::string> names;
  for (const InlineRecipient& recipient : recipients) {
    for (const auto& [name, value] : recipient.vars) {
      if (std::ranges::find(names, name) == names.end()) names.push_back(name);
    }
  }
  return names;
}

struct Header {
  std::string name, key;
};

// A recipient's value for a header: of the variable that has its name, or else its key, as texts
// find it; a header called as the name or the number is stands for these where there is none.
std::string_view value_of(const InlineRecipient& recipient, const Header& header) {
  for (const auto& [name, value] : recipient.vars) {
    if (name == header.name) return value;
  }
  for (const auto& [name, value] : recipient.vars) {
    if (name_key(name) == header.key) return value;
  }
  if (header.key == "name" || header.key == "firstname") return recipient.name;
  if (header.key == "phone" || header.key == "phonenumber") return recipient.to;
  return {};
}

std::string joined_values(const InlineRecipient& recipient, const std::vector<Header>& headers) {
  std::string joined;
  for (size_t i = 0; i < headers.size(); ++i) {
    if (i > 0) joined += '\x1f';
    joined += value_of(recipient, headers[i]);
  }
  return joined;
}

}  // namespace

Result<RecipientList> store_recipients(PgPool& pg, int64_t account_id, Environment environment,
                                       const std::vector<InlineRecipient>& recipients) {
  RecipientList list;
  const std::vector<std::string> variables = variables_of(recipients);
  std::vector<Header> headers;
  for (const std::string& name : variables) headers.push_back({name, name_key(name)});
  PgArray names(Type::kText), phones(Type::kText), countries(Type::kText), persons(Type::kText),
      values(Type::kText);
  for (const char* column : {"phone", "name"}) names.add(std::string_view(column));
  for (const std::string& name : variables) names.add(std::string_view(name));
  for (size_t i = 0; i < recipients.size(); ++i) {
    const InlineRecipient& recipient = recipients[i];
    const Result<Msisdn> to = Msisdn::parse(recipient.to);
    if (!to) {
      list.invalid.push_back({.index = static_cast<int64_t>(i),
                              .to = recipient.to,
                              .reason = number_fault_name(*number_fault(recipient.to)),
                              .detail = to.error().message});
      continue;
    }
    phones.add(std::string_view(to->e164()));
    countries.add(std::string_view(to->country()));
    persons.add(std::string_view(recipient.name));
    values.add(std::string_view(joined_values(recipient, headers)));
  }
  const PgRows rows = TRY(pg.run(sql::insert_recipients,
                                 {account_id, names.finish(), phones.finish(), countries.finish(),
                                  persons.finish(), values.finish(), environment}));
  list.list_id = rows.i64(0, sql::insert_recipients.list_id);
  return list;
}

void write_invalid_recipients(JsonWriter& json, const RecipientList& list) {
  json.key("invalid_recipients").begin_array();
  for (size_t i = 0; i < std::min(list.invalid.size(), kInvalidShownMax); ++i) {
    const InvalidRecipient& one = list.invalid[i];
    json.begin_object()
        .member("index", one.index)
        .member("to", std::string_view(one.to))
        .member("reason", one.reason)
        .member("detail", std::string_view(one.detail))
        .end_object();
  }
  json.end_array();
}

}  // namespace dundun
