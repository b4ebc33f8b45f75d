#include "common/campaign/contact_pages.h"

#include <array>

#include "sql/campaigns.h"

namespace dundun {

Result<PgRows> read_contacts(const Query& query, int64_t account_id, int64_t list_id, int64_t after,
                             int64_t limit, const Template& text) {
  const std::array<PgParam, 4> params{PgParam(account_id), PgParam(list_id), PgParam(after),
                                      PgParam(limit)};
  return query(either(text.has_variables(), sql::campaign_contacts, sql::campaign_phones), params);
}

Contact contact_of(const PgRows& rows, int row, const Template& text) {
  constexpr auto& col = sql::campaign_contacts;
  static_assert(begins_with_columns(col, sql::campaign_phones));
  Contact contact{rows.i64(row, col.contact_id),
                  rows.text(row, col.phone),
                  rows.text(row, col.country),
                  {},
                  {}};
  if (text.has_variables()) {
    contact.name = rows.text(row, col.name);
    contact.values = rows.text_array(row, col.data);
  }
  return contact;
}

bool is_skipped(std::string_view bits, int64_t contact_id) {
  const auto byte = static_cast<size_t>(contact_id / 8);
  return byte < bits.size() && (static_cast<uint8_t>(bits[byte]) >> (contact_id % 8) & 1) != 0;
}

void skip(std::string& bits, int64_t contact_id) {
  const auto byte = static_cast<size_t>(contact_id / 8);
  if (byte >= bits.size()) bits.resize(byte + 1);
  bits[byte] = static_cast<char>(static_cast<uint8_t>(bits[byte]) | 1 << (contact_id % 8));
}

}  // namespace dundun
