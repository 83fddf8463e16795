# SPDX-License-Identifier: MIT
"""Hamlib: a line as the push-to-talk key of a radio."""

import subprocess

from board import wait_until
from program import expect, installed

OPTIONS = ["-o", "base=0"]
LINE, PIN, WIRED_TO = 12, "acbus4", "acbus5"
DUMMY_RIG = "1"


def prepare(_node_modules):
    return installed("rigctl", "libhamlib-utils")


def key(board, rigctl, how, pressed):
    """Presses the key and lets it go; looks at the far end of the wire."""
    command = [rigctl, "-m", DUMMY_RIG, "-P", how, "-p", str(LINE)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, text=True) as rig:
        def say(words):
            rig.stdin.write(words + "\n")
            rig.stdin.flush()

        say("T 1")
        wait_until(f"{how}: the key is pressed", lambda: board.drives(LINE, WIRED_TO, pressed))
        say("T 0")
        wait_until(f"{how}: the key is let go", lambda: board.drives(LINE, WIRED_TO, 1 - pressed))
        say("q")
        expect("status of rigctl", rig.wait(30), 0)


def check(board, rigctl):
    board.wire(f"{PIN} {WIRED_TO}")
    key(board, rigctl, "GPIO", 1)
    key(board, rigctl, "GPION", 0)
