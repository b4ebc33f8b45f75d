#include "handlers/contacts/list_import.h"

#include <algorithm>
#include <set>

#include "common/base/json_text.h"
#include "common/sms/characters.h"
#include "common/sms/encoding.h"
#include "common/sms/msisdn.h"
#include "common/web/message_json.h"
#include "common/web/text_fields.h"
#include "sql/contacts.h"

namespace dundun {
namespace {

using Type = PgArray::Type;

constexpr int64_t kBatch = 5000;
constexpr size_t kColumnsMax = 50;
constexpr size_t kFieldBytesMax = 4096;
constexpr size_t kFaultRowsMax = 20;
constexpr size_t kFaultSampleMax = 10;
constexpr size_t kSampledCharactersMax = 40;
constexpr char kJoint = '\x1f';  // no text has it

std::array<PgArray, 5> empty_batch() {
  return {PgArray(Type::kText), PgArray(Type::kText), PgArray(Type::kInt2), PgArray(Type::kText),
          PgArray(Type::kText)};
}

// Without blanks, and marks of byte order and direction, at both ends.
std::string visible_part(std::string_view text) {
  size_t first = text.size(), end = 0;
  for (size_t at = 0; at < text.size();) {
    const size_t start = at;
    const std::optional<char32_t> c = next_code_point(text, at);
    if (c && (is_space(*c) || is_invisible(*c))) continue;
    if (!c) return std::string(text);
    first = std::min(first, start);
    end = at;
  }
  return std::string(text.substr(first, end - first));
}

// Spreadsheets fill rows up with empty fields: they are nothing, and nor is a row of them.
void drop_empty_end(CsvReader::Row& row, size_t least) {
  while (row.size() > least && is_blank(row.back())) row.pop_back();
}

Status check_headers(std::vector<std::string>& headers) {
  std::set<std::string> seen;
  for (std::string& header : headers) {
    header = is_blank(header) ? "" : visible_part(header);
    if (!header.empty() && !seen.insert(header).second) {
      return fail(ErrorCode::kInvalidCsv, "Column '" + header + "' appears twice.");
    }
  }
  if (headers.size() > kColumnsMax) {
    return fail(ErrorCode::kInvalidCsv, "The file has more than 50 columns.");
  }
  return Done{};
}

}  // namespace

ListImport::ListImport(Pg& pg, int64_t account_id, Environment environment, std::string name,
                       std::vector<std::string> tags, std::string phone_column)
    : pg_(pg),
      account_id_(account_id),
      environment_(environment),
      name_(std::move(name)),
      tags_(std::move(tags)),
      phone_column_(std::move(phone_column)),
      batch_(empty_batch()) {}

Error ListImport::no_phone_column() const {
  const std::string seen = " The file's columns: " + named_columns(headers_) + ".";
  if (!phone_column_.empty()) {
    return fail(ErrorCode::kNoPhoneColumn, "No column has the name in phone_column." + seen);
  }
  return fail(ErrorCode::kNoPhoneColumn,
              "No phone column found. Name it phone, phone_number, mobile, msisdn, to or number, "
              "or say which it is in the field phone_column." +
                  seen);
}

Status ListImport::begin(CsvReader::Row& header) {
  headers_ = header;
  TRY(check_headers(headers_));
  columns_ = find_contact_columns(headers_, phone_column_);
  if (!columns_.phone) return no_phone_column();
  const auto place = [](std::optional<size_t> at) {
    return at ? std::optional(static_cast<int16_t>(*at)) : std::nullopt;
  };
  const PgRows rows = TRY(pg_.run(sql::create_contact_list,
                                  {account_id_, name_, text_array(headers_), text_array(tags_),
                                   place(columns_.phone), place(columns_.name), environment_}));
  list_id_ = rows.i64(0, sql::create_contact_list.list_id);
  return Done{};
}

void ListImport::fault(std::string_view reason, std::string message, std::string_view value) {
  constexpr size_t kShownBytesMax = 60;
  ++fault_counts_[reason];
  if (first_faults_.size() == kFaultRowsMax) return;
  std::string shown(value.substr(0, kShownBytesMax));
  while (!is_utf8(shown)) shown.pop_back();
  first_faults_.push_back({row_, line_, reason, std::move(shown), std::move(message)});
}

void ListImport::note_no_number(std::string_view written) {
  ++no_numbers_;
  if (fault_sample_.size() < kFaultSampleMax) {
    fault_sample_.emplace_back(cut_text(written, kSampledCharactersMax));
  }
}

Status ListImport::add(CsvReader::Row& row) {
  drop_empty_end(row, headers_.size());
  if (row.size() > headers_.size()) {
    return fault("too_many_fields", "The row has more fields than the header."), Done{};
  }
  row.resize(headers_.size());
  for (std::string& field : row) {
    if (field.size() > kFieldBytesMax) {
      return fault("field_too_long", "A field has more than 4096 bytes."), Done{};
    }
    std::replace(field.begin(), field.end(), kJoint, ' ');
    std::replace(field.begin(), field.end(), '\0', ' ');
  }
  const std::string& written = row[*columns_.phone];
  if (is_blank(written)) {
    return fault("no_number", "The row has nothing in the phone column."), Done{};
  }
  const Result<Msisdn> phone = Msisdn::parse(written);
  if (!phone) {
    note_no_number(written);
    const std::string_view reason = number_fault_name(*number_fault(written));
    return fault(reason, phone.error().message, written), Done{};
  }
  if (!seen_.insert(number_of_e164(phone->e164()))) return ++duplicates_, Done{};
  if (++imported_ > kContactsMax) {
    return fail(ErrorCode::kFileTooLarge, "A list holds at most 500,000 contacts.");
  }
  std::string joined;
  for (size_t i = 0; i < columns_.others.size(); ++i) {
    if (i > 0) joined += kJoint;
    joined += row[columns_.others[i]];
  }
  (*batch_)[0].add(std::string_view(phone->e164()));
  (*batch_)[1].add(std::string_view(phone->country()));
  (*batch_)[2].add(static_cast<int16_t>(phone->line()));
  (*batch_)[3].add(columns_.name ? std::string_view(row[*columns_.name]) : std::string_view());
  (*batch_)[4].add(std::string_view(joined));
  return imported_ - written_ == kBatch ? flush() : Status(Done{});
}

Status ListImport::flush() {
  if (imported_ == written_) return Done{};
  std::array<PgArray, 5>& b = *batch_;
  TRY(pg_.run(sql::insert_contacts, {account_id_, list_id_, written_ + 1, b[0].finish(),
                                     b[1].finish(), b[2].finish(), b[3].finish(), b[4].finish()}));
  written_ = imported_;
  batch_ = empty_batch();
  return Done{};
}

bool ListImport::take(CsvReader::Row& row, int64_t line) {
  const bool is_empty = std::ranges::all_of(row, is_blank);
  if (is_empty && row_ == 0) return true;
  ++row_;
  line_ = line;
  if (is_empty) return true;
  Status status = row_ == 1 ? begin(row) : add(row);
  if (!status) error_ = status.error();
  return !error_;
}

Status ListImport::finish() {
  if (error_) return *error_;
  if (list_id_ == 0) return fail(ErrorCode::kEmptyList, "The file is empty.");
  if (imported_ == 0) {
    std::string why = "None of the rows has a valid international number.";
    if (!first_faults_.empty()) {
      const RowFault& first = first_faults_.front();
      why += " Line " + std::to_string(first.line) + ": " + first.message;
    }
    return fail(ErrorCode::kEmptyList, std::move(why));
  }
  TRY(flush());
  TRY(pg_.run(sql::finish_contact_list,
              {account_id_, list_id_, static_cast<int32_t>(imported_),
               static_cast<int32_t>(no_numbers_), text_array(fault_sample_)}));
  return Done{};
}

}  // namespace dundun
