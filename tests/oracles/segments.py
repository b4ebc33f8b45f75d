#!/usr/bin/env python3
"""Random texts and their segments by 3GPP TS 23.038 (alphabet) and TS 23.040 (concatenation), a JSON
object a line: {"text", "encoding", "units", "segments"}.  Usage: segments.py TEXTS SEED"""
import json
import random
import sys

# TS 23.038, 6.2.1: the default alphabet, by code; 0x1B is the escape to 6.2.1.1.
DEFAULT = ("@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞ\x1bÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
           "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà")
EXTENSION = "\f^{}\\[~]|€"
GSM_ONE, GSM_MANY = 160, 153    # septets in 140 octets; without the 6 octets of a header
UCS_ONE, UCS_MANY = 70, 67      # UCS-2 units

assert len(DEFAULT) == 128


def septets(c):
    if c != "\x1b" and c in DEFAULT:
        return 1
    return 2 if c in EXTENSION else 0


def measure(text):
    """Encoding, units and segments; what one character takes is never cut in two."""
    gsm = all(septets(c) for c in text)
    sizes = [septets(c) if gsm else len(c.encode("utf-16-be")) // 2 for c in text]
    one, many = (GSM_ONE, GSM_MANY) if gsm else (UCS_ONE, UCS_MANY)
    if sum(sizes) <= one:
        return ("GSM7" if gsm else "UCS2"), sum(sizes), 1
    segments, room = 1, many
    for size in sizes:
        if size > room:
            segments, room = segments + 1, many
        room -= size
    return ("GSM7" if gsm else "UCS2"), sum(sizes), segments


count, seed = int(sys.argv[1]), int(sys.argv[2])
chance = random.Random(seed)
PLAIN = DEFAULT.replace("\x1b", "")
POOLS = [PLAIN, PLAIN + EXTENSION, "a€", "a" * 20 + EXTENSION, PLAIN + "’", "aç😀", "漢😀", "العربية ",
         "a\u200b\u202f\ufe0f", "abc\t\x0b\x1b"]
EDGES = [0, 1, 69, 70, 71, 134, 135, 159, 160, 161, 306, 307, 459]
for _ in range(count):
    pool = chance.choice(POOLS)
    size = max(1, chance.choice(EDGES) + chance.randrange(-2, 3))
    text = "".join(chance.choice(pool) for _ in range(size))
    encoding, units, segments = measure(text)
    print(json.dumps({"text": text, "encoding": encoding, "units": units, "segments": segments}))
