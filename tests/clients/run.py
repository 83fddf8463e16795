# SPDX-License-Identifier: MIT
"""Runs a real program, unmodified, against a virtual board at /sys/class/gpio.

Usage: run.py MPSSE_GPIOFS NODE_MODULES CLIENT

CLIENT is a module of this folder. Its OPTIONS are those of the mount; its prepare(node_modules)
says what is missing, or returns what check(board, prepared) needs, which tells what went wrong.
"""

import importlib
import os
import subprocess
import sys

from board import Board
from program import Missing

INSIDE = "--inside"
NAMESPACE = ["unshare", "--mount", "--propagation", "private"]
if os.geteuid() != 0:
    NAMESPACE += ["--map-root-user"]


def why_not():
    if not os.access("/dev/fuse", os.R_OK | os.W_OK):
        return "no /dev/fuse"
    tried = subprocess.run(NAMESPACE + ["true"], capture_output=True, text=True, check=False)
    return f"no mount namespace: {tried.stderr.strip()}" if tried.returncode else ""


def main():
    arguments = sys.argv[1:]
    inside = arguments[0] == INSIDE
    mpsse_gpiofs, node_modules, name = arguments[inside:]
    client = importlib.import_module(f"client_{name}")
    try:
        prepared = client.prepare(node_modules)
    except Missing as missing:
        print(f"SKIPPED: {missing}")
        return
    if inside:
        with Board(mpsse_gpiofs, client.OPTIONS) as board:
            client.check(board, prepared)
        return
    reason = why_not()
    if reason:
        print(f"SKIPPED: {reason}")
        return
    os.execvp(NAMESPACE[0], NAMESPACE + [sys.executable, __file__, INSIDE] + arguments)


if __name__ == "__main__":
    main()
