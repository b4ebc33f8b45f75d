#!/usr/bin/env python3
"""make test-failover: Patroni, as deploy/failover/patroni.yml has it, loses its primary under load.

Three hosts in network namespaces, 10.99.7.11 to .13, each with an etcd; the first two have PostgreSQL
and Patroni. Each way of losing one has a cluster of its own. Every send that was answered with 200 must
be there once and have left once, the books balance, and no program of ours is started anew.
Needs root. Not tried: the watchdog, which needs a device.
Usage: run.py [switchover|killed|partition…]   (RATE: requests a second, MODE: the build)"""
import json
import os
import pwd
import signal
import subprocess
import sys
import threading
import time
import urllib.request
import uuid

sys.path.insert(0, os.path.join(os.getcwd(), "tests/support"))
from live_stack import MODE, ROOT, Load, Stack, judge, keep_scheduler, said  # noqa: E402

NET = "10.99.7."
HOSTS = ("db1", "db2", "db3")
ADDRESS = {name: NET + str(11 + i) for i, name in enumerate(HOSTS)}
BRIDGE = "dundun-fo"
PASSWORD = uuid.uuid4().hex
PATIENCE_S = 120


def quietly(*command):
    subprocess.run(command, check=False, capture_output=True)


class Cluster(Stack):
    """A stack whose PostgreSQL is a Patroni's."""

    def __init__(self):
        try:
            super().__init__(ROOT)
        except BaseException:
            self.end()
            raise

    def start_stores(self):
        self.start_redis()
        self.members = {name: [] for name in HOSTS}
        user = pwd.getpwnam("postgres")
        os.makedirs(self.folder + "/pg")
        os.chown(self.folder + "/pg", user.pw_uid, user.pw_gid)
        said("openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
             "-subj", "/CN=db", "-days", "2", "-keyout", self.folder + "/pg/key.pem",
             "-out", self.folder + "/pg/cert.pem")
        os.chown(self.folder + "/pg/key.pem", user.pw_uid, user.pw_gid)
        self.make_network()
        for name in HOSTS:
            self.start_etcd(name)
        for name in HOSTS[:2]:
            self.start_patroni(name)
            self.until(lambda: self.leader() is not None)
        self.until(self.is_synchronous)
        hosts = ",".join(ADDRESS[name] for name in HOSTS[:2])
        common = (f"host={hosts} port=5432 sslmode=require target_session_attrs=read-write "
                  f"connect_timeout=3 password={PASSWORD} ")
        self.make_database(common + "user=postgres dbname=postgres")
        for role in ("dundun", "dundun_app"):
            said("psql", "-Xq", common + "user=postgres dbname=postgres", "-c",
                 f"alter role {role} password '{PASSWORD}'")
        self.database = common + "dbname=dundun user="

    def settings(self):
        os.makedirs(self.folder + "/witness")
        return {"WITNESS_DIR": self.folder + "/witness"}

    def until(self, condition):
        end = time.monotonic() + PATIENCE_S
        while time.monotonic() < end:
            if condition():
                return
            time.sleep(0.1)
        sys.exit(f"it does not come: logs in {self.folder}")

    def make_network(self):
        self.remove_network()
        said("ip", "link", "add", BRIDGE, "type", "bridge")
        said("ip", "addr", "add", NET + "1/24", "dev", BRIDGE)
        said("ip", "link", "set", BRIDGE, "up")
        for name in HOSTS:
            said("ip", "netns", "add", name)
            said("ip", "link", "add", "fo-" + name, "type", "veth", "peer", "name", "eth0", "netns", name)
            said("ip", "link", "set", "fo-" + name, "master", BRIDGE, "up")
            for words in (("addr", "add", ADDRESS[name] + "/24", "dev", "eth0"),
                          ("link", "set", "eth0", "up"), ("link", "set", "lo", "up")):
                said("ip", "-n", name, *words)

    @staticmethod
    def remove_network():
        for name in HOSTS:
            quietly("ip", "link", "del", "fo-" + name)
            quietly("ip", "netns", "del", name)
        quietly("ip", "link", "del", BRIDGE)

    def on(self, name, command, log):
        child = self.spawn(["ip", "netns", "exec", name, "setpriv", "--reuid=postgres",
                            "--regid=postgres", "--clear-groups", *command], log, cwd="/",
                           env=os.environ | {"HOME": self.folder + "/pg"})
        self.members[name].append(child)

    def start_etcd(self, name):
        url = f"http://{ADDRESS[name]}:"
        peers = ",".join(f"{n}=http://{a}:2380" for n, a in ADDRESS.items())
        self.on(name, ["etcd", "--name", name, "--data-dir", f"{self.folder}/pg/etcd-{name}",
                       "--enable-v2", "--listen-client-urls", url + "2379",
                       "--advertise-client-urls", url + "2379", "--listen-peer-urls", url + "2380",
                       "--initial-advertise-peer-urls", url + "2380", "--initial-cluster", peers,
                       "--initial-cluster-state", "new"], "etcd-" + name)

    def start_patroni(self, name):
        """The shipped file, with this host's addresses and paths; no archive, no watchdog."""
        sockets = f"{self.folder}/pg/sockets-{name}"
        os.mkdir(sockets)
        os.chmod(sockets, 0o777)
        text = open("deploy/failover/patroni.yml", encoding="utf-8").read()
        text = text.replace("10.0.0.11:8008", ADDRESS[name] + ":8008").replace(
            "10.0.0.11:5432", ADDRESS[name] + ":5432").replace("10.0.0.", NET)
        text = text.replace("name: db1", "name: " + name).replace(
            "/var/lib/postgresql/15/main", f"{self.folder}/pg/{name}").replace(
            "REPLACE-THIS-PASSWORD", PASSWORD).replace(
            "/etc/dundun/postgresql.pem", self.folder + "/pg/cert.pem").replace(
            "/etc/dundun/postgresql.key", self.folder + "/pg/key.pem").replace(
            "pgbackrest --stanza=dundun archive-push %p", "/bin/true").replace(
            "mode: required", "mode: 'off'").replace(
            "  parameters:\n    ssl:", f"  parameters:\n    unix_socket_directories: {sockets}\n    ssl:")
        path = f"{self.folder}/pg/{name}.yml"
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)
        os.chmod(path, 0o644)
        self.on(name, ["patroni", path], "patroni-" + name)

    def member(self, name, path="patroni"):
        try:
            with urllib.request.urlopen(f"http://{ADDRESS[name]}:8008/{path}", timeout=2) as answer:
                return json.load(answer)
        except OSError:
            return {}

    def leader(self):
        for name in HOSTS[:2]:
            if self.member(name).get("role") == "master" and self.member(name).get("state") == "running":
                return name
        return None

    def is_synchronous(self):
        leader = self.leader()
        return leader and any(one.get("sync_state") == "sync"
                              for one in self.member(leader).get("replication") or [])

    def processes(self, name):
        listed = subprocess.run(["ip", "netns", "pids", name], check=False, capture_output=True, text=True)
        return [int(pid) for pid in listed.stdout.split()]

    def end(self):
        super().end()
        for name in HOSTS:
            for pid in self.processes(name):
                os.kill(pid, signal.SIGKILL)
        self.remove_network()


class Patient(Load):
    """Repeats each send with its key until it is answered with 200, and keeps the longest gap."""

    def __init__(self, stack):
        self.last, self.gap, self.lock = time.monotonic(), 0.0, threading.Lock()
        super().__init__(stack)

    def work(self, number):
        while not self.stopping.is_set():
            began, key = time.monotonic(), uuid.uuid4().hex
            while True:
                status, body = self.stack.ask("POST", "/api/messages/send",
                                              {"to": "+254712345678", "text": "hi"}, key)
                self.answers[status] += 1
                if status == 200:
                    break
                if status not in (503, 409):
                    self.wrong.append(("send", status, body[:200]))
                time.sleep(0.1)
            with self.lock:
                now = time.monotonic()
                self.gap, self.last = max(self.gap, now - self.last), now
            self.sent.append(json.loads(body)["id"])
            time.sleep(max(0, len(self.threads) / 30 - (time.monotonic() - began)))


def switchover(stack, leader):
    other = next(name for name in HOSTS[:2] if name != leader)
    said("ip", "netns", "exec", leader, "patronictl", "-c", f"{stack.folder}/pg/{leader}.yml",
         "switchover", "--master", leader, "--candidate", other, "--force", "dundun")


def killed(stack, leader):
    """The whole host: Patroni, PostgreSQL, its etcd."""
    for pid in stack.processes(leader):
        os.kill(pid, signal.SIGKILL)


def partition(stack, leader):
    """Cut off from everybody, and back after the other one leads."""
    said("ip", "link", "set", "fo-" + leader, "down")
    stack.until(lambda: stack.leader() not in (None, leader))
    time.sleep(5)
    said("ip", "link", "set", "fo-" + leader, "up")


def lose(way):
    stack = Cluster()
    load, stopping = Patient(stack), threading.Event()
    keeper = threading.Thread(target=keep_scheduler, args=(stack, [ROOT], stopping))
    keeper.start()
    try:
        time.sleep(3)
        leader = stack.leader()
        programs = {name: child.pid for name, child in stack.programs.items() if name != "scheduler"}
        way(stack, leader)
        stack.until(lambda: stack.leader() not in (None, leader))
        before = len(load.sent)
        stack.until(lambda: len(load.sent) > before + 60)
        load.stop()
        wrong = judge(stack, load, f"{ROOT}/build/{MODE}/bin/reconcile")
        wrong += [f"{name} was started anew" for name, pid in programs.items()
                  if stack.programs[name].pid != pid or stack.programs[name].poll() is not None]
        print(f"{way.__name__}: {len(load.sent)} sends, {dict(load.answers)}, longest gap "
              f"{load.gap:.1f} s; {'; '.join(wrong) or 'none missing, none twice, reconcile clean'}",
              flush=True)
        return wrong
    finally:
        load.stop()
        stopping.set()
        keeper.join()
        stack.end()
        if os.environ.get("KEEP") is None:
            subprocess.run(["rm", "-rf", stack.folder], check=False)


def main():
    if os.getuid() != 0:
        sys.exit("make test-failover needs root.")
    ways = {way.__name__: way for way in (switchover, killed, partition)}
    wrong = []
    for name in sys.argv[1:] or ways:
        wrong += lose(ways[name])
    sys.exit(1 if wrong else 0)


main()
