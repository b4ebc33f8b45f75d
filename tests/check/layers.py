#!/usr/bin/env python3
"""Includes point down. layers.txt has the layers of common; on top of them stand the programs, and
a program includes no other one. The tests include what they like, and nobody includes them."""
import re
from pathlib import Path

from tree import PROGRAMS, Complaints, ending, text

complaints = Complaints()
layers = [line for line in Path("tests/check/layers.txt").read_text().split("\n")
          if line and not line.startswith("#")]
rank = {layer: number for number, layer in enumerate(layers)}


def program(path):
    """`scheduler`, or a group of handlers: each is a binary of its own."""
    parts = path.split("/")
    return "/".join(parts[:2]) if parts[0] == "handlers" else parts[0]


def judge_include(name, number, wanted):
    where = f"{name}:{number} includes {wanted}"
    top = name.split("/")[0]
    other = wanted.split("/")[0]
    if other == "common":
        layer = wanted.split("/")[1]
        if layer not in rank:
            complaints.add(f"{where}: layers.txt has no layer {layer}")
        elif top == "common" and rank[layer] > rank.get(name.split("/")[1], len(rank)):
            complaints.add(f"{where}: upwards")
    elif other in PROGRAMS + ("tests",):
        if top == "common":
            complaints.add(f"{where}: common includes no program")
        elif program(name) != program(wanted) and top != "tests":
            complaints.add(f"{where}: a program includes no other one")


for folder in sorted({name.split("/")[1] for name in ending(".cpp", ".h")
                      if name.startswith("common/")}):
    if folder not in rank:
        complaints.add(f"common/{folder} is no layer of tests/check/layers.txt")
for name in ending(".cpp", ".h"):
    for number, line in enumerate(text(name).split("\n"), 1):
        found = re.match(r'#include "([^"]+)"', line)
        if found:
            judge_include(name, number, found.group(1))
complaints.exit()
