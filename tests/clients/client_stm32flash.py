# SPDX-License-Identifier: MIT
"""stm32flash: the lines that bring a chip into its boot loader, and out of it again."""

import os
import pty
import subprocess

from program import DEADLINE, expect, expect_in, installed

OPTIONS = []
RESET, BOOT = "adbus1", "adbus2"
WIRED_TO_BOOT = "adbus3"
# Boot high and reset low, reset high; at the end boot low, reset low, reset high; each comma 100 ms.
SEQUENCE = "514&-513,,,513:-514,,,-513,,,513,,,"
STEPS = "10 11 01 00 01"


def prepare(_node_modules):
    return installed("stm32flash", "stm32flash")


def check(board, stm32flash):
    board.wire(f"{BOOT} {WIRED_TO_BOOT}")
    _far_end, serial_port = pty.openpty()  # where nobody answers
    command = [stm32flash, "-m", "8n1", "-i", SEQUENCE, os.ttyname(serial_port)]
    levels = []
    with subprocess.Popen(command) as program:
        while program.poll() is None:
            seen = f"{board.level(WIRED_TO_BOOT)}{board.level(RESET)}"
            if levels[-1:] != [seen]:
                levels.append(seen)
    expect("status without a chip", program.wait(DEADLINE), 1)
    expect_in(" ".join(levels), STEPS)
    expect("what it leaves exported", board.exported(), [])
