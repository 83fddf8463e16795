#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Checks that boards are not said to be absent where there are too few file descriptors to see any.

Usage: few_descriptors.py MPSSE_GPIOFS
"""

import subprocess
import sys

NO_BOARD = "mpsse-gpiofs: no FTDI board is plugged in: none is among /sys/bus/usb/devices\n"


def list_boards(program, descriptors):
    return subprocess.run(
        ["prlimit", f"--nofile={descriptors}", program, "--list"],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=20,
    )


def main():
    program = sys.argv[1]
    failures = 0
    for descriptors in (6, 8, 10, 12):
        done = list_boards(program, descriptors)
        tells = "file descriptors" in done.stderr and "ulimit -n" in done.stderr
        if done.returncode != 1 or done.stdout or done.stderr.count("\n") != 1 or not tells:
            print(f"{descriptors} descriptors: {done}")
            failures += 1
    done = list_boards(program, 64)
    if done.returncode != 0 or done.stderr not in ("", NO_BOARD) or not done.stdout.startswith("PATH"):
        print(f"64 descriptors: {done}")
        failures += 1
    sys.exit(failures != 0)


if __name__ == "__main__":
    main()
