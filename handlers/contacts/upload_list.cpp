// POST /contact-lists: a CSV file as multipart/form-data, read piece by piece.
#include <atomic>

#include "common/base/text.h"
#include "common/io/crypto.h"
#include "common/io/json.h"
#include "common/sms/charset.h"
#include "common/web/audited_change.h"
#include "common/web/idempotency.h"
#include "common/web/upload.h"
#include "handlers/contacts/endpoints.h"
#include "handlers/contacts/list_import.h"

namespace dundun {
namespace {

constexpr int64_t kFileBytesMax = 50 << 20;
constexpr size_t kChunk = 256 << 10;
constexpr size_t kTextMax = 1000;
constexpr size_t kNameMax = 200;
constexpr std::string_view kNotUtf8 =
    "The file is not UTF-8 and was read as Windows-1252. If texts look wrong, save it as UTF-8, or "
    "upload it again with its charset, such as windows-1256.";
// An import keeps a thread and a connection busy for seconds.
constexpr int kImportsMax = 2;

std::atomic<int> imports{0};

struct ImportSlot {
  bool taken = imports.fetch_add(1) < kImportsMax;
  ~ImportSlot() { imports.fetch_sub(1); }
};

struct Form {
  std::optional<Part> file;
  std::string name;
  std::vector<std::string> tags;
  std::string phone_column;
  std::string charset;  // empty: it is found
};

std::vector<std::string> comma_list(std::string_view text) {
  std::vector<std::string> tags;
  while (!text.empty()) {
    std::string_view tag = text.substr(0, text.find(','));
    text.remove_prefix(std::min(tag.size() + 1, text.size()));
    while (!tag.empty() && tag.front() == ' ') tag.remove_prefix(1);
    while (!tag.empty() && tag.back() == ' ') tag.remove_suffix(1);
    if (!tag.empty() && tags.size() < 50) tags.emplace_back(tag);
  }
  return tags;
}

Result<Form> read_form(const Upload& upload, const std::string& content_type) {
  Form form;
  for (const Part& part : TRY(find_parts(upload, content_type))) {
    if (part.name == "file") {
      form.file = part;
      continue;
    }
    const auto size = static_cast<size_t>(part.end - part.begin);
    const std::string text = TRY(upload.read(part.begin, std::min(size, kTextMax)));
    if (part.name == "name") form.name = text.substr(0, kNameMax);
    if (part.name == "phone_column") form.phone_column = text;
    if (part.name == "charset") {
      form.charset = text;
      for (char& c : form.charset) c = lower_ascii(c);
    }
    if (part.name == "tags") form.tags = comma_list(text);
  }
  if (!form.file) return invalid_field("file", "field required", "value_error.missing");
  if (form.name.empty()) form.name = form.file->file_name.substr(0, kNameMax);
  if (form.name.empty()) form.name = "contacts.csv";
  if (form.file->end - form.file->begin > kFileBytesMax) {
    return fail(ErrorCode::kFileTooLarge, "The file is larger than 50 MB.");
  }
  return form;
}

// Of UTF-16 without a mark every other byte of a header is nought.
std::string encoding_of(std::string_view beginning) {
  constexpr size_t kLookedAt = 64;
  const std::string_view bytes = beginning.substr(0, kLookedAt);
  std::array<size_t, 2> noughts{};  // at even places, at odd ones
  for (size_t at = 0; at < bytes.size(); ++at) noughts[at % 2] += bytes[at] == 0 ? 1 : 0;
  if (beginning.starts_with("\xFF\xFE") || noughts[1] * 3 > bytes.size()) return "utf-16le";
  if (beginning.starts_with("\xFE\xFF") || noughts[0] * 3 > bytes.size()) return "utf-16be";
  return "utf-8";
}

// The file's bytes as UTF-8, or as they are: what is not UTF-8 the reader takes for Windows-1252.
class FileText {
 public:
  static Result<FileText> open(const Upload& upload, const Part& file, const std::string& charset) {
    const std::string beginning = TRY(upload.read(file.begin, kChunk));
    FileText text(upload, file, charset.empty() ? encoding_of(beginning) : charset);
    if (text.encoding_ != "utf-8") text.decoder_.emplace(TRY(TextDecoder::create(text.encoding_)));
    return text;
  }
  const std::string& encoding() const { return encoding_; }

  // Empty at the end.
  Result<std::string> next() {
    std::string piece;
    while (piece.empty() && at_ < file_.end) {
      const auto size = static_cast<size_t>(std::min<int64_t>(kChunk, file_.end - at_));
      piece = TRY(upload_.read(at_, size));
      if (piece.empty()) return fail(ErrorCode::kInvalidRequest, "The upload was cut.");
      at_ += static_cast<int64_t>(piece.size());
      if (decoder_) piece = decoder_->decode(piece, at_ == file_.end);
      if (std::exchange(is_first_, false) && piece.starts_with("\xEF\xBB\xBF")) piece.erase(0, 3);
    }
    return piece;
  }

 private:
  FileText(const Upload& upload, const Part& file, std::string encoding)
      : upload_(upload), file_(file), encoding_(std::move(encoding)), at_(file.begin) {}
  const Upload& upload_;
  const Part& file_;
  std::string encoding_;
  std::optional<TextDecoder> decoder_;
  int64_t at_;
  bool is_first_ = true;
};

struct ReadFile {
  std::string encoding;
  bool guessed = false;  // a field was not UTF-8
};

Result<ReadFile> read_csv(const Upload& upload, const Form& form, ListImport& import) {
  FileText text = TRY(FileText::open(upload, *form.file, form.charset));
  std::string piece = TRY(text.next());
  CsvReader* source = nullptr;
  CsvReader reader(csv_separator(piece), [&import, &source](CsvReader::Row& row) {
    return import.take(row, source->row_line());
  });
  source = &reader;
  while (!piece.empty() && reader.feed(piece)) piece = TRY(text.next());
  if (!import.error()) (void)reader.finish();
  if (!import.error() && reader.fault()) return *reader.fault();
  if (import.error() && reader.guessed()) {
    Error error = *import.error();
    error.message.append(" ").append(kNotUtf8);
    return error;
  }
  TRY(import.finish());
  return ReadFile{reader.guessed() ? "windows-1252" : text.encoding(), reader.guessed()};
}

void write_faults(JsonWriter& json, const ListImport& import) {
  json.key("invalid_by_reason").begin_object();
  for (const auto& [reason, count] : import.fault_counts()) json.member(reason, count);
  json.end_object().key("invalid_rows").begin_array();
  for (const RowFault& fault : import.first_faults()) json.value(fault.row);
  json.end_array().key("faults").begin_array();
  for (const RowFault& fault : import.first_faults()) {
    json.begin_object()
        .member("line", fault.line)
        .member("reason", fault.reason)
        .member("value", std::string_view(fault.value))
        .member("message", std::string_view(fault.message))
        .end_object();
  }
  json.end_array();
}

// Which column became what.
void write_places(JsonWriter& json, const ListImport& import) {
  const std::vector<std::string>& columns = import.columns();
  const ContactColumns& places = import.places();
  const auto header = [&columns](std::optional<size_t> at) {
    return at ? std::optional<std::string>(columns[*at]) : std::nullopt;
  };
  json.member("phone_column", header(places.phone))
      .member("name_column", header(places.name))
      .key("variables")
      .begin_array();
  for (const size_t at : places.others) json.value(std::string_view(columns[at]));
  json.end_array();
}

std::string answer_json(const ListImport& import, const Form& form, const ReadFile& file) {
  int64_t invalid = 0;
  for (const auto& [reason, count] : import.fault_counts()) invalid += count;
  JsonWriter json;
  json.begin_object()
      .member("id", import.list_id())
      .member("name", form.name)
      .member("count", import.imported())
      .key("columns")
      .begin_array();
  for (const std::string& column : import.columns()) json.value(std::string_view(column));
  json.end_array().key("tags").begin_array();
  for (const std::string& tag : form.tags) json.value(std::string_view(tag));
  json.end_array()
      .member("imported", import.imported())
      .member("duplicates", import.duplicates())
      .member("invalid", invalid);
  write_faults(json, import);
  write_places(json, import);
  json.member("encoding", std::string_view(file.encoding)).key("warnings").begin_array();
  if (file.guessed) {
    json.value(kNotUtf8);
  }
  return json.end_array().end_object().take();
}

// Small bodies came in memory; from here on there is one way.
Result<std::shared_ptr<const Upload>> upload_of(const Request& request) {
  if (request.upload) return request.upload;
  Upload upload = TRY(Upload::create());
  if (!upload.append(request.body)) return unavailable("no room for an upload");
  return std::make_shared<const Upload>(std::move(upload));
}

// What a repeat under one Idempotency-Key must equal: the parts, not the bytes between them, which
// clients make up anew each time. Each chunk is hashed with the hash of those before it.
Result<std::string> hash_of(const Upload& upload, const Form& form) {
  std::string hash = form.name;
  for (const std::string& tag : form.tags) hash.append("\n").append(tag);
  if (!form.phone_column.empty()) hash.append("\nphone_column ").append(form.phone_column);
  if (!form.charset.empty()) hash.append("\ncharset ").append(form.charset);
  for (int64_t at = form.file->begin; at < form.file->end; at += kChunk) {
    const auto left = static_cast<size_t>(form.file->end - at);
    hash = sha256(hash + TRY(upload.read(at, std::min(left, kChunk))));
  }
  return hash;
}

Result<std::optional<IdempotencyKey>> key_of(const Context& context, const Upload& upload,
                                             const Form& form) {
  std::optional<IdempotencyKey> key = TRY(idempotency_key(context.request, context.caller));
  if (key) key->request_hash = TRY(hash_of(upload, form));
  return key;
}

Result<Response> import_list(Context& context) {
  const ImportSlot slot;
  if (!slot.taken) return unavailable("too many imports at once");
  const std::shared_ptr<const Upload> upload = TRY(upload_of(context.request));
  const Form form = TRY(read_form(*upload, context.request.content_type));
  const auto key = TRY(key_of(context, *upload, form));
  AuditedChange change = TRY(AuditedChange::begin(context));
  if (auto earlier = TRY(change.earlier_answer(key))) return *std::move(earlier);
  ListImport import(change.connection(), context.caller.account_id, context.caller.environment,
                    form.name, form.tags, form.phone_column);
  const ReadFile file = TRY(read_csv(*upload, form, import));
  TRY(change.record({.account_id = context.caller.account_id,
                     .action = "contact_list.uploaded",
                     .subject = "contact_list " + std::to_string(import.list_id())}));
  return change.commit(AuditedChange::Effect::kNone,
                       Response::json(answer_json(import, form, file)));
}

}  // namespace

Result<Response> upload_list(Context& context) {
  Result<Response> answer = import_list(context);
  return answer;
}

}  // namespace dundun
