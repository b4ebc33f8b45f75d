// CSV of arbitrary bytes, fed in one piece and in two: the same rows.
#include "common/io/csv.h"

#include <cstdint>
#include <cstdlib>

namespace {

using Rows = std::vector<std::vector<std::string>>;

Rows read(std::string_view text, size_t cut) {
  Rows rows;
  dundun::CsvReader reader(dundun::csv_separator(text), [&rows](dundun::CsvReader::Row& row) {
    rows.push_back(row);
    return true;
  });
  if (reader.feed(text.substr(0, cut)) && reader.feed(text.substr(cut))) (void)reader.finish();
  // What is refused may have handed out rows of the first piece.
  if (reader.fault()) rows.clear();
  return rows;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size == 0) return 0;
  const std::string_view text(reinterpret_cast<const char*>(data + 1), size - 1);
  if (read(text, text.size()) != read(text, data[0] % (text.size() + 1))) std::abort();
  return 0;
}
