// POST /contact-lists: a CSV file as multipart/form-data, read piece by piece.
#include <atomic>

#include "common/io/crypto.h"
#include "common/io/json.h"
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

// The file's first bytes without a UTF-8 byte order mark; refuses UTF-16.
Result<int64_t> skip_mark(std::string_view beginning) {
  if (beginning.starts_with("\xEF\xBB\xBF")) return int64_t{3};
  if (beginning.starts_with("\xFF\xFE") || beginning.starts_with("\xFE\xFF")) {
    return fail(ErrorCode::kInvalidCsv, "The file is UTF-16; save it as UTF-8.");
  }
  return int64_t{0};
}

Status read_csv(const Upload& upload, const Part& file, ListImport& import) {
  std::string chunk = TRY(upload.read(file.begin, kChunk));
  const int64_t mark = TRY(skip_mark(chunk));
  const std::string_view beginning = std::string_view(chunk).substr(static_cast<size_t>(mark));
  CsvReader reader(csv_separator(beginning),
                   [&import](CsvReader::Row& row) { return import.take(row); });
  for (int64_t at = file.begin + mark; at < file.end;) {
    const auto size = static_cast<size_t>(std::min<int64_t>(kChunk, file.end - at));
    chunk = TRY(upload.read(at, size));
    if (chunk.empty()) return fail(ErrorCode::kInvalidRequest, "The upload was cut.");
    if (!reader.feed(chunk)) break;
    at += static_cast<int64_t>(chunk.size());
  }
  if (!import.error()) (void)reader.finish();
  if (!import.error() && reader.fault()) return *reader.fault();
  return import.finish();
}

std::string answer_json(const ListImport& import, const Form& form) {
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
      .member("invalid", invalid)
      .key("invalid_by_reason")
      .begin_object();
  for (const auto& [reason, count] : import.fault_counts()) json.member(reason, count);
  json.end_object().key("invalid_rows").begin_array();
  for (const RowFault& fault : import.first_faults()) json.value(fault.row);
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
  TRY(read_csv(*upload, *form.file, import));
  return change.commit(AuditedChange::Effect::kNone, Response::json(answer_json(import, form)));
}

}  // namespace

Result<Response> upload_list(Context& context) {
  Result<Response> answer = import_list(context);
  return answer;
}

}  // namespace dundun
