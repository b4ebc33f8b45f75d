#include "handlers/messages/list_query.h"

#include "common/io/pg.h"
#include "common/web/paging.h"
#include "sql/messages.h"

namespace dundun {
namespace {

constexpr int16_t kStatusCount = 9;  // statuses are numbered from 1

PgParam statuses_param(const ListFilter& filter) {
  PgArray statuses(PgArray::Type::kInt2);
  for (int16_t status = 1; status <= kStatusCount; ++status) {
    const bool by_word = !filter.words.empty() && MessageStatus(status) == MessageStatus::kFailed;
    if (!filter.status || MessageStatus(status) == *filter.status || by_word) statuses.add(status);
  }
  return statuses.finish();
}

PgParam words_param(const ListFilter& filter) {
  if (filter.words.empty()) return PgParam(nullptr);
  PgArray words(PgArray::Type::kText);
  for (const std::string_view word : filter.words) words.add(word);
  return words.finish();
}

const Statement& page_shape(const ListFilter& filter) {
  if (filter.phone) return sql::messages_page_of_phone;
  if (filter.batch) return sql::messages_page_of_batch;
  if (filter.status == MessageStatus::kFailed) return sql::messages_page_failed;
  return sql::messages_page;
}

const Statement& count_shape(const ListFilter& filter) {
  if (filter.phone) return sql::messages_count_of_phone;
  if (filter.batch) return sql::messages_count_of_batch;
  return sql::messages_count;
}

// The parameters that the statements have in common: all up to the limit.
std::vector<PgParam> params_of(const ListFilter& filter, int64_t account_id, const IdRange& range) {
  std::vector<PgParam> params{PgParam(account_id),    environments_param(filter.environments),
                              PgParam(range.from),    PgParam(range.to),
                              statuses_param(filter), words_param(filter)};
  if (filter.phone) {
    params.emplace_back(*filter.phone);
    params.emplace_back(filter.batch);
  } else if (filter.batch) {
    params.emplace_back(*filter.batch);
  }
  return params;
}

}  // namespace

PgParam status_param(const ListFilter& filter) {
  return filter.status ? PgParam(static_cast<int16_t>(*filter.status)) : PgParam(nullptr);
}

ListQuery page_query(const ListFilter& filter, int64_t account_id, const IdRange& range,
                     int64_t limit, int64_t offset) {
  ListQuery query{page_shape(filter), params_of(filter, account_id, range)};
  query.params.emplace_back(limit);
  query.params.emplace_back(offset);
  return query;
}

ListQuery count_query(const ListFilter& filter, int64_t account_id, const IdRange& range,
                      int64_t count_max) {
  ListQuery query{count_shape(filter), params_of(filter, account_id, range)};
  query.params.emplace_back(count_max);
  return query;
}

}  // namespace dundun
