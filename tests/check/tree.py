"""What the checks beside this file share: the repository's files, and where a complaint goes."""
import functools
import subprocess
from pathlib import Path

PROGRAMS = ("handlers", "scheduler", "ws-bridge", "smpp-guard", "openapi")


@functools.cache
def files():
    """Every file that git knows or would take, as paths from the root, where the checks run."""
    listed = subprocess.run(["git", "ls-files", "-co", "--exclude-standard"],
                            capture_output=True, text=True, check=True).stdout
    return [name for name in listed.splitlines() if Path(name).is_file()]


def ending(*ends):
    return [name for name in files() if name.endswith(ends)]


@functools.cache
def text(name):
    try:
        return Path(name).read_text(encoding="utf-8")
    except UnicodeDecodeError:  # a seed of the fuzzers, for one
        return ""


class Complaints:
    def __init__(self):
        self.count = 0

    def add(self, words):
        self.count += 1
        print(words)

    def exit(self):
        raise SystemExit(1 if self.count else 0)
