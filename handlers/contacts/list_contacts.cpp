// GET /contact-lists/{id}/contacts.
#include <limits>

#include "common/campaign/contact_pages.h"
#include "common/io/pg.h"
#include "common/web/paging.h"
#include "handlers/contacts/endpoints.h"
#include "handlers/contacts/list_json.h"
#include "sql/contacts.h"

namespace dundun {
namespace {

constexpr int64_t kPageDefault = 50;

void write_contact(JsonWriter& json, const PgRows& rows, int row,
                   const std::vector<std::string>& headers) {
  constexpr auto& col = sql::contacts_page;
  const std::vector<std::string> values = rows.text_array(row, col.data);
  json.begin_object()
      .member("id", rows.i64(row, col.contact_id))
      .member("phone", rows.text(row, col.phone))
      .member("name", rows.text(row, col.name))
      .key("data")
      .begin_object();
  for (size_t i = 0; i < headers.size() && i < values.size(); ++i) {
    if (headers[i].empty()) continue;  // a column without a name: nothing can ask for it
    json.key(headers[i]).value(std::string_view(values[i]));
  }
  json.end_object().end_object();
}

}  // namespace

Result<Response> list_contacts(Context& context) {
  const std::optional<int64_t> id = parse_id(context.request.parameters.at(0));
  if (!id) return fail(ErrorCode::kNotFound, "Contact list not found");
  const Paging paging = TRY(parse_paging(context.request, kPageDefault));
  const std::optional<int64_t> after =
      TRY(query_integer(context.request, "after", 0, std::numeric_limits<int64_t>::max()));
  const int64_t account = context.caller.account_id;
  const PgRows list = TRY(
      context.services.pg.query(sql::contact_list_by_id, account, *id, context.caller.environment));
  if (list.size() == 0) return fail(ErrorCode::kNotFound, "Contact list not found");
  const PgRows rows = TRY(context.services.pg.query(sql::contacts_page, account, *id,
                                                    after.value_or(paging.offset()), paging.limit));
  const std::vector<std::string> headers = headers_of(list, 0, sql::contact_list_by_id).data;
  JsonWriter json;
  json.begin_object().key("contacts").begin_array();
  for (int row = 0; row < rows.size(); ++row) write_contact(json, rows, row, headers);
  json.end_array().member("total", list.i64(0, sql::contact_list_by_id.count)).end_object();
  return Response::json(json.take());
}

}  // namespace dundun
