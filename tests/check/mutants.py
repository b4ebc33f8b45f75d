#!/usr/bin/env python3
"""Each text that tests/mutants/mutants.txt would change stands in its file, once."""
from pathlib import Path

from tree import Complaints, text

complaints = Complaints()
LIST = "tests/mutants/mutants.txt"
path = ""
for number, line in enumerate(text(LIST).split("\n"), 1):
    if line.startswith("@"):
        path = line.lstrip("@!").strip()
        if not Path(path).is_file():
            complaints.add(f"{LIST}:{number}: there is no {path}")
    elif line.startswith("- ") and Path(path).is_file() and text(path).count(line[2:]) != 1:
        complaints.add(f"{LIST}:{number}: this does not stand once in {path}")
complaints.exit()
