#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Checks that the hwdb and the program's table know the same boards, and mount the same by itself.

Usage: hwdb_table.py KNOWN_BOARDS_CPP HWDB
"""

import pathlib
import re
import sys

# The program knows these to say that their chips have no MPSSE engine.
NO_MPSSE = {("0403", "6001"), ("0403", "6015")}


def boards_of_table(path):
    """{(vendor, product): made for GPIO alone}"""
    text = pathlib.Path(path).read_text(encoding="utf-8")
    constants = dict(re.findall(r"constexpr std::uint16_t (\w+) = (0x[0-9a-f]+);", text))
    boards = {}
    for vendor, product, gpio_only in re.findall(
        r'KnownBoard\{(\w+), (\w+), "[^"]*"(?:, (true|false))?\}', text
    ):
        identity = tuple(constants.get(word, word)[2:] for word in (vendor, product))
        boards[identity] = gpio_only == "true"
    if text.count("KnownBoard{") != len(boards):
        sys.exit(f"{path}: not every board of the table could be read, or one is there twice")
    return boards


def boards_of_hwdb(path):
    """{(vendor, product): mounted by itself}"""
    boards = {}
    for record in pathlib.Path(path).read_text(encoding="utf-8").split("\n\n"):
        lines = [line for line in record.splitlines() if not line.startswith("#")]
        properties = {line.strip() for line in lines if line.startswith(" ")}
        for line in lines:
            if line.startswith(" "):
                continue
            match = re.fullmatch(r"usb:v([0-9A-F]{4})p([0-9A-F]{4})\*", line)
            if not match or "MPSSE_GPIOFS=1" not in properties:
                sys.exit(f"{path}: {line!r} is no board, or has no MPSSE_GPIOFS=1")
            identity = (match[1].lower(), match[2].lower())
            if identity in boards:
                sys.exit(f"{path}: {line!r} is there twice")
            boards[identity] = "MPSSE_GPIOFS_MOUNT=1" in properties
    return boards


def main():
    table, hwdb = boards_of_table(sys.argv[1]), boards_of_hwdb(sys.argv[2])
    for identity in NO_MPSSE:
        del table[identity]
    differences = sorted(set(table.items()) ^ set(hwdb.items()))
    for (vendor, product), automatic in differences:
        where = "table" if table.get((vendor, product)) == automatic else "hwdb"
        print(f"{vendor}:{product}, mounted by itself: {automatic}: says only the {where}")
    sys.exit(bool(differences))


if __name__ == "__main__":
    main()
