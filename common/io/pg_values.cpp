// PostgreSQL's binary formats: big-endian integers, microseconds and days since 2000.
#include <array>
#include <bit>
#include <cstdio>
#include <cstdlib>
#include <cstring>

#include "common/io/pg_link.h"

namespace dundun {

namespace {

constexpr Oid kJsonb = 3802;

template <class T>
T swap_bytes(T value) {
  auto bytes = std::bit_cast<std::array<uint8_t, sizeof(T)>>(value);
  for (size_t i = 0; i < sizeof(T) / 2; ++i) std::swap(bytes[i], bytes[sizeof(T) - 1 - i]);
  return std::bit_cast<T>(bytes);
}

template <class T>
T big_endian(T value) {
  return std::endian::native == std::endian::big ? value : swap_bytes(value);
}

template <class T>
std::string packed(T value) {
  const T swapped = big_endian(value);
  return {reinterpret_cast<const char*>(&swapped), sizeof swapped};
}

template <class T>
T unpacked(const char* data) {
  T value;
  std::memcpy(&value, data, sizeof value);
  return big_endian(value);
}

int64_t postgres_micros(Instant at) { return unix_micros(at) - kPostgresEpochMicros; }

int32_t postgres_day(Instant at) {
  const auto epoch = Instant(std::chrono::microseconds(kPostgresEpochMicros));
  return static_cast<int32_t>(std::chrono::floor<std::chrono::days>(at - epoch).count());
}

std::string uuid_bytes(const Uuid& id) {
  return {reinterpret_cast<const char*>(id.bytes.data()), id.bytes.size()};
}

// Reading a column as another type than it has is a mistake in a statement or its reader.
[[noreturn]] void wrong_type(const char* wanted, int column) {
  fprintf(stderr, "PgRows: column %d is no %s\n", column, wanted);
  abort();
}

}  // namespace

PgParam::PgParam(int16_t value) : bytes_(packed(value)) {}
PgParam::PgParam(int32_t value) : bytes_(packed(value)) {}
PgParam::PgParam(int64_t value) : bytes_(packed(value)) {}
PgParam::PgParam(bool value) : bytes_(1, value ? '\1' : '\0') {}
PgParam::PgParam(const Uuid& id) : bytes_(uuid_bytes(id)) {}
PgParam::PgParam(Instant at) : bytes_(packed(postgres_micros(at))) {}

PgArray::PgArray(Type type) : type_(type) {}

void PgArray::raw(const void* data, size_t size) {
  data_ += packed(static_cast<int32_t>(size));
  data_.append(static_cast<const char*>(data), size);
  ++count_;
}

namespace {

// One value in the width of the array's element type.
std::string integer_bytes(PgArray::Type type, int64_t value) {
  switch (type) {
    case PgArray::Type::kInt2:
      return packed(static_cast<int16_t>(value));
    case PgArray::Type::kInt4:
      return packed(static_cast<int32_t>(value));
    case PgArray::Type::kInt8:
      return packed(value);
    default:
      fprintf(stderr, "PgArray: integer in an array of type %u\n", static_cast<unsigned>(type));
      abort();
  }
}

}  // namespace

void PgArray::add(int16_t value) { add(static_cast<int64_t>(value)); }
void PgArray::add(int32_t value) { add(static_cast<int64_t>(value)); }
void PgArray::add(int64_t value) {
  const std::string bytes = integer_bytes(type_, value);
  raw(bytes.data(), bytes.size());
}
void PgArray::add(bool value) {
  const char byte = value ? '\1' : '\0';
  raw(&byte, 1);
}
void PgArray::add(std::string_view bytes) { raw(bytes.data(), bytes.size()); }
void PgArray::add(const Uuid& id) { raw(id.bytes.data(), id.bytes.size()); }
void PgArray::add(Instant at) {
  const int64_t micros = big_endian(postgres_micros(at));
  raw(&micros, sizeof micros);
}
void PgArray::add_date(Instant at) {
  const int32_t day = big_endian(postgres_day(at));
  raw(&day, sizeof day);
}
void PgArray::add_null() {
  data_ += packed(int32_t{-1});
  has_null_ = true;
  ++count_;
}

PgParam PgArray::finish() const {
  std::string bytes;
  bytes.reserve(20 + data_.size());
  bytes += packed(int32_t{count_ == 0 ? 0 : 1});  // dimensions
  bytes += packed(int32_t{has_null_ ? 1 : 0});
  bytes += packed(static_cast<uint32_t>(type_));
  if (count_ > 0) {
    bytes += packed(count_);
    bytes += packed(int32_t{1});  // lower bound
    bytes += data_;
  }
  return PgParam(std::string_view(bytes));
}

int PgRows::size() const { return PQntuples(result_.get()); }

int64_t PgRows::affected() const {
  const char* count = result_ ? PQcmdTuples(result_.get()) : "";
  return *count == '\0' ? 0 : std::strtoll(count, nullptr, 10);
}

bool PgRows::is_null(int row, int column) const {
  return PQgetisnull(result_.get(), row, column) == 1;
}

int64_t PgRows::i64(int row, int column) const {
  if (is_null(row, column)) return 0;
  const char* const data = PQgetvalue(result_.get(), row, column);
  switch (PQgetlength(result_.get(), row, column)) {
    case 2:
      return unpacked<int16_t>(data);
    case 4:
      return unpacked<int32_t>(data);
    case 8:
      return unpacked<int64_t>(data);
    default:
      wrong_type("integer", column);
  }
}

int32_t PgRows::i32(int row, int column) const {
  const int64_t value = i64(row, column);
  if (value != static_cast<int32_t>(value)) wrong_type("int4", column);
  return static_cast<int32_t>(value);
}

int16_t PgRows::i16(int row, int column) const {
  const int64_t value = i64(row, column);
  if (value != static_cast<int16_t>(value)) wrong_type("int2", column);
  return static_cast<int16_t>(value);
}

bool PgRows::boolean(int row, int column) const {
  if (is_null(row, column)) return false;
  if (PQgetlength(result_.get(), row, column) != 1) wrong_type("bool", column);
  return *PQgetvalue(result_.get(), row, column) != '\0';
}

std::string_view PgRows::text(int row, int column) const {
  if (is_null(row, column)) return {};
  std::string_view bytes(PQgetvalue(result_.get(), row, column),
                         static_cast<size_t>(PQgetlength(result_.get(), row, column)));
  // jsonb's binary form is a version byte, then the text.
  if (PQftype(result_.get(), column) == kJsonb && !bytes.empty()) bytes.remove_prefix(1);
  return bytes;
}

Uuid PgRows::uuid(int row, int column) const {
  Uuid id;
  if (is_null(row, column)) return id;
  const std::string_view bytes = text(row, column);
  if (bytes.size() != id.bytes.size()) wrong_type("uuid", column);
  std::memcpy(id.bytes.data(), bytes.data(), bytes.size());
  return id;
}

Instant PgRows::instant(int row, int column) const {
  if (is_null(row, column)) return {};
  if (PQgetlength(result_.get(), row, column) != 8) wrong_type("timestamptz", column);
  const int64_t micros = unpacked<int64_t>(PQgetvalue(result_.get(), row, column));
  return Instant(std::chrono::microseconds(micros + kPostgresEpochMicros));
}

std::string PgRows::date(int row, int column) const {
  if (is_null(row, column)) return {};
  if (PQgetlength(result_.get(), row, column) != 4) wrong_type("date", column);
  const int32_t days = unpacked<int32_t>(PQgetvalue(result_.get(), row, column));
  const std::chrono::sys_days epoch = std::chrono::year{2000} / 1 / 1;
  const std::chrono::year_month_day day{epoch + std::chrono::days(days)};
  std::array<char, 32> out;
  const int size = snprintf(out.data(), out.size(), "%04d-%02u-%02u", int{day.year()},
                            unsigned{day.month()}, unsigned{day.day()});
  return {out.data(), static_cast<size_t>(size)};
}

std::vector<std::string> PgRows::text_array(int row, int column) const {
  // dimensions, has-null flag, element type, then per dimension its size and lower bound
  std::vector<std::string> items;
  std::string_view bytes = text(row, column);
  const auto next = [&bytes, column] {
    if (bytes.size() < 4) wrong_type("text[]", column);
    const int32_t value = unpacked<int32_t>(bytes.data());
    bytes.remove_prefix(4);
    return value;
  };
  if (is_null(row, column) || next() == 0) return items;
  next();
  next();
  const int32_t count = next();
  next();
  for (int32_t i = 0; i < count; ++i) {
    const int32_t size = next();
    if (size < 0) {  // a null element reads as ""
      items.emplace_back();
      continue;
    }
    if (static_cast<size_t>(size) > bytes.size()) wrong_type("text[]", column);
    items.emplace_back(bytes.substr(0, static_cast<size_t>(size)));
    bytes.remove_prefix(static_cast<size_t>(size));
  }
  return items;
}

std::optional<std::string> PgRows::maybe_text(int row, int column) const {
  if (is_null(row, column)) return std::nullopt;
  return std::string(text(row, column));
}

std::optional<Instant> PgRows::maybe_instant(int row, int column) const {
  if (is_null(row, column)) return std::nullopt;
  return instant(row, column);
}

}  // namespace dundun
