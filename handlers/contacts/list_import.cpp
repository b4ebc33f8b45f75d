#include "handlers/contacts/list_import.h"

#include <algorithm>
#include <charconv>
#include <set>

#include "common/sms/msisdn.h"
#include "sql/contacts.h"

namespace dundun {
namespace {

using Type = PgArray::Type;

constexpr int64_t kBatch = 5000;
constexpr size_t kColumnsMax = 50;
constexpr size_t kFieldBytesMax = 4096;
constexpr size_t kFaultRowsMax = 20;
constexpr char kJoint = '\x1f';  // no text has it

std::array<PgArray, 5> empty_batch() {
  return {PgArray(Type::kText), PgArray(Type::kText), PgArray(Type::kInt2), PgArray(Type::kText),
          PgArray(Type::kText)};
}

PgParam text_array(const std::vector<std::string>& texts) {
  PgArray array(Type::kText);
  for (const std::string& text : texts) array.add(std::string_view(text));
  return array.finish();
}

// Digits with a leading "+". Signs that people write between digits are removed; a leading 00 or a
// missing + is accepted, but not both. A dot is not removed: 254712345678.0, as spreadsheets write
// numbers, would become another person's number.
std::string with_plus(std::string_view text) {
  std::string digits;
  for (const char c : text) {
    if (c >= '0' && c <= '9') {
      digits += c;
    } else if (std::string_view(" -()+/\u00A0").find(c) == std::string_view::npos) {
      return {};
    }
  }
  if (digits.starts_with("00") && text.find('+') == text.npos) digits.erase(0, 2);
  return "+" + digits;
}

uint64_t number_of(std::string_view e164) {
  uint64_t digits = 0;
  std::from_chars(e164.data() + 1, e164.data() + e164.size(), digits);
  return digits;
}

Status check_headers(std::vector<std::string>& headers) {
  std::set<std::string> seen;
  for (std::string& header : headers) {
    const size_t first = header.find_first_not_of(" \t");
    header = first == std::string::npos
                 ? ""
                 : header.substr(first, header.find_last_not_of(" \t") - first + 1);
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

ListImport::ListImport(Pg& pg, int64_t account_id, std::string name, std::vector<std::string> tags)
    : pg_(pg),
      account_id_(account_id),
      name_(std::move(name)),
      tags_(std::move(tags)),
      batch_(empty_batch()) {}

Status ListImport::begin(CsvReader::Row& header) {
  headers_ = header;
  TRY(check_headers(headers_));
  columns_ = find_contact_columns(headers_);
  if (!columns_.phone) {
    return fail(
        ErrorCode::kNoPhoneColumn,
        "No phone column found. Name it phone, phone_number, mobile, msisdn, to or number.");
  }
  const PgRows rows = TRY(pg_.run(sql::create_contact_list,
                                  {account_id_, name_, text_array(headers_), text_array(tags_)}));
  list_id_ = rows.i64(0, 0);
  return Done{};
}

void ListImport::fault(RowFault why) {
  ++faults_[static_cast<size_t>(why)];
  if (fault_rows_.size() < kFaultRowsMax) fault_rows_.push_back(row_);
}

Status ListImport::add(CsvReader::Row& row) {
  if (row.size() > headers_.size()) return fault(RowFault::kTooManyFields), Done{};
  row.resize(headers_.size());
  for (std::string& field : row) {
    if (field.size() > kFieldBytesMax) return fault(RowFault::kTooLong), Done{};
    std::replace(field.begin(), field.end(), kJoint, ' ');
    std::replace(field.begin(), field.end(), '\0', ' ');
  }
  const std::string& written = row[*columns_.phone];
  if (written.empty()) return fault(RowFault::kNoNumber), Done{};
  const Result<Msisdn> phone = Msisdn::parse(with_plus(written));
  if (!phone) {
    const bool national = written.front() == '0' || written.front() == '7';
    return fault(national ? RowFault::kNationalForm : RowFault::kBadNumber), Done{};
  }
  if (!seen_.insert(number_of(phone->e164()))) return ++duplicates_, Done{};
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

bool ListImport::take(CsvReader::Row& row) {
  ++row_;
  Status status = row_ == 1 ? begin(row) : add(row);
  if (!status) error_ = status.error();
  return !error_;
}

Status ListImport::finish() {
  if (error_) return *error_;
  if (list_id_ == 0) return fail(ErrorCode::kEmptyList, "The file is empty.");
  if (imported_ == 0) {
    return fail(ErrorCode::kEmptyList, "None of the rows has a valid international number.");
  }
  TRY(flush());
  TRY(pg_.run(sql::finish_contact_list, {account_id_, list_id_, static_cast<int32_t>(imported_)}));
  return Done{};
}

}  // namespace dundun
