#include "common/inbound/owner.h"

#include "common/inbound/national_form.h"
#include "common/sms/account.h"
#include "sql/inbound.h"

namespace dundun {
namespace {

constexpr int64_t kSharersMax = 500;

NumberOwner owner_of_row(const PgRows& rows, int row) {
  constexpr auto& col = sql::inbound_owners;
  static_assert(begins_with_columns(sql::inbound_sharers, col));
  NumberOwner owner;
  owner.account_id = rows.i64(row, col.account_id);
  owner.environment = Environment(rows.i16(row, col.environment));
  owner.app_id = rows.maybe_text(row, col.app_id).value_or("");
  owner.keyword = rows.text(row, col.keyword);
  owner.auto_reply = rows.maybe_text(row, col.auto_reply);
  owner.confirms = rows.boolean(row, col.confirms);
  owner.tenant_id = rows.text(row, col.tenant_id);
  owner.currency = rows.text(row, col.currency);
  owner.suspended = AccountStatus(rows.i16(row, col.status)) != AccountStatus::kActive;
  return owner;
}

// A text to a shared number names whom it is for: "KIJANI STOP", "stop kijani", "Kijani, when?".
class WishReader {
 public:
  WishReader(const std::vector<OptOutWord>& words, const MoRequest& mo)
      : words_(words),
        country_(mo.from.is_number() ? mo.from.country : mo.to.country),
        folded_(fold_words(mo.text)),
        first_(first_word(folded_)) {}

  // Words that may be the keyword, the likelier first.
  std::vector<std::string> keywords() const {
    std::vector<std::string> keywords{std::string(first_.word)};
    if (wish_of(first_.word) != nullptr) keywords.emplace_back(first_.rest);
    return keywords;
  }

  // What the text asks of whom it found by this keyword (empty: by the number alone).
  const OptOutWord* wish_to(std::string_view keyword) const {
    if (const OptOutWord* whole = wish_of(folded_)) return whole;
    if (keyword.empty()) return nullptr;
    if (keyword == first_.rest) return wish_of(first_.word);
    return keyword == first_.word ? wish_of(first_.rest) : nullptr;
  }

 private:
  const OptOutWord* wish_of(std::string_view folded) const {
    return find_wish(words_, folded, country_);
  }

  const std::vector<OptOutWord>& words_;
  std::string country_;
  std::string folded_;
  FirstWord first_;  // of folded_
};

PgParam texts(const std::vector<std::string>& values) {
  PgArray array(PgArray::Type::kText);
  for (const std::string& value : values) array.add(std::string_view(value));
  return array.finish();
}

}  // namespace

Result<Routed> route_mo(PgPool& pg, const std::vector<OptOutWord>& words,
                        const std::string& carrier, MoRequest& mo) {
  TRY(read_national_forms(pg, carrier, mo));
  const WishReader reader(words, mo);
  const PgParam countries = texts(mo.countries());
  const PgRows rows =
      TRY(pg.query(sql::inbound_owners, mo.to.text, countries, carrier, texts(reader.keywords())));
  Routed routed;
  for (int row = 0; row < rows.size(); ++row) routed.owners.push_back(owner_of_row(rows, row));
  if (!routed.owners.empty()) {
    routed.wish = reader.wish_to(routed.owners.front().keyword);
    return routed;
  }
  routed.wish = reader.wish_to("");
  if (routed.wish == nullptr) return routed;
  // Who asks for help means whoever texted last; a STOP counts for all.
  const bool is_help = routed.wish->wish == OptOutWish::kHelp;
  const PgRows sharers = TRY(pg.query(sql::inbound_sharers, mo.to.text, countries, carrier,
                                      is_help ? int64_t{1} : kSharersMax, mo.from.text));
  for (int row = 0; row < sharers.size(); ++row) {
    routed.owners.push_back(owner_of_row(sharers, row));
  }
  return routed;
}

RecordInbound record_of(const std::string& carrier, const MoRequest& mo, const NumberOwner& owner,
                        const OptOutWord* wish) {
  RecordInbound record{};
  record.account_id = owner.account_id;
  record.environment = owner.environment;
  record.inbound_id = new_uuid7();
  record.tenant_id = owner.tenant_id;
  record.app_id = owner.app_id;
  record.carrier = carrier;
  record.carrier_message_id = mo.carrier_message_id;
  record.from = mo.from.text;
  record.to = mo.to.text;
  record.text = mo.text;
  record.keyword = owner.keyword;
  const bool opts = wish != nullptr && wish->wish != OptOutWish::kHelp;
  record.wish = opts ? wish->wish : OptOutWish::kNone;
  record.auto_reply = mo.auto_reply;
  return record;
}

}  // namespace dundun
