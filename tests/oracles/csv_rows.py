#!/usr/bin/env python3
"""Random CSV files and what Python's csv module reads in them, a JSON object a line:
{"separator", "file", "rows"}; rows is null for what it refuses.  Usage: csv_rows.py FILES SEED"""
import csv
import io
import json
import random
import sys

count, seed = int(sys.argv[1]), int(sys.argv[2])
chance = random.Random(seed)
LETTERS = "abz09éß€ف漢😀+-.'=@"


def rows_of(text, separator):
    try:
        reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
        return [row for row in reader if row]
    except csv.Error:
        return None


def word(inner):
    return "".join(chance.choice(inner) for _ in range(chance.randrange(6)))


def written(separator):
    """As programs write it: every field that needs quotes has them."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, delimiter=separator, lineterminator=chance.choice(["\n", "\r\n", "\r"]),
                        quoting=chance.choice([csv.QUOTE_ALL, csv.QUOTE_MINIMAL]))
    for _ in range(chance.randrange(1, 6)):
        writer.writerow([word(LETTERS + separator + "\"\n") for _ in range(chance.randrange(1, 5))])
    text = out.getvalue()
    return text.rstrip("\r\n") if chance.random() < 0.3 else text


def thrown(separator):
    """As nobody should write it: quotes and line ends anywhere."""
    return "".join(chance.choice("ab\"\"\n\r" + separator) for _ in range(chance.randrange(30)))


for _ in range(count):
    mark = chance.choice(",;\t")
    file = (written if chance.random() < 0.6 else thrown)(mark)
    print(json.dumps({"separator": mark, "file": file, "rows": rows_of(file, mark)}))
