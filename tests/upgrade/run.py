#!/usr/bin/env python3
"""make test-upgrade: from each release of deploy/releases to this checkout and back, under load.

Programs of the old release serve; the tables are migrated; each program is replaced as systemd does
it (the socket stays open), then replaced again by the old one. No request may fail, every message that
was acknowledged is there once, the handset got each once, and the books balance.
Usage: run.py [VERSION…]   (RATE: requests a second, MODE: the build)"""
import os
import shutil
import subprocess
import sys
import threading
import time

sys.path.insert(0, os.path.join(os.getcwd(), "tests/support"))
from live_stack import GROUPS, MODE, ROOT, Load, Stack, judge, keep_scheduler, said  # noqa: E402

SECONDS_BETWEEN = 1


def build(checkout):
    names = [f"build/{MODE}/bin/{name}" for name in
             GROUPS + ["scheduler", "ws-bridge", "reconcile", "dundunctl"]]
    with open(f"{checkout}/build-upgrade.log", "w", encoding="utf-8") as log:
        subprocess.run(["nice", "make", "-s", f"-j{os.cpu_count()}", f"MODE={MODE}", *names,
                        f"build/{MODE}/openapi.json"], cwd=checkout, check=True, stdout=log,
                       stderr=log)
    os.unlink(f"{checkout}/build-upgrade.log")


def old_checkout(version, commit):
    path = f"{ROOT}/build/upgrade/{version}"
    if not os.path.isdir(path):
        said("git", "worktree", "add", "--detach", path, commit)
    build(path)
    return path


def upgrade(version, commit):
    old = old_checkout(version, commit)
    stack = Stack(old)
    load, now, stopping = Load(stack), [old], threading.Event()
    keeper = threading.Thread(target=keep_scheduler, args=(stack, now, stopping))
    try:
        time.sleep(2)
        applied = stack.migrate(ROOT)
        for checkout in (ROOT, old, ROOT):
            stopping.set()
            if keeper.ident:
                keeper.join()
            time.sleep(SECONDS_BETWEEN)
            now[0] = checkout
            stack.serve(checkout)
            stack.nginx(checkout)
            stopping.clear()
            keeper = threading.Thread(target=keep_scheduler, args=(stack, now, stopping))
            keeper.start()
            time.sleep(SECONDS_BETWEEN)
        load.stop()
        wrong = judge(stack, load, f"{ROOT}/build/{MODE}/bin/reconcile")
        print(f"{version} to {open('VERSION', encoding='utf-8').read().strip()}, back, and again: "
              f"{sum(load.answers.values())} requests, {dict(load.answers)}, "
              f"{len(load.sent)} sends, the slowest answer {load.slowest:.1f} s, "
              f"{applied.count('applied')} migrations")
        return wrong
    finally:
        load.stop()
        stopping.set()
        stack.end()
        shutil.rmtree(stack.folder, ignore_errors=True)


def main():
    listed = [line.split() for line in open("deploy/releases", encoding="utf-8")
              if not line.startswith("#")]
    build(ROOT)
    wrong = []
    for version, commit, _ in listed:
        if len(sys.argv) < 2 or version in sys.argv[1:]:
            wrong += upgrade(version, commit)
    print("\n".join(wrong[:20]) if wrong else "upgrade: no request failed")
    sys.exit(1 if wrong else 0)


main()
