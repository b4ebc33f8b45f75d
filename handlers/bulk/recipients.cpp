#include "handlers/bulk/recipients.h"

#include <algorithm>

#include "common/sms/contact_columns.h"
#include "common/sms/msisdn.h"
#include "sql/campaigns.h"

namespace dundun {
namespace {

using Type = PgArray::Type;

// phone, name, then every variable that any recipient has.
std::vector<std::string> columns_of(const std::vector<InlineRecipient>& recipients) {
  std::vector<std::string> columns{"phone", "name"};
  for (const InlineRecipient& recipient : recipients) {
    for (const auto& [name, value] : recipient.vars) {
      if (std::ranges::find(columns, name) == columns.end()) columns.push_back(name);
    }
  }
  return columns;
}

std::string joined_values(const InlineRecipient& recipient,
                          const std::vector<std::string>& headers) {
  std::string joined;
  for (size_t i = 0; i < headers.size(); ++i) {
    if (i > 0) joined += '\x1f';
    for (const auto& [name, value] : recipient.vars) {
      if (name == headers[i]) joined += value;
    }
  }
  return joined;
}

}  // namespace

Result<RecipientList> store_recipients(PgPool& pg, int64_t account_id,
                                       const std::vector<InlineRecipient>& recipients) {
  RecipientList list;
  const std::vector<std::string> columns = columns_of(recipients);
  const std::vector<std::string> headers = data_headers(columns);
  PgArray names(Type::kText), phones(Type::kText), countries(Type::kText), persons(Type::kText),
      values(Type::kText);
  for (const std::string& column : columns) names.add(std::string_view(column));
  for (const InlineRecipient& recipient : recipients) {
    const Result<Msisdn> to = Msisdn::parse(recipient.to);
    if (!to) {
      list.invalid.push_back(recipient.to);
      continue;
    }
    phones.add(std::string_view(to->e164()));
    countries.add(std::string_view(to->country()));
    persons.add(std::string_view(recipient.name));
    values.add(std::string_view(joined_values(recipient, headers)));
  }
  const PgRows rows =
      TRY(pg.run(sql::insert_recipients, {account_id, names.finish(), phones.finish(),
                                          countries.finish(), persons.finish(), values.finish()}));
  list.list_id = rows.i64(0, 0);
  return list;
}

}  // namespace dundun
