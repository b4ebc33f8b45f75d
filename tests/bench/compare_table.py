#!/usr/bin/env python3
"""The table of compare.sh.  Usage: compare_table.py JIFFIES_A_SECOND < rows

A row: side|name|connections|requests rate mean_ms p99_ms errors|jiffies before|jiffies after,
where the jiffies are those of PostgreSQL, the workers, nginx and Redis.
"""
import statistics
import sys

KINDS = ["PostgreSQL", "worker", "nginx", "Redis"]


def spread(values, form):
    return f"{statistics.median(values):{form}} [{min(values):{form}}-{max(values):{form}}]"


def read(lines, tick):
    rows = {}
    for line in lines:
        side, name, connections, load, before, after = line.rstrip("\n").split("|")
        requests, rate, mean, p99, errors = map(float, load.split())
        cpu = [(b - a) / tick * 1e6 / max(requests, 1)
               for a, b in zip(map(int, before.split()), map(int, after.split()))]
        rows.setdefault((name, int(connections)), {}).setdefault(side, []).append(
            (rate, p99, rate * mean / 1000 / int(connections), errors, cpu))
    return rows


def main():
    rows = read(sys.stdin, int(sys.argv[1]))
    trivial = {c: statistics.median(r[0] for r in sides["trivial"])
               for (name, c), sides in rows.items() if name == "trivial"}
    for (name, connections), sides in rows.items():
        for side, runs in sides.items():
            rates = [run[0] for run in runs]
            cpu = ", ".join(f"{kind} {statistics.median(run[4][i] for run in runs):.0f}"
                            for i, kind in enumerate(KINDS))
            print(f"{name:20} c={connections:<4} {side:8} {spread(rates, '.0f')}/s"
                  f"  {statistics.median(rates) / trivial[connections]:.2f} of trivial"
                  f"  p99 {spread([run[1] for run in runs], '.0f')} ms"
                  f"  us: {cpu}"
                  f"  law {statistics.median(run[2] for run in runs):.2f}"
                  f"  errors {sum(run[3] for run in runs):.0f}")


main()
