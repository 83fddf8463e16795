#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Checks that every source file begins with the short name of the licence that LICENSE is.

Usage: licences.py SOURCE_FOLDER
"""

import pathlib
import subprocess
import sys

PLACES = ("CMakeLists.txt", "src", "tests", "scripts", "cmake", ".ci", "udev", "completions", "debian")
C_LIKE = (".cpp", ".h", ".c", ".js", ".mjs")
STARTS = (b"#!", b"#compdef")
HASH = (".cmake", ".py", ".sh", ".in", ".bash", ".rules", ".hwdb", ".pl")


def comment_of(path):
    """What a comment of such a file begins with; nothing if it is no source."""
    if path.suffix in C_LIKE:
        return "//"
    if path.suffix in HASH or path.name == "CMakeLists.txt":
        return "#"
    with path.open("rb") as file:
        return "#" if file.read(8).startswith(STARTS) else None


def main():
    project = pathlib.Path(sys.argv[1])
    if not project.joinpath("LICENSE").read_text().startswith("MIT License"):
        sys.exit("LICENSE is another licence now")
    listed = subprocess.run(["git", "-C", project, "ls-files", "-z", *PLACES],
                            capture_output=True, text=True)  # fmt: skip
    if listed.returncode != 0:
        print(f"SKIPPED: git does not know the files: {listed.stderr.strip()}")
        return
    missing = []
    for name in filter(None, listed.stdout.split("\0")):
        path = project / name
        comment = comment_of(path) if path.is_file() else None
        if comment is None:
            continue
        lines = path.read_text(encoding="utf-8").split("\n", 2)
        line = lines[1] if lines[0].startswith(("#!", "#compdef")) else lines[0]
        if line != f"{comment} SPDX-License-Identifier: MIT":
            missing.append(name)
    if missing:
        sys.exit("no SPDX-License-Identifier: " + " ".join(missing))


if __name__ == "__main__":
    main()
