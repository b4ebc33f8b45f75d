#!/usr/bin/env python3
"""make endpoints [FILTER=webhooks]: every endpoint with its right and its handler's file, and below
it the tests that ask it through nginx, as the last test runs noted (tests/run.py). Those of
tests/contract ask every endpoint besides."""
import glob
import os
import re

os.chdir(os.path.join(os.path.dirname(os.path.abspath(__file__)), "../.."))
BUILD = os.environ.get("BUILD") or "build/debug"


def read(pattern):
    return {path: open(path, encoding="utf-8").read() for path in sorted(glob.glob(pattern))}


def endpoints():
    """(method, path, right, file) of the route tables."""
    line = re.compile(r'\{Method::k(\w+),\s*"([^"]+)",\s*(?:live\()?Access::k(\w+)\)?,\s*(?:calls_out\()?(\w+)')
    for table, text in read("handlers/*/endpoints.h").items():
        files = read(os.path.dirname(table) + "/*.cpp")
        for method, path, right, handler in line.findall(text):
            where = [file for file, code in files.items() if f"<Response> {handler}(" in code]
            yield method.upper(), path, right.lower(), " ".join(where) or table


def shape(path):
    """How specific a path is: a literal segment wins over {…}, as in the router."""
    return [not part.startswith("{") for part in path.split("/")]


def asked():
    """{(method, path as asked): tests}."""
    tests = {}
    for text in read(os.path.join(BUILD, "asked", "*")).values():
        for line in text.splitlines():
            test, method, target = line.split(" ", 2)
            if test.startswith("OpenApiTest."):  # asks them all
                continue
            tests.setdefault((method, re.sub(r"^/(api|v1)(?=/)", "", target)), set()).add(test)
    return tests


def main():
    table = sorted(set(endpoints()), key=lambda row: shape(row[1]), reverse=True)
    matchers = [(row, re.compile(re.sub(r"\\\{\w+\\\}", "[^/]+", re.escape(row[1])))) for row in table]
    tests = {}
    for (method, path), names in asked().items():
        for row, matcher in matchers:
            if row[0] == method and matcher.fullmatch(path):
                tests.setdefault(row, set()).update(names)
                break
    if not tests:
        print("No test run has noted anything yet: run `make test`.\n")
    for row in sorted(table, key=lambda row: (row[3], row[1])):
        if os.environ.get("FILTER", "") in row[1]:
            print(f"{row[0]} {row[1]}  ({row[2]})  {row[3]}")
            for test in sorted(tests.get(row, ())):
                print(f"    {test}")


main()
