#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Compares the options a program prints with --help to those its mdoc page lists, both ways.

Usage: man_page_options.py PROGRAM PAGE
"""

import re
import subprocess
import sys


def options_of_help(program):
    """The spellings at the start of indented lines: "-f", "--list", "-o base"."""
    done = subprocess.run([program, "--help"], capture_output=True, text=True, timeout=20)
    if done.returncode != 0 or done.stderr:
        sys.exit(f"{program} --help: status {done.returncode}, stderr {done.stderr!r}")
    names = set()
    for line in done.stdout.splitlines():
        spelled = re.match(r"\s+(-\S.*?)(?:\s{2,}|$)", line)
        if not spelled:
            continue
        key = re.match(r"-o ([a-z_]+)(?:=|$)", spelled[1])
        names |= {f"-o {key[1]}"} if key else set(re.findall(r"(?:^|, )(--?[\w-]+)", spelled[1]))
    return names


def options_of_page(page):
    """The flags of every .It line that starts with one."""
    names = set()
    with open(page, encoding="utf-8") as lines:
        for line in lines:
            words = line.split()
            if words[:2] != [".It", "Fl"]:
                continue
            for at, word in enumerate(words[:-1]):
                if word != "Fl":
                    continue
                name = "-" + words[at + 1]
                if name == "-o" and words[at + 2 : at + 3] == ["Cm"]:
                    name += " " + words[at + 3]
                names.add(name)
    return names


def main():
    program, page = sys.argv[1:]
    in_help, in_page = options_of_help(program), options_of_page(page)
    if not in_help:
        sys.exit(f"{program} --help lists no option")
    for name in sorted(in_help - in_page):
        print(f"{name} is missing in {page}")
    for name in sorted(in_page - in_help):
        print(f"{name} is missing in {program} --help")
    sys.exit(in_help != in_page)


if __name__ == "__main__":
    main()
