// Imports a CSV into a contact list: takes rows, writes contacts in batches, all in the caller's
// transaction.
#pragma once

#include <array>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "common/base/number_set.h"
#include "common/io/csv.h"
#include "common/io/pg.h"
#include "common/sms/contact_columns.h"
#include "common/sms/environment.h"

namespace dundun {

inline constexpr int64_t kContactsMax = 500'000;

// A row that became no contact.
struct RowFault {
  int64_t row;              // the header is row 1
  int64_t line;             // of the file: a field may hold line ends, and blank lines are no rows
  std::string_view reason;  // no_number, too_many_fields, field_too_long, or a number_fault_name()
  std::string value;        // that of the phone column
  std::string message;      // what is wrong, and what to do
};

class ListImport {
 public:
  // phone_column: the header of the phone's column; empty: it is found by itself.
  ListImport(Pg& pg, int64_t account_id, Environment environment, std::string name,
             std::vector<std::string> tags, std::string phone_column);

  // `line`: where the row begins in the file. False: the import cannot go on; error() says why.
  bool take(CsvReader::Row& row, int64_t line);
  // Writes the rest. kEmptyList if there is no contact.
  Status finish();
  const std::optional<Error>& error() const { return error_; }

  int64_t list_id() const { return list_id_; }
  int64_t imported() const { return imported_; }
  int64_t duplicates() const { return duplicates_; }
  const std::map<std::string_view, int64_t>& fault_counts() const { return fault_counts_; }
  const std::vector<RowFault>& first_faults() const { return first_faults_; }  // 20 of them
  const std::vector<std::string>& columns() const { return headers_; }
  const ContactColumns& places() const { return columns_; }  // in columns()

 private:
  Error no_phone_column() const;
  Status begin(CsvReader::Row& header);
  Status add(CsvReader::Row& row);
  // For the list's row: what a campaign with this list says of them.
  void note_no_number(std::string_view written);
  void fault(std::string_view reason, std::string message, std::string_view value = {});
  Status flush();

  Pg& pg_;
  int64_t account_id_;
  Environment environment_;
  std::string name_;
  std::vector<std::string> tags_;
  std::string phone_column_;
  std::vector<std::string> headers_;
  ContactColumns columns_;
  int64_t list_id_ = 0;  // 0: there was no header yet
  int64_t row_ = 0;      // the header is row 1
  int64_t line_ = 0;     // where it begins
  int64_t imported_ = 0;
  int64_t written_ = 0;
  int64_t duplicates_ = 0;
  std::map<std::string_view, int64_t> fault_counts_;  // by reason
  std::vector<RowFault> first_faults_;
  int64_t no_numbers_ = 0;                 // rows with something that is no number
  std::vector<std::string> fault_sample_;  // some of it
  NumberSet seen_;
  std::optional<Error> error_;
  std::optional<std::array<PgArray, 5>> batch_;
};

}  // namespace dundun
