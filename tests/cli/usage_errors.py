#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Checks that bad usage ends with status 2 and one line on stderr, and questions with 0 and none.

Usage: usage_errors.py MPSSE_GPIOFS
"""

import subprocess
import sys

# Arguments, and what the line must name.
BAD_USAGE = [
    ([], "MOUNTPOINT"),
    (["-x", "/mnt"], "'-x'"),
    (["--bored", "/mnt"], "'--bored'"),
    (["all", "/mnt", "more"], "'more'"),
    (["nonsense", "/mnt"], "'nonsense'"),
    (["-o", "base=x", "/mnt"], "'x'"),
    (["-o", "ro", "/mnt"], "'ro'"),
    (["-o", "sample_interval_us=4294967296", "/mnt"], "sample_interval_us"),
    (["--board", "path:1-1,colour=red", "/mnt"], "'colour'"),
    (["--list", "/mnt"], "--list"),
    (["--mount-below", ""], "--mount-below"),
    (["--mount-below", "/run", "all", "/mnt"], "'/mnt'"),
    (["--mount-below", "/run", "-o", "wait"], "wait"),
    (["--clear-below", "/run", "/mnt"], "'/mnt'"),
    (["--clear-sysfs", "/mnt"], "'/mnt'"),
    (["--at-sysfs", "all", "/mnt"], "'/mnt'"),
    (["--at-sysfs", "--mount-below", "/run"], "--mount-below"),
    (["--hide-kernel", "/mnt"], "--at-sysfs"),
    (["--at-sysfs", "/mnt"], "'/mnt' is no BOARD: leave it out, --at-sysfs takes the place"),
    (["--mount-below", "/run", "./mnt"], "--mount-below takes the place of MOUNTPOINT"),
    (["--at-sysfs", "path:x"], "bus and ports"),
    (["--simulate", "FT999", "/mnt"], "'FT999': one of FT232H"),
    (["--simulate", "/x", "/mnt"], "'/x'"),
    (["--simulate", "FT2232D,usb=hs", "/mnt"], "no high-speed"),
    (["--simulate", "FT232H,interface=B", "/mnt"], "interface B"),
    (["--simulate", "FT4232H,interface=C", "/mnt"], "'C'"),
    (["sim:FT999", "/mnt"], "'FT999'"),
    (["all,interface=C", "/mnt"], "'C'"),
    (["/x", "/mnt"], "'/x' is a path, and there can be only one MOUNTPOINT"),
    (["--check", "/mnt"], "'/mnt' is no BOARD: leave it out, --check takes no MOUNTPOINT"),
    (["--check", "all", "/mnt"], "'/mnt'"),
    (["--check", "--wire", "ADBUS4"], "'ADBUS4' is not two pins"),
    (["--check", "--wire", "ADBUS4,ADBUS9"], "'ADBUS9' is no pin"),
    (["--wire", "ADBUS4,ADBUS5", "/mnt"], "--wire goes with --check"),
    (["--check", "--yes"], "--yes goes with"),
    (["FT232H,usb=hs", "/mnt"], "use sim:FT232H or --simulate FT232H"),
]
QUESTIONS = [(["--help"], "Usage: mpsse-gpiofs"), (["-V"], "mpsse-gpiofs ")]


def run(program, arguments):
    return subprocess.run(
        [program, *arguments], stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=20
    )


def is_one_line(text):
    return text.count("\n") == 1 and text.endswith("\n")


def main():
    program = sys.argv[1]
    failures = 0
    for arguments, part in BAD_USAGE:
        done = run(program, arguments)
        if done.returncode != 2 or done.stdout or not is_one_line(done.stderr):
            print(f"{arguments}: {done}")
            failures += 1
        elif not done.stderr.startswith("mpsse-gpiofs: ") or part not in done.stderr:
            print(f"{arguments}: {part} is not named in {done.stderr!r}")
            failures += 1
    for arguments, start in QUESTIONS:
        done = run(program, arguments)
        if done.returncode != 0 or done.stderr or not done.stdout.startswith(start):
            print(f"{arguments}: {done}")
            failures += 1
    sys.exit(failures != 0)


if __name__ == "__main__":
    main()
