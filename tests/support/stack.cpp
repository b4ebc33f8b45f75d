#include "tests/support/stack.h"

#include <fcntl.h>
#include <poll.h>
#include <pwd.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iostream>

#include "common/base/ids.h"
#include "common/base/time.h"
#include "common/io/crypto.h"
#include "common/io/redis.h"
#include "tests/support/ws_client.h"

namespace dundun {
namespace {

namespace fs = std::filesystem;

const char* const kPgBin = "/usr/lib/postgresql/15/bin/";

void require(bool condition, const std::string& what) {
  if (condition) return;
  std::fprintf(stderr, "test stack: %s\n", what.c_str());
  std::abort();
}

int listen_unix(const std::string& path) {
  const int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  require(path.size() < sizeof address.sun_path, "socket path too long: " + path);
  std::strcpy(address.sun_path, path.c_str());
  require(bind(fd, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0, "bind " + path);
  chmod(path.c_str(), 0666);
  listen(fd, 4096);
  return fd;
}

// In memory where there is room for the databases of a run: on a disk the kernel writes gigabytes
// that nobody reads again.
std::string temporary_folder() {
  constexpr uintmax_t kRoomBytes = uintmax_t{8} << 30;
  std::error_code error;
  const fs::space_info room = fs::space("/dev/shm", error);
  std::string path = !error && room.available > kRoomBytes ? "/dev/shm" : "/tmp";
  path += "/dundun-test-XXXXXX";
  require(mkdtemp(path.data()) != nullptr, "mkdtemp");
  return path;
}

// One process at a time, until the end of the block.
class Lock {
 public:
  explicit Lock(const std::string& path)
      : fd_(open(path.c_str(), O_CREAT | O_RDWR | O_CLOEXEC, 0644)) {
    require(fd_ >= 0 && flock(fd_, LOCK_EX) == 0, "lock " + path);
  }
  ~Lock() { close(fd_); }
  Lock(const Lock&) = delete;

 private:
  int fd_;
};

void print_tail(const std::string& path) {
  std::ifstream file(path);
  std::string text((std::istreambuf_iterator<char>(file)), {});
  constexpr size_t kTail = 3000;
  if (text.size() > kTail) text = text.substr(text.size() - kTail);
  std::cerr << "== " << path << "\n" << text << "\n";
}

}  // namespace

std::string as_role(const std::string& conninfo, const std::string& role) {
  constexpr std::string_view kSuperuser = "user=postgres";
  const size_t at = conninfo.find(kSuperuser);
  require(at != std::string::npos, "no superuser in " + conninfo);
  return std::string(conninfo).replace(at, kSuperuser.size(), "user=" + role);
}

Stack& Stack::shared() {
  static Stack stack;
  return stack;
}

Stack::Stack() {
  bin_ = fs::read_symlink("/proc/self/exe").parent_path();
  root_ = fs::path(bin_).parent_path().parent_path().parent_path();
  folder_ = temporary_folder();
  chmod(folder_.c_str(), 0755);
  fs::create_directory(folder_ + "/pg");
  if (getuid() == 0) {
    const passwd* user = getpwnam("postgres");
    require(user != nullptr, "no user postgres");
    require(chown((folder_ + "/pg").c_str(), user->pw_uid, user->pw_gid) == 0, "chown");
  }
  const std::string kept = bin_ + "/../test-cluster-" + cluster_version();
  {
    const Lock alone(bin_ + "/../test-cluster.lock");
    if (!fs::exists(kept)) make_cluster(kept);
  }
  require(run_command({"cp", "-a", kept, folder_ + "/pg/data"}) == 0, "copy " + kept);
  start_postgres();
  start_redis();
}

// What the kept cluster is made of: when that changes, another is made. The month is part of it,
// because the migrations make the partitions of today.
std::string Stack::cluster_version() const {
  std::string parts = format_z(now()).substr(0, 7);
  std::vector<fs::path> files{root_ + "/sql/migrate.sh", root_ + "/sql/grants.sql",
                              root_ + "/deploy/dev/coverage.sql", std::string(kPgBin) + "postgres"};
  for (const auto& file : fs::directory_iterator(root_ + "/sql/migrations")) {
    files.push_back(file.path());
  }
  std::sort(files.begin(), files.end());
  for (const fs::path& path : files) {
    const bool ours = path.string().starts_with(root_);
    std::ifstream file(path);
    parts += path.filename().string() + "\n";
    parts += ours ? std::string(std::istreambuf_iterator<char>(file), {})
                  : std::to_string(fs::last_write_time(path).time_since_epoch().count());
  }
  return to_hex(sha256(parts)).substr(0, 16);
}

// A stopped cluster with the migrated template database. It takes three seconds to make, and each
// test program of each slot needs one.
void Stack::make_cluster(const std::string& kept) {
  const std::string log = folder_ + "/pg.log";
  Process initdb({.command = {std::string(kPgBin) + "initdb", "-N", "-A", "trust", "-U", "postgres",
                              "-E", "UTF8", "--locale=C.UTF-8", "-D", folder_ + "/pg/data"},
                  .environment = {},
                  .log = log,
                  .folder = "/",
                  .as_postgres = true});
  if (initdb.wait() != 0) {
    print_tail(log);
    require(false, "initdb failed");
  }
  start_postgres();
  make_template();
  postgres_.signal(SIGINT);
  postgres_.wait();
  for (const auto& old : fs::directory_iterator(bin_ + "/..")) {
    const std::string name = old.path().filename().string();
    if (name.starts_with("test-cluster-")) fs::remove_all(old.path());
  }
  const bool made = run_command({"cp", "-a", folder_ + "/pg/data", kept + ".new"}) == 0;
  require(made, "copy to " + kept);
  fs::rename(kept + ".new", kept);
  fs::remove_all(folder_ + "/pg/data");
}

Stack::~Stack() {
  postgres_.signal(SIGQUIT);
  postgres_.wait();
  redis_.kill_now();
  std::error_code ignored;
  fs::remove_all(folder_, ignored);
}

std::string Stack::binary(const std::string& name) const { return bin_ + "/" + name; }

std::string Stack::conninfo(const std::string& database) const {
  return "host=" + folder_ + "/pg user=postgres dbname=" + database;
}

void Stack::start_postgres() {
  std::vector<std::string> command{std::string(kPgBin) + "postgres",
                                   "-D",
                                   folder_ + "/pg/data",
                                   "-k",
                                   folder_ + "/pg",
                                   "-h",
                                   ""};
  // A killed server loses nothing by fsync=off, only a machine without power does.
  for (const char* setting :
       {"fsync=off", "full_page_writes=off", "max_connections=1000", "shared_buffers=128MB",
        "max_wal_size=1GB", "autovacuum_naptime=1h"}) {
    command.insert(command.end(), {"-c", setting});
  }
  postgres_ = Process({.command = command,
                       .environment = {},
                       .log = folder_ + "/pg.log",
                       .folder = "/",
                       .as_postgres = true});
  const bool up = wait_until([&] {
    return run_command({std::string(kPgBin) + "pg_isready", "-q", "-h", folder_ + "/pg", "-U",
                        "postgres"}) == 0;
  });
  if (!up) print_tail(folder_ + "/pg.log");
  require(up, "PostgreSQL did not start");
}

void Stack::restart_postgres(bool immediate, std::chrono::milliseconds away_for) {
  postgres_.signal(immediate ? SIGQUIT : SIGINT);
  postgres_.wait();
  std::this_thread::sleep_for(away_for);
  start_postgres();
}

void Stack::start_redis() {
  redis_ =
      Process({.command = {"redis-server", "--port", "0", "--unixsocket", folder_ + "/redis.sock",
                           "--save", "", "--appendonly", "no", "--dir", folder_},
               .environment = {},
               .log = folder_ + "/redis.log",
               .folder = ""});
  require(wait_until([&] {
            return run_command({"redis-cli", "-s", folder_ + "/redis.sock", "ping"}) == 0;
          }),
          "Redis did not start");
}

void Stack::stop_redis() { redis_.kill_now(); }

void Stack::make_template() {
  Pg admin(patient(conninfo("postgres")));
  for (const char* text : {"create role dundun login", "create role dundun_app login",
                           "create database migrated owner dundun"}) {
    const Statement create{text, text, 0};
    require(admin.run(create, {}).has_value(), text);
  }
  const std::string log = folder_ + "/migrate.log";
  int status = run_command(
      {root_ + "/sql/migrate.sh", as_role(conninfo("migrated"), "dundun"), "dundun_app"}, {}, log);
  if (status == 0) {
    status = run_command({"psql", "-X", "-q", "-1", "-v", "ON_ERROR_STOP=1", conninfo("migrated"),
                          "-f", root_ + "/deploy/dev/coverage.sql"},
                         {}, log);
  }
  if (status != 0) print_tail(log);
  require(status == 0, "migrations failed");
}

std::string Stack::fresh_database() {
  const std::string name = "test" + std::to_string(++databases_);
  const std::string text =
      "create database " + name + " template migrated owner dundun strategy file_copy";
  Pg admin(patient(conninfo("postgres")));
  const Statement create{"create_database", text.c_str(), 0};
  require(admin.run(create, {}).has_value(), "create database " + name);
  return conninfo(name);
}

Service::Service(std::string database, Options options)
    : database_(std::move(database)), options_(std::move(options)), pg_(patient(database_)) {
  static int services = 0;
  Stack& stack = Stack::shared();
  if (alive_++ == 0) {  // what was counted for another suite is nobody's
    (void)Redis({.url = stack.redis_url()}).run({"FLUSHALL"});
  }
  // All tests come from one address: what others guessed must not stop a key that is new here.
  (void)Redis({.url = stack.redis_url()}).run({"DEL", "badkeys:unix:"});
  folder_ = stack.folder() + "/s" + std::to_string(++services);
  fs::create_directories(folder_ + "/run/metrics");
  fs::create_directories(folder_ + "/conf");
  for (const auto& file : fs::directory_iterator(stack.root() + "/nginx")) {
    if (file.path().extension() != ".conf") continue;
    fs::create_symlink(file.path(), folder_ + "/conf/" + file.path().filename().string());
  }
  std::ofstream(folder_ + "/secrets.key") << std::string(64, '7') << "\n";
  std::ofstream listen(folder_ + "/conf/listen.conf");
  listen << "listen unix:run/http.sock;\n";
  if (options_.http_port != 0) listen << "listen 127.0.0.1:" << options_.http_port << ";\n";
  listen << options_.site;
  listen.close();
  fs::create_directory_symlink(stack.root() + "/portal", folder_ + "/portal");
  fs::create_directory_symlink(stack.root() + "/build/portal", folder_ + "/site");
  fs::create_symlink(stack.binary("../openapi.json"), folder_ + "/openapi.json");
  messages_socket_ = listen_on("messages");
  workers_.resize(static_cast<size_t>(options_.messages_workers));
  for (size_t i = 0; i < workers_.size(); ++i) start_worker(i);
  for (const char* name : {"account", "routes", "bulk", "webhooks", "contacts", "carrier",
                           "inbound", "session", "admin", "verify", "gravity"}) {
    open_group(name);
  }
  starter_ = std::thread([this] { start_groups_when_asked(); });
  start_nginx();
}

Service::~Service() {
  --alive_;
  nginx_.stop();
  stopping_ = true;
  starter_.join();
  for (auto& [name, group] : groups_) {
    if (group.socket >= 0) close(group.socket);
  }
  if (!std::getenv("DUNDUN_TEST_VERBOSE")) return;
  for (const char* name :
       {"messages", "account", "carrier", "session", "admin", "scheduler", "ws-bridge"}) {
    print_tail(folder_ + "/" + name + ".log");
  }
  print_tail(folder_ + "/run/nginx-error.log");
}

std::map<std::string, std::string> Service::environment() const {
  std::map<std::string, std::string> all{
      {"DATABASE_URL", as_role(database_, "dundun_app")},
      {"REDIS_URL", Stack::shared().redis_url()},
      {"METRICS_DIR", folder_ + "/run/metrics"},
      {"LOOPBACK_HANDSET_LOG", handset_log()},
      {"LOOPBACK_DLR_DELAY_MS", "50"},
      {"WS_LISTEN", "unix:" + ws_socket()},
      {"SUBMIT_LEASE_MS", "2000"},
      {"VERIFY_SECRET", "a secret for tests only"},
      {"PASSWORD_MEMORY_KIB", "64"},
      {"ADMIN_SECOND_FACTOR", "0"},
      {"SECRETS_KEY_FILE", folder_ + "/secrets.key"},
      {"OUTBOUND_ALLOWED_ADDRESSES", "127.0.0.1"},
      {"WEBHOOK_LEASE_MS", "2000"},
      {"AUTO_RETRY_FIRST_S", "1"},
      {"AUTO_RETRY_SECOND_S", "1"},
  };
  for (const auto& [name, value] : options_.environment) all[name] = value;
  return all;
}

int Service::listen_on(const std::string& name) {
  return listen_unix(folder_ + "/run/" + name + ".sock");
}

void Service::start_worker(size_t index) {
  workers_[index] = Process({.command = {Stack::shared().binary("messages")},
                             .environment = environment(),
                             .log = folder_ + "/messages.log",
                             .folder = "",
                             .stdin_fd = messages_socket_});
}

void Service::open_group(const std::string& name) {
  fs::remove(folder_ + "/run/" + name + ".sock");
  groups_[name] = {.socket = listen_on(name), .process = {}};
}

void Service::start_groups_when_asked() {
  while (!stopping_) {
    std::vector<pollfd> doors;
    {
      const std::lock_guard lock(groups_mutex_);
      for (const auto& [name, group] : groups_) {
        if (group.socket >= 0) doors.push_back({group.socket, POLLIN, 0});
      }
    }
    constexpr int kLookMs = 20;  // at whether the service ends
    if (poll(doors.data(), doors.size(), kLookMs) <= 0) continue;
    const std::lock_guard lock(groups_mutex_);
    for (auto& [name, group] : groups_) {
      pollfd door{group.socket, POLLIN, 0};
      if (group.socket < 0 || poll(&door, 1, 0) <= 0) continue;
      group.process = Process({.command = {Stack::shared().binary(name)},
                               .environment = environment(),
                               .log = folder_ + "/" + name + ".log",
                               .folder = "",
                               .stdin_fd = group.socket});
      close(std::exchange(group.socket, -1));
    }
  }
}

void Service::restart_all(int signal) {
  for (auto& [name, group] : groups_) {
    const std::lock_guard lock(groups_mutex_);
    if (group.socket >= 0) continue;
    group.process.signal(signal);
    group.process.wait();
    open_group(name);
  }
  for (size_t i = 0; i < workers_.size(); ++i) {
    workers_[i].signal(signal);
    workers_[i].wait();
    start_worker(i);
  }
}

void Service::start_nginx() {
  std::vector<std::string> command{"nginx", "-p", ".", "-c", "conf/nginx.conf", "-g"};
  command.push_back(getuid() == 0 ? "daemon off; user root;" : "daemon off;");
  nginx_ = Process(
      {.command = command, .environment = {}, .log = folder_ + "/nginx.log", .folder = folder_});
  const bool up = wait_until([&] { return client().send("GET", "/readyz").status == 200; });
  if (up) return;
  for (const char* log : {"/nginx.log", "/run/nginx-error.log", "/messages.log"}) {
    print_tail(folder_ + log);
  }
  require(false, "the service did not start");
}

void Service::reload_nginx() { nginx_.signal(SIGHUP); }

Process Service::scheduler(int run_s) {
  std::map<std::string, std::string> variables = environment();
  variables["SCHEDULER_RUN_S"] = std::to_string(run_s);
  return Process({.command = {Stack::shared().binary("scheduler")},
                  .environment = variables,
                  .log = folder_ + "/scheduler.log",
                  .folder = ""});
}

void Service::start_bridge() {
  bridge_ = Process({.command = {Stack::shared().binary("ws-bridge")},
                     .environment = environment(),
                     .log = folder_ + "/ws-bridge.log",
                     .folder = ""});
  // The socket's file is there a moment before anybody listens, or is left from a killed bridge.
  require(wait_until([&] { return WsClient({.address = "unix:" + ws_socket()}).status() == 101; }),
          "the bridge did not start");
}

int Service::reconcile() {
  const std::string log = folder_ + "/reconcile.log";
  const int status = run_command({Stack::shared().binary("reconcile")},
                                 {{"DATABASE_URL", as_role(database_, "dundun_app")}}, log);
  if (status != 0) print_tail(log);
  return status;
}

}  // namespace dundun
