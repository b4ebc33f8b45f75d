#!/usr/bin/env python3
"""Files that nobody builds, includes, names or runs, and statements that nobody executes."""
import glob
import os
import re

from tree import Complaints, ending, files, text

complaints = Complaints()
# What make builds: the patterns that stand in the Makefile.
built = {name for pattern in re.findall(r"[a-z][a-z*/-]*\.cpp", text("Makefile"))
         for name in glob.glob(pattern)}
code = {name: text(name) for name in ending(".cpp", ".h")}
# The scripts that write a header say what it includes, with their quotes escaped.
includes = {name: set(re.findall(r'#include \\?"([^"\\]+)', text(name)))
            for name in ending(".cpp", ".h", ".awk")}
everything = {name: text(name) for name in files() if name != "CHANGELOG.md"}


def named_elsewhere(word, but):
    return any(word in body for name, body in everything.items() if name not in but)


def defined_in(body):
    """What a source file defines for others: functions outside unnamed namespaces."""
    outside = re.sub(r"^namespace \{$.*?^\}  // namespace$", "", body, flags=re.S | re.M)
    return set(re.findall(r"^[A-Za-z][\w:<>,&* ]*?([a-z]\w*)\(", outside, re.M))


def is_used(name):
    """A source file is used if others include its header or call what it defines."""
    stem = name.removesuffix(".cpp")
    own = {name, stem + ".h"}
    if stem + ".h" in code:
        return True  # the header is judged by itself
    if name.endswith("_test.cpp") or name.endswith("/main.cpp"):
        return True
    if re.search(r"^int main\(", code[name], re.M):
        return True  # a program of its own: fuzzers, measurements
    if name.startswith("tests/fuzz/"):
        return "LLVMFuzzerTestOneInput" in code[name]
    words = "|".join(map(re.escape, defined_in(code[name]) or {"nothing at all"}))
    used = re.compile(rf"\b(?:{words})\b")
    return any(used.search(body) for other, body in code.items() if other not in own)


for name in sorted(code):
    if name.endswith(".h"):
        own = {name, name.removesuffix(".h") + ".cpp"}
        included = any(name in wanted for other, wanted in includes.items() if other not in own)
        # std.h is read before every file; make and awk put the groups' tables together.
        if not included and not re.search(r"/(std|routes|schemas)\.h$", name):
            complaints.add(f"nobody includes {name}")
    elif name not in built:
        complaints.add(f"make does not build {name}: no pattern of the Makefile takes it")
    elif not is_used(name):
        complaints.add(f"nobody uses {name}")

for name in ending(".sh", ".awk", ".pl", ".py", ".lua", ".sql", ".html", ".mjs", ".in"):
    if name.startswith(("sql/migrations/", "sql/statements/")):
        continue  # taken by folder; statements are judged below
    # A Python file is imported by its stem.
    word = os.path.basename(name)
    if not named_elsewhere(word, {name}) and not (
            name.endswith(".py") and named_elsewhere(f"from {word[:-3]} import", {name})):
        complaints.add(f"nobody names {name}")

# reconcile asks every statement whose name begins with breach_.
calls = set(re.findall(r"\bsql::(\w+)", "\n".join(code.values())))
for name in ending(".sql"):
    for statement in re.findall(r"^-- name: (\w+)", text(name), re.M):
        if statement not in calls and not statement.startswith("breach_"):
            complaints.add(f"nobody executes {statement} of {name}")
complaints.exit()
