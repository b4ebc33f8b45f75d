#include "common/web/inbound_rules.h"

#include "sql/inbound.h"

namespace dundun {

Result<InboundRules> load_inbound_rules(PgPool& pool) {
  InboundRules rules;
  const PgRows secrets = TRY(pool.run(sql::snapshot_carriers, {}));
  for (int row = 0; row < secrets.size(); ++row) {
    rules.carriers[std::string(secrets.text(row, 0))].emplace_back(secrets.text(row, 1));
  }
  const PgRows described = TRY(pool.run(sql::snapshot_http_carriers, {}));
  for (int row = 0; row < described.size(); ++row) {
    rules.http_carriers.emplace(described.text(row, 0), described.text(row, 1));
  }
  const PgRows words = TRY(pool.run(sql::snapshot_opt_out_words, {}));
  for (int row = 0; row < words.size(); ++row) {
    rules.words.push_back({std::string(words.text(row, 0)), OptOutWish(words.i16(row, 1)),
                           std::string(words.text(row, 2)), words.text_array(row, 3),
                           words.boolean(row, 4)});
  }
  const PgRows answers = TRY(pool.run(sql::snapshot_opt_out_answers, {}));
  for (int row = 0; row < answers.size(); ++row) {
    const std::pair key{std::string(answers.text(row, 0)), OptOutWish(answers.i16(row, 1))};
    rules.answers[key] = answers.text(row, 2);
  }
  return rules;
}

}  // namespace dundun
