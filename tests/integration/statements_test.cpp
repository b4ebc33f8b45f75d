// Every statement of sql/statements on a migrated database: it prepares, and it runs with either
// kind of plan. A PostgreSQL that is distributed by account needs the custom one (PLAN_CACHE_MODE).
#include "sql/statements.h"

#include <gtest/gtest.h>
#include <libpq-fe.h>

#include <map>

#include "tests/support/seed.h"
#include "tests/support/stack.h"
#include "tests/support/text.h"

namespace dundun {
namespace statements_test {

// A value of a parameter's type, as it stands in EXECUTE.
std::string sample(std::string type) {
  static const std::map<std::string, std::string, std::less<>> kSamples{
      {"smallint", "1"},
      {"integer", "1"},
      {"bigint", "1"},
      {"text", "'x'"},
      {"boolean", "true"},
      {"bytea", "'x'"},
      {"date", "current_date"},
      {"jsonb", "'{}'"},
      {"uuid", "gen_random_uuid()"},
      {"timestamp with time zone", "now()"},
      {"time without time zone", "'09:00'"},
      {"inet", "'127.0.0.1'"}};
  const bool is_array = type.ends_with("[]");
  if (is_array) type.resize(type.size() - 2);
  const auto found = kSamples.find(type);
  EXPECT_NE(found, kSamples.end()) << type;
  const std::string value = found == kSamples.end() ? "null" : found->second;
  return is_array ? "array[" + value + "]::" + type + "[]" : value;
}

std::string execution(Pg& db, const std::string& name) {
  const PgRows types =
      sql_of_test(db,
                  "select t.type::text from pg_prepared_statements p, unnest(p.parameter_types)"
                  " with ordinality as t (type, place) where p.name = '" +
                      name + "' order by t.place");
  std::string values;
  for (int row = 0; row < types.size(); ++row) {
    values += (row > 0 ? ", " : "") + sample(std::string(types.text(row, 0)));
  }
  return "execute " + name + (values.empty() ? "" : "(" + values + ")");
}

// Values may be refused (a constraint, a text that is no time), the statement may not.
bool refuses_values(const std::string& detail) {
  const bool broken_value = detail.starts_with("22") || detail.starts_with("23");
  return broken_value || detail.starts_with("P0001");
}

class StatementsTest : public testing::TestWithParam<const char*> {};

TEST_P(StatementsTest, EveryStatementPreparesAndRuns) {
  Pg db({.url = Stack::shared().fresh_database(), .generic_plans = false});
  sql_of_test(db, std::string("set plan_cache_mode = ") + GetParam());
  int ran = 0, refused = 0;
  for (const Statement* statement : sql::all) {
    const std::string name = statement->name;
    sql_of_test(db, "prepare " + name + " as " + statement->text);
    EXPECT_EQ(number_of(db,
                        "select cardinality(parameter_types) from pg_prepared_statements"
                        " where name = '" +
                            name + "'"),
              statement->params)
        << name;
    const std::string text = execution(db, name);
    const std::string run = "run_" + name;
    const Statement execute{run.c_str(), text.c_str(), 0};
    ASSERT_TRUE(db.run(kPgBegin, {}).has_value());
    const auto rows = db.run(execute, {});
    if (rows) {
      ++ran;
    } else if (refuses_values(rows.error().detail)) {
      ++refused;
    } else {
      ADD_FAILURE() << name << ": " << rows.error().detail;
    }
    db.rollback();
  }
  std::printf("%s: %d statements ran, of %d the values were refused\n", GetParam(), ran, refused);
  EXPECT_LT(refused, ran / 10);
}

INSTANTIATE_TEST_SUITE_P(Plans, StatementsTest,
                         testing::Values("force_generic_plan", "force_custom_plan"),
                         [](const auto& mode) { return std::string(mode.param); });

// What C++ knows of a statement's columns, and PostgreSQL's own word when it has prepared it.
TEST(StatementColumnsTest, AreThoseThatPostgresqlSees) {
  const std::unique_ptr<PGconn, void (*)(PGconn*)> db(
      PQconnectdb(Stack::shared().fresh_database().c_str()), PQfinish);
  ASSERT_EQ(PQstatus(db.get()), CONNECTION_OK) << PQerrorMessage(db.get());
  const auto good = [&](PGresult* result) {
    EXPECT_EQ(PQresultStatus(result), PGRES_COMMAND_OK) << PQresultErrorMessage(result);
    return std::unique_ptr<PGresult, void (*)(PGresult*)>(result, PQclear);
  };
  for (const Statement* statement : sql::all) {
    good(PQprepare(db.get(), statement->name, statement->text, 0, nullptr));
    const auto seen = good(PQdescribePrepared(db.get(), statement->name));
    std::string columns;
    for (int i = 0; i < PQnfields(seen.get()); ++i) {
      columns += (i == 0 ? "" : ", ") + std::string(PQfname(seen.get(), i));
    }
    const bool needs_no_name = PQnfields(seen.get()) == 1 && *statement->columns == '\0';
    if (needs_no_name) continue;
    EXPECT_EQ(columns, statement->columns) << statement->name;
  }
}

}  // namespace statements_test
}  // namespace dundun
