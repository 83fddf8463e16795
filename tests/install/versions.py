#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Checks that the version of CMakeLists.txt is that of the programs, the Debian package and the
changelog.

Usage: versions.py SOURCE_FOLDER VERSION PROGRAM...
"""

import pathlib
import re
import subprocess
import sys


def main():
    project, version, *programs = pathlib.Path(sys.argv[1]), *sys.argv[2:]
    said = {
        pathlib.Path(program).name: subprocess.run(
            [program, "--version"], capture_output=True, text=True, check=True
        ).stdout.split()[1]
        for program in programs
    }
    # The upstream part of it; a package that comes next may be of no other.
    first = project.joinpath("debian/changelog").read_text().splitlines()[0]
    said["debian/changelog"] = re.fullmatch(r"mpsse-gpiofs \((.*)-[^-]+\) .*", first)[1]
    released = re.findall(r"^## \[(\d.*)\]", project.joinpath("CHANGELOG.md").read_text(), re.M)
    said |= {"CHANGELOG.md": released[0]} if released else {}
    wrong = {name: found for name, found in said.items() if found != version}
    if wrong:
        sys.exit(f"CMakeLists.txt says {version}, but {wrong}")


if __name__ == "__main__":
    main()
