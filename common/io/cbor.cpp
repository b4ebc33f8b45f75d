#include "common/io/cbor.h"

#include <cbor.h>

#include <algorithm>
#include <limits>
#include <utility>

namespace dundun {
namespace {

// What libcbor tells of a document, put together.
class Builder {
 public:
  bool done() const { return done_; }
  const char* wrong() const { return wrong_; }
  CborValue take() { return std::move(root_); }

  void refuse(const char* why) {
    if (wrong_ == nullptr) wrong_ = why;
  }

  void add(CborValue value) {
    if (++items_ > kCborItemsMax) return refuse("has too many items");
    place(std::move(value));
  }

  // Of so many items; a map has two for each of its pairs.
  void open(CborValue::Kind kind, size_t count) {
    CborValue value;
    value.kind = kind;
    if (count > kCborItemsMax) return refuse("has too many items");
    if (count == 0) return add(std::move(value));
    if (++items_ > kCborItemsMax) return refuse("has too many items");
    if (open_.size() == kCborDepthMax) return refuse("is too deep");
    open_.push_back({std::move(value), kind == CborValue::Kind::kMap ? 2 * count : count});
  }

 private:
  struct Open {
    CborValue value;
    size_t left;
  };

  void place(CborValue value) {
    while (!open_.empty()) {
      Open& top = open_.back();
      top.value.items.push_back(std::move(value));
      if (--top.left > 0) return;
      value = std::move(top.value);
      open_.pop_back();
      if (value.kind == CborValue::Kind::kMap && has_key_twice(value)) {
        return refuse("has a key twice");
      }
    }
    root_ = std::move(value);
    done_ = true;
  }

  static bool has_key_twice(const CborValue& map) {
    for (size_t one = 0; one < map.items.size(); one += 2) {
      for (size_t other = 0; other < one; other += 2) {
        const CborValue &a = map.items[one], &b = map.items[other];
        if (a.kind == b.kind && a.integer == b.integer && a.text == b.text) return true;
      }
    }
    return false;
  }

  std::vector<Open> open_;
  CborValue root_;
  size_t items_ = 0;
  bool done_ = false;
  const char* wrong_ = nullptr;
};

Builder& builder(void* context) { return *static_cast<Builder*>(context); }

void add_number(void* context, uint64_t number, bool negative) {
  if (number > static_cast<uint64_t>(std::numeric_limits<int64_t>::max())) {
    return builder(context).refuse("has a number that is too large");
  }
  CborValue value;
  value.kind = CborValue::Kind::kInteger;
  value.integer = static_cast<int64_t>(number);
  if (negative) value.integer = -1 - value.integer;  // RFC 8949 section 3.1, major type 1
  builder(context).add(std::move(value));
}

template <class Number, bool kNegative>
void on_number(void* context, Number number) {
  add_number(context, number, kNegative);
}

template <CborValue::Kind kKind>
void on_string(void* context, cbor_data data, size_t size) {
  CborValue value;
  value.kind = kKind;
  value.text.assign(reinterpret_cast<const char*>(data), size);
  builder(context).add(std::move(value));
}

template <CborValue::Kind kKind>
void on_collection(void* context, size_t count) {
  builder(context).open(kKind, count);
}

void on_bool(void* context, bool flag) {
  CborValue value;
  value.kind = CborValue::Kind::kBool;
  value.integer = flag ? 1 : 0;
  builder(context).add(std::move(value));
}

void on_indefinite(void* context) { builder(context).refuse("has an indefinite length"); }
void on_unknown(void* context) { builder(context).refuse("has an item of an unknown kind"); }
void on_tag(void* context, uint64_t) { on_unknown(context); }
void on_float(void* context, float) { on_unknown(context); }
void on_double(void* context, double) { on_unknown(context); }

cbor_callbacks make_callbacks() {
  cbor_callbacks calls = cbor_empty_callbacks;
  calls.uint8 = on_number<uint8_t, false>;
  calls.uint16 = on_number<uint16_t, false>;
  calls.uint32 = on_number<uint32_t, false>;
  calls.uint64 = on_number<uint64_t, false>;
  calls.negint8 = on_number<uint8_t, true>;
  calls.negint16 = on_number<uint16_t, true>;
  calls.negint32 = on_number<uint32_t, true>;
  calls.negint64 = on_number<uint64_t, true>;
  calls.byte_string = on_string<CborValue::Kind::kBytes>;
  calls.string = on_string<CborValue::Kind::kText>;
  calls.array_start = on_collection<CborValue::Kind::kArray>;
  calls.map_start = on_collection<CborValue::Kind::kMap>;
  calls.boolean = on_bool;
  calls.null = [](void* context) { builder(context).add(CborValue()); };
  calls.byte_string_start = on_indefinite;
  calls.string_start = on_indefinite;
  calls.indef_array_start = on_indefinite;
  calls.indef_map_start = on_indefinite;
  calls.indef_break = on_indefinite;
  calls.tag = on_tag;
  calls.undefined = on_unknown;
  calls.float2 = on_float;
  calls.float4 = on_float;
  calls.float8 = on_double;
  return calls;
}

const std::string* as_bytes(const CborValue* value) {
  return value != nullptr && value->kind == CborValue::Kind::kBytes ? &value->text : nullptr;
}

const CborValue* find_where(const CborValue& map, auto&& is_key) {
  if (map.kind != CborValue::Kind::kMap) return nullptr;
  for (size_t at = 0; at + 1 < map.items.size(); at += 2) {
    if (is_key(map.items[at])) return &map.items[at + 1];
  }
  return nullptr;
}

}  // namespace

const CborValue* CborValue::find(int64_t key) const {
  return find_where(*this, [&](const CborValue& name) {
    return name.kind == Kind::kInteger && name.integer == key;
  });
}

const CborValue* CborValue::find(std::string_view key) const {
  return find_where(
      *this, [&](const CborValue& name) { return name.kind == Kind::kText && name.text == key; });
}

const std::string* CborValue::bytes(int64_t key) const { return as_bytes(find(key)); }
const std::string* CborValue::bytes(std::string_view key) const { return as_bytes(find(key)); }

Result<CborRead> read_cbor(std::string_view bytes) {
  static const cbor_callbacks kCallbacks = make_callbacks();
  Builder builder;
  size_t read = 0;
  while (!builder.done() && builder.wrong() == nullptr) {
    const cbor_decoder_result step =
        cbor_stream_decode(reinterpret_cast<cbor_data>(bytes.data()) + read, bytes.size() - read,
                           &kCallbacks, &builder);
    read += step.read;
    if (step.status == CBOR_DECODER_NEDATA) builder.refuse("is truncated");
    if (step.status == CBOR_DECODER_ERROR) builder.refuse("is no CBOR");
  }
  if (builder.wrong() != nullptr) return fail(ErrorCode::kInvalidRequest, builder.wrong());
  return CborRead{builder.take(), read};
}

}  // namespace dundun
