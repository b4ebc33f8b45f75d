#!/usr/bin/env python3
"""Comments and documents name files that are there, and headings that are there."""
import os
import re

from tree import Complaints, ending, files, text

EXEMPT = {"tests/check/try.sh"}  # which makes files up
# Migrations that were applied are never edited: the checksum is compared. What they name may move.
APPLIED = "sql/migrations/"
CODE = (".cpp", ".h")
complaints = Complaints()
known = set(files())
folders = {os.path.dirname(name) for name in files()}
tops = {name.split("/")[0] for name in files() if "/" in name}
names = {os.path.basename(name) for name in files()}
# A path, or a bare name, which ends as our sources do; not a part of a pattern or of an address.
PATH = re.compile(r"(?<![\w/.$\-{}*<>+%\\:])((?:\.\./)*(?:[\w-][\w.-]*/)*[a-zA-Z0-9][\w-]*"
                  r"\.(?:h|cpp|md|sh|sql|awk|py|pl|lua|mjs|html|json|conf|txt))(?![\w/*])")
OURS = (".h", ".cpp", ".md", ".sh", ".sql", ".awk", ".py", ".pl", ".lua")
LINK = re.compile(r"\]\(([^)#:]*)(#[^)]*)?\)")


def is_there(name, path):
    beside = os.path.normpath(os.path.join(os.path.dirname(name), path))
    if path in known or beside in known:
        return True
    if os.path.basename(path).startswith("NNNN_"):  # any migration
        return True
    if "/" in path:  # what is made elsewhere is not ours
        return path.split("/")[0] not in tops and not path.startswith("..")
    return path in names or not path.endswith(OURS)


def anchors(name):
    """The headings of a document, as a link names them."""
    found = set()
    for line in re.findall(r"^#+ +(.*)$", text(name), re.M):
        plain = re.sub(r"\[([^]]*)\]\([^)]*\)", r"\1", line).lower()
        found.add("#" + re.sub(r"[^\w\- ]", "", plain).replace(" ", "-"))
    return found


def judge_links(name, number, line):
    for path, heading in LINK.findall(re.sub(r"`[^`]*`", "", line)):
        target = os.path.normpath(os.path.join(os.path.dirname(name), path)) if path else name
        if target not in known and target not in folders:
            complaints.add(f"{name}:{number} links to {path}, which is not there")
        elif heading and target.endswith(".md") and heading not in anchors(target):
            complaints.add(f"{name}:{number} links to {target}{heading}: no such heading")


for name in files():
    if name in EXEMPT or name.startswith(APPLIED) or name.endswith((".json", ".mjs", ".js", ".txt", ".css")):
        continue
    for number, line in enumerate(text(name).split("\n"), 1):
        if name.endswith(".md"):
            judge_links(name, number, line)
        if name.endswith(CODE):  # the compiler looks at the rest
            line = line[line.find("//"):] if "//" in line else ""
        for path in PATH.findall(line):
            if not is_there(name, path):
                complaints.add(f"{name}:{number} names {path}, which is not there")
complaints.exit()
