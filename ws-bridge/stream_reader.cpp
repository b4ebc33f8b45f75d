#include "ws-bridge/stream_reader.h"

#include <charconv>
#include <utility>

namespace dundun {
namespace {

// Bounds what one round trip brings: entries of at most 16 KB.
constexpr int kEntriesATrip = 16 * StreamReader::kPageEntries;
// And what it holds up: ends of streams are short, and after a restart everybody's are wanted.
constexpr size_t kQuestionsATrip = 256;

// KEYS stream; ARGV the life of an anchor.
constexpr const char* kFindEnd =
    "local last = redis.call('XREVRANGE', KEYS[1], '+', '-', 'COUNT', 1) "
    "if #last > 0 then return {{last[1][1], {'a', ''}}} end "
    "local id = redis.call('XADD', KEYS[1], '*', 'a', '') "
    "redis.call('EXPIRE', KEYS[1], ARGV[1]) "
    "return {{id, {'a', ''}}}";
constexpr const char* kAnchorSeconds = "86400";

std::string entry_text(StreamId id) { return std::to_string(id.ms) + "-" + std::to_string(id.seq); }

StreamReader::Page page_of(const RedisReply& reply) {
  if (reply.kind != RedisReply::Kind::kArray) return std::nullopt;
  std::vector<StreamEntry> entries;
  for (const RedisReply& item : reply.items) {
    if (item.items.size() != 2 || item.items[1].items.size() != 2) return std::nullopt;
    const auto id = parse_stream_id(item.items[0].text);
    if (!id) return std::nullopt;
    const std::vector<RedisReply>& field = item.items[1].items;
    entries.push_back({*id, field[1].text, field[0].text == "e"});
  }
  return entries;
}

}  // namespace

std::optional<StreamId> parse_stream_id(std::string_view text) {
  StreamId id;
  const char* const end = text.data() + text.size();
  const auto [dash, error] = std::from_chars(text.data(), end, id.ms);
  if (error != std::errc() || dash == end || *dash != '-') return std::nullopt;
  const auto [stop, wrong] = std::from_chars(dash + 1, end, id.seq);
  if (wrong != std::errc() || stop != end) return std::nullopt;
  return id;
}

StreamId stream_id_at(Instant at) {
  return {static_cast<uint64_t>(std::max<int64_t>(0, unix_micros(at) / 1000)), 0};
}

StreamReader::StreamReader(Loop& loop, Redis::Options options)
    : loop_(loop), redis_(std::move(options)) {}

StreamReader::~StreamReader() {
  closing_ = true;
  while (running_) loop_.wait_once();
}

void StreamReader::read(const std::string& stream, StreamId from, Done done) {
  ask({{"XRANGE", stream, entry_text(from), "+", "COUNT", std::to_string(kPageEntries)},
       kPageEntries,
       std::move(done)});
}

void StreamReader::find_end(const std::string& stream, Done done) {
  ask({{"EVAL", kFindEnd, "1", stream, kAnchorSeconds}, 0, std::move(done)});
}

void StreamReader::ask(Question question) {
  waiting_.push_back(std::move(question));
  start();
}

void StreamReader::start() {
  if (running_ || closing_ || waiting_.empty()) return;
  auto job = std::make_shared<Job>();
  int entries = 0;
  while (!waiting_.empty() && job->questions.size() < kQuestionsATrip && entries < kEntriesATrip) {
    entries += waiting_.front().entries;
    job->questions.push_back(std::move(waiting_.front()));
    waiting_.pop_front();
  }
  running_ = true;
  loop_.work([this, job] { run(*job); },
             [this, job] {
               running_ = false;
               if (closing_) return;
               for (size_t i = 0; i < job->questions.size(); ++i) {
                 job->questions[i].done(std::move(job->pages[i]));
               }
               start();
             });
}

void StreamReader::run(Job& job) {
  std::vector<RedisCommand> commands;
  for (Question& question : job.questions) commands.push_back(std::move(question.command));
  const auto replies = redis_.run_pipeline(commands);
  for (size_t i = 0; i < commands.size(); ++i) {
    job.pages.push_back(replies ? page_of((*replies)[i]) : std::nullopt);
  }
}

}  // namespace dundun
