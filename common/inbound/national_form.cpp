#include "common/inbound/national_form.h"

#include <algorithm>

#include "sql/inbound.h"

namespace dundun {
namespace {

constexpr int64_t kCountriesMax = 100;

std::vector<std::string> texts_of(const PgRows& rows) {
  std::vector<std::string> texts;
  for (int row = 0; row < rows.size(); ++row) texts.emplace_back(rows.text(row, 0));
  return texts;
}

PgParam array_of(const std::vector<std::string>& values) {
  PgArray array(PgArray::Type::kText);
  for (const std::string& value : values) array.add(std::string_view(value));
  return array.finish();
}

// A shorter one is a short code.
bool may_be_national(const Address& address) {
  constexpr size_t kDigitsMin = 7;
  return !address.is_number() && address.text.size() >= kDigitsMin &&
         address.text.find_first_not_of("0123456789") == std::string::npos;
}

// What the text is as a national form of each country; each number once.
std::vector<Address> readings(const std::string& text, const std::vector<std::string>& countries) {
  std::vector<Address> numbers;
  for (const std::string& country : countries) {
    const Result<Address> address = parse_address("", text, country);
    if (!address || !address->is_number()) continue;
    const auto same = [&address](const Address& one) { return one.text == address->text; };
    if (std::ranges::none_of(numbers, same)) numbers.push_back(*address);
  }
  return numbers;
}

PgParam texts_of(const std::vector<Address>& addresses) {
  std::vector<std::string> texts;
  for (const Address& address : addresses) texts.push_back(address.text);
  return array_of(texts);
}

const Address* with_text(const std::vector<Address>& addresses, std::string_view text) {
  const auto found = std::ranges::find(addresses, text, &Address::text);
  return found == addresses.end() ? nullptr : &*found;
}

}  // namespace

Status read_national_forms(PgPool& pg, const std::string& carrier, MoRequest& mo) {
  if (!may_be_national(mo.from) && !may_be_national(mo.to)) return Done{};
  std::vector<std::string> countries =
      texts_of(TRY(pg.query(sql::inbound_countries, carrier, mo.to.text, kCountriesMax)));
  if (may_be_national(mo.to)) {
    const std::vector<Address> numbers = readings(mo.to.text, countries);
    const PgRows known = TRY(pg.query(sql::inbound_known_numbers, texts_of(numbers), carrier));
    if (known.size() > 0)
      mo.to = *with_text(numbers, known.text(0, sql::inbound_known_numbers.number));
  }
  if (!may_be_national(mo.from)) return Done{};
  if (mo.to.is_number()) countries = {mo.to.country};
  const std::vector<Address> senders = readings(mo.from.text, countries);
  if (senders.empty()) return Done{};
  const Address* sender = &senders.front();
  if (senders.size() > 1) {
    const PgRows texted =
        TRY(pg.query(sql::inbound_texted, mo.to.text, array_of(countries), texts_of(senders)));
    if (texted.size() > 0) sender = with_text(senders, texted.text(0, sql::inbound_texted.phone));
  }
  mo.from = *sender;
  return Done{};
}

}  // namespace dundun
