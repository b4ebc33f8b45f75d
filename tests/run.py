#!/usr/bin/env python3
"""Runs the test programs and sums them up: a line a test, the ten slowest, and last
"N passed, N failed".  Usage: run.py  (MODE and BUILD from make; TEST_SLOTS, TEST_FILTER)

A test that failed runs once more, alone: beside others on a small machine it may have been the
machine. If it passes then, it counts as passed and is named as unsteady: a fault of the test, or of
the product, that somebody has to look for. More than UNSTEADY_MAX of them fail the run.

A slot runs suites one after the other with servers of its own; there are three a core, because a test
waits twice as long as it works.
A suite is never cut in two, because its tests share a running service. Suites are dealt out by the
seconds they took last time (BUILD/test-seconds), the longest first.
"""
import glob
import os
import re
import subprocess
import sys
import tempfile
import threading
import time

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
BUILD = os.path.join(ROOT, os.environ.get("BUILD") or "build/" + os.environ.get("MODE", "debug"))
PROGRAMS = ["unit_tests", "integration_tests", "fault_tests"]
SECONDS_FILE = os.path.join(BUILD, "test-seconds")
SECONDS_HINT = os.path.join(ROOT, "tests", "suite-seconds.txt")  # for the first run of a clone
ASKED_FOLDER = os.path.join(BUILD, "asked")  # for `make endpoints`
SECONDS_UNKNOWN = {"integration_tests": 2.0, "fault_tests": 10.0}  # of a test that never ran here
SLOTS_A_CORE = 3
UNIT_TESTS_SECONDS = 10.0  # the first slot begins with them
TAIL_LINES = 120  # of a program's output, shown when one of its tests failed
SLOWEST = 10
UNSTEADY_MAX = 5


def suites_of(program):
    """{suite: number of tests}, in the program's own order."""
    command = [os.path.join(BUILD, "bin", program), "--gtest_list_tests",
               "--gtest_filter=" + os.environ.get("TEST_FILTER", "*")]
    suites, suite = {}, None
    for line in subprocess.check_output(command, text=True).splitlines():
        name = line.split("#")[0].rstrip()
        if name.endswith(".") and not line.startswith(" "):
            suite = name[:-1]
        elif line.startswith("  ") and suite and "DISABLED_" not in line:
            suites[suite] = suites.get(suite, 0) + 1
    return suites


def read_seconds():
    seconds = {}
    for path in (SECONDS_HINT, SECONDS_FILE):
        if os.path.exists(path):
            with open(path) as file:
                seconds.update((name, float(took)) for name, took in map(str.split, file))
    return seconds


class Run:
    def __init__(self, out):
        self.out = out
        self.lock = threading.Lock()
        self.total = self.passed = self.failed = 0
        self.tests = []  # (seconds, suite.test)
        self.fell = []  # (program, suite.test) that failed
        self.unsteady = []
        self.suite_seconds = read_seconds()

    def tell(self, good, name, seconds):
        with self.lock:
            self.passed += good
            self.failed += not good
            self.tests.append((seconds, name))
            print(f"{self.passed + self.failed:4} of {self.total}, {self.failed} failed"
                  f"  {seconds:6.2f} s  {name}{'' if good else '   FAILED'}", flush=True)

    def program(self, slot, program, suites):
        """Runs these suites of a program, and tells each test as it ends."""
        log = os.path.join(self.out, f"{program}.{slot}.log")
        command = [os.path.join(BUILD, "bin", program), "--gtest_color=no",
                   "--gtest_filter=" + ":".join(s + ".*" for s in suites)]
        wanted = os.environ.get("TEST_FILTER")
        if wanted:
            command[-1] = "--gtest_filter=" + wanted
        failures, began = 0, time.monotonic()
        asked = os.path.join(ASKED_FOLDER, f"{program}.{slot}")
        with open(log, "w") as file:
            child = subprocess.Popen(command, cwd=ROOT, env={**os.environ, "DUNDUN_ASKED": asked},
                                     stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                                     text=True, errors="replace")
            for line in child.stdout:
                file.write(line)
                began, failures = self.line(program, line, began, failures)
        if child.wait() != 0:
            # A program that died took the test it was in with it.
            if failures == 0:
                self.tell(False, f"{program} (exit {child.returncode})", 0)
            self.show(log, program)

    def line(self, program, line, began, failures):
        end = re.match(r"\[ +(OK|FAILED|SKIPPED) +\] (\S+?)(?:,.*)? \((\d+) ms\)$", line)
        if end:
            self.tell(end[1] != "FAILED", end[2], int(end[3]) / 1000)
            failures += end[1] == "FAILED"
            if end[1] == "FAILED":
                with self.lock:
                    self.fell.append((program, end[2]))
        suite = re.match(r"\[-+\] \d+ tests? from (\S+) \(\d+ ms total\)$", line)
        if suite:
            # By the wall: starting and stopping its service is part of a suite.
            now = time.monotonic()
            self.suite_seconds[suite[1]] = round(now - began, 2)
            began = now
        return began, failures

    def once_more(self):
        """The tests that failed, each alone."""
        if len(self.fell) > UNSTEADY_MAX:
            return
        for program, name in self.fell:
            command = [os.path.join(BUILD, "bin", program), "--gtest_color=no",
                       "--gtest_filter=" + name]
            good = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE,
                                  stderr=subprocess.STDOUT, check=False).returncode == 0
            print(f"alone: {name} {'passed' if good else 'failed again'}", flush=True)
            if good:
                self.unsteady.append(name)
                self.failed -= 1
                self.passed += 1

    def show(self, log, program):
        with open(log, errors="replace") as file:
            lines = [line for line in file
                     if not re.match(r"\[( RUN|       OK|-----|=====)", line)]
        with self.lock:
            print(f"== {program}\n{''.join(lines[-TAIL_LINES:])}", flush=True)


def deal(run, slots):
    """A list a slot of (program, suites)."""
    work = []
    for program in PROGRAMS[1:]:
        for suite, tests in suites_of(program).items():
            work.append((run.suite_seconds.get(suite, tests * SECONDS_UNKNOWN[program]), program, suite))
            run.total += tests
    hands = [[0.0, {}] for _ in range(slots)]
    hands[0][0] = UNIT_TESTS_SECONDS
    for seconds, program, suite in sorted(work, reverse=True):
        hand = min(hands, key=lambda h: h[0])
        hand[0] += seconds
        hand[1].setdefault(program, []).append(suite)
    return [sorted(hand[1].items(), key=lambda item: PROGRAMS.index(item[0])) for hand in hands]


def main():
    if len(sys.argv) > 1:
        sys.exit(__doc__)
    out = tempfile.mkdtemp(prefix="dundun-tests-")
    # What a sanitizer finds in a server that the tests started counts as a failure too.
    report = os.path.join(out, "report")
    os.environ["ASAN_OPTIONS"] = f"detect_leaks=0:abort_on_error=1:log_path={report}"
    os.environ["UBSAN_OPTIONS"] = f"print_stacktrace=1:log_path={report}"
    os.environ["TSAN_OPTIONS"] = f"log_path={report}"
    # A filter cannot be cut by suites: one slot runs all that it names.
    filtered = "TEST_FILTER" in os.environ
    slots = 1 if filtered else int(os.environ.get("TEST_SLOTS", SLOTS_A_CORE * (os.cpu_count() or 1)))
    run = Run(out)
    if not filtered:
        subprocess.run(["rm", "-rf", ASKED_FOLDER], check=False)
    os.makedirs(ASKED_FOLDER, exist_ok=True)
    began = time.monotonic()
    hands = deal(run, slots)
    unit = suites_of("unit_tests")
    run.total += sum(unit.values())

    def work(slot):
        if slot == 0 and unit:
            run.program(slot, "unit_tests", unit)
        for program, suites in hands[slot]:
            run.program(slot, program, suites)

    threads = [threading.Thread(target=work, args=(slot,)) for slot in range(slots)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if not filtered:
        run.once_more()
    for name in glob.glob(report + ".*"):
        with open(name, errors="replace") as file:
            print("== sanitizer\n" + "".join(file.readlines()[:60]))
        run.failed += 1
    if not filtered:  # a part of a suite says nothing of the whole
        with open(SECONDS_FILE, "w") as file:
            file.writelines(f"{name} {seconds}\n" for name, seconds in run.suite_seconds.items())
    print("The slowest:")
    for seconds, name in sorted(run.tests, reverse=True)[:SLOWEST]:
        print(f"  {seconds:6.2f} s  {name}")
    print(f"in {time.monotonic() - began:.0f} s")
    for name in run.unsteady:
        print(f"UNSTEADY: {name} passed only alone")
    print(f"{run.passed} passed, {run.failed} failed")
    subprocess.run(["rm", "-rf", out], check=False)
    return 0 if run.failed == 0 and run.passed > 0 else 1


if __name__ == "__main__":
    sys.exit(main())
