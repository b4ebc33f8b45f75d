"""The programs under load, for `make test-upgrade` and `make test-failover`: stores, every program as
systemd runs it, nginx, clients that send and read, and what has to be true afterwards."""
import collections
import http.client
import json
import os
import pwd
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
import uuid

ROOT = os.getcwd()
MODE = os.environ.get("MODE", "debug")
RATE = int(os.environ.get("RATE", "30"))
GROUPS = ("messages bulk contacts account routes session admin carrier inbound webhooks verify "
          "gravity").split()
PG_BIN = "/usr/lib/postgresql/15/bin"


def said(*command, **more):
    return subprocess.run(command, check=True, capture_output=True, text=True, **more).stdout


class Stack:
    def __init__(self, old):
        self.folder = tempfile.mkdtemp(prefix="dundun-upgrade-")
        os.chmod(self.folder, 0o755)
        self.run = self.folder + "/run"
        os.makedirs(self.run + "/metrics")
        os.makedirs(self.folder + "/conf")
        self.children, self.programs, self.sockets = [], {}, {}
        # The owner's name or the programs' comes behind it.
        self.database = f"host={self.folder}/pg port=5432 dbname=dundun user="
        self.start_stores()
        with open(self.folder + "/secrets.key", "w", encoding="utf-8") as key:
            key.write("a" * 64 + "\n")
        self.environment = os.environ | {
            "DATABASE_URL": self.database + "dundun_app",
            "REDIS_URL": f"unix:{self.run}/redis.sock", "METRICS_DIR": self.run + "/metrics",
            "WS_LISTEN": f"unix:{self.run}/ws.sock", "SECRETS_KEY_FILE": self.folder + "/secrets.key",
            "VERIFY_SECRET": "a secret for tests only", "SCHEDULER_RUN_S": "10",
            "LOOPBACK_HANDSET_LOG": self.folder + "/handset.log", "LOOPBACK_DLR_DELAY_MS": "200",
            **self.settings()}
        self.migrate(old)
        self.psql("-f", old + "/deploy/dev/coverage.sql")
        self.key = "esms_live_" + uuid.uuid4().hex
        self.psql("-c", f"""
            insert into accounts (name, currency) values ('A', 'KES');
            insert into wallets (account_id, environment, currency, balance_micros, seq)
              select account_id, e, 'KES', 1000000000000 * (1 - e), 1 - e
              from accounts, (values (0::smallint), (1::smallint)) v (e);
            insert into ledger_entries (account_id, environment, seq, type, amount_micros,
                                        balance_after_micros, description)
              select account_id, 0, 1, 1, 1000000000000, 1000000000000, 'Opening' from accounts;
            insert into api_keys (key_hash, account_id, environment, name, prefix, scopes,
                                  rate_limit_per_s)
              select sha256('{self.key}'), account_id, 0, 'k', 'p', '{{send,query}}', 1000
              from accounts""")
        for name in GROUPS:
            self.listen(name)
        self.serve(old)
        self.nginx(old)

    def spawn(self, command, name, **more):
        log = open(f"{self.folder}/{name}.log", "ab")
        child = subprocess.Popen(command, stdout=log, stderr=log, **more)
        self.children.append(child)
        return child

    def start_stores(self):
        os.makedirs(self.folder + "/pg")
        who = []
        if os.getuid() == 0:
            user = pwd.getpwnam("postgres")
            os.chown(self.folder + "/pg", user.pw_uid, user.pw_gid)
            who = ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups"]
        data = self.folder + "/pg/data"
        said(*who, PG_BIN + "/initdb", "-A", "trust", "-U", "postgres", "-E", "UTF8",
             "--locale=C.UTF-8", "-D", data, cwd="/")
        self.spawn(who + [PG_BIN + "/postgres", "-D", data, "-k", self.folder + "/pg", "-h", "",
                          "-c", "max_connections=200"], "postgres", cwd="/")
        self.start_redis()
        self.until(lambda: subprocess.run([PG_BIN + "/pg_isready", "-q", "-h", self.folder + "/pg"],
                                          check=False).returncode == 0)
        self.make_database(f"host={self.folder}/pg user=postgres dbname=postgres")

    def settings(self):
        """More of them than all stacks have."""
        return {}

    def start_redis(self):
        self.spawn(["redis-server", "--port", "0", "--unixsocket", self.run + "/redis.sock",
                    "--save", ""], "redis")

    def make_database(self, superuser):
        for statement in ("create role dundun login", "create role dundun_app login",
                          "create database dundun owner dundun"):
            said("psql", "-Xq", superuser, "-c", statement)

    def until(self, condition):
        for _ in range(600):
            if condition():
                return
            time.sleep(0.05)
        sys.exit(f"it does not come: logs in {self.folder}")

    def psql(self, *words):
        return said("psql", "-XqtA", "-v", "ON_ERROR_STOP=1", self.database + "dundun", *words)

    def migrate(self, checkout):
        return said(checkout + "/sql/migrate.sh", self.database + "dundun", "dundun_app")

    def listen(self, name):
        door = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        door.bind(f"{self.run}/{name}.sock")
        os.chmod(f"{self.run}/{name}.sock", 0o666)
        door.listen(4096)
        self.sockets[name] = door

    def start(self, checkout, name):
        door = self.sockets.get(name)
        self.programs[name] = self.spawn([f"{checkout}/build/{MODE}/bin/{name}"], name,
                                         stdin=door, env=self.environment)

    def serve(self, checkout):
        """As `systemctl restart` does, one after the other: SIGTERM, wait, the next one."""
        for name in GROUPS + ["scheduler", "ws-bridge"]:
            running = self.programs.get(name)
            if running:
                running.send_signal(signal.SIGTERM)
                running.wait(30)
            self.start(checkout, name)

    def nginx(self, checkout):
        for name in ("nginx", "api", "fastcgi", "headers", "limits"):
            shutil.copy(f"{checkout}/nginx/{name}.conf", self.folder + "/conf/")
        for link, target in (("portal", checkout + "/portal"), ("site", checkout + "/portal"),
                             ("openapi.json", f"{checkout}/build/{MODE}/openapi.json")):
            if os.path.lexists(f"{self.folder}/{link}"):
                os.unlink(f"{self.folder}/{link}")
            os.symlink(target, f"{self.folder}/{link}")
        with open(self.folder + "/conf/listen.conf", "w", encoding="utf-8") as listen:
            listen.write("listen unix:run/http.sock backlog=4096;\n")
        if "nginx" in self.programs:
            self.programs["nginx"].send_signal(signal.SIGHUP)
            return
        orders = "daemon off;" + (" user root;" if os.getuid() == 0 else "")
        self.programs["nginx"] = self.spawn(
            ["nginx", "-e", "stderr", "-p", self.folder, "-c", "conf/nginx.conf", "-g",
             orders], "nginx", cwd=self.folder)
        self.until(lambda: self.ask("GET", "/readyz")[0] == 200)

    def ask(self, method, path, body=None, key=""):
        link = http.client.HTTPConnection("x", timeout=20)
        try:
            link.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
            link.sock.settimeout(20)
            link.sock.connect(self.run + "/http.sock")
            headers = {"Authorization": "Bearer " + self.key, "Content-Type": "application/json"}
            if key:
                headers["Idempotency-Key"] = key
            link.request(method, path, body and json.dumps(body), headers)
            answer = link.getresponse()
            return answer.status, answer.read()
        except OSError as error:
            return 0, str(error).encode()
        finally:
            link.close()

    def end(self):
        self.keeper_off = True
        for child in reversed(self.children):
            if child.poll() is None:
                child.terminate()
        for child in self.children:
            try:
                child.wait(20)
            except subprocess.TimeoutExpired:
                child.kill()


class Load:
    """Sends and reads, RATE a second, and keeps every answer that is no 200."""

    def __init__(self, stack):
        self.stack, self.stopping = stack, threading.Event()
        self.answers, self.wrong, self.sent, self.slowest = collections.Counter(), [], [], 0.0
        self.threads = [threading.Thread(target=self.work, args=(n,)) for n in range(6)]
        for thread in self.threads:
            thread.start()

    def work(self, number):
        count = 0
        while not self.stopping.is_set():
            began = time.monotonic()
            count += 1
            if number == 5:
                path = ("/api/messages?limit=1", "/api/balance", "/api/routes", "/v1/inbound",
                        "/api/pricing", "/v1/sms/messages?limit=1")[count % 6]
                status, body = self.stack.ask("GET", path)
            else:
                path = "/api/messages/send"
                # The last digit keeps off the loopback carrier's numbers that refuse or never answer.
                phone = f"+2547{number}{count:06d}3"
                status, body = self.stack.ask("POST", path, {"to": phone, "text": "hi"},
                                              uuid.uuid4().hex)
                if status == 200:
                    self.sent.append(json.loads(body)["id"])
            took = time.monotonic() - began
            self.slowest = max(self.slowest, took)
            self.answers[status] += 1
            if status != 200:
                self.wrong.append((path, status, body[:200]))
            time.sleep(max(0, len(self.threads) / RATE - took))

    def stop(self):
        self.stopping.set()
        for thread in self.threads:
            thread.join()


def keep_scheduler(stack, checkout, stopping):
    """systemd starts it anew when its run has ended."""
    while not stopping.wait(0.2):
        if stack.programs["scheduler"].poll() is not None:
            stack.start(checkout[0], "scheduler")


def judge(stack, load, reconcile):
    wrong = [f"{path}: {status} {body}" for path, status, body in load.wrong]
    stored = set(stack.psql("-c", "select message_id from messages").split())
    missing = [m for m in load.sent if m.removeprefix("msg-") not in stored]
    if missing:
        wrong.append(f"{len(missing)} acknowledged messages are missing")
    if len(stored) != len(load.sent) and not load.wrong:
        wrong.append(f"{len(stored)} messages are stored, {len(load.sent)} were acknowledged")
    open_ones = "select count(*) from messages where status not in (5, 6, 8, 9)"
    for _ in range(100):
        if stack.psql("-c", open_ones).strip() == "0":
            break
        time.sleep(0.2)
    wrong += [f"{n} messages did not end" for n in [stack.psql("-c", open_ones).strip()] if n != "0"]
    with open(stack.folder + "/handset.log", encoding="utf-8") as lines:
        ids = re.findall(r"[0-9a-f]{8}-[0-9a-f-]{27}", lines.read())
    doubled = [i for i, n in collections.Counter(ids).items() if n > 1]
    if doubled or len(set(ids)) != len(stored):
        wrong.append(f"the handset got {len(set(ids))} of {len(stored)}, {len(doubled)} twice")
    books = subprocess.run([reconcile], env=stack.environment, capture_output=True, text=True,
                           check=False)
    if books.returncode != 0:
        wrong.append("the books do not balance: " + books.stdout[-500:] + books.stderr[-500:])
    return wrong
