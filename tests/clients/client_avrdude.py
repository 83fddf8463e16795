# SPDX-License-Identifier: MIT
"""avrdude's linuxgpio programmer: SDO wired to SDI, so that the target answers with an echo."""

import tempfile

from program import expect, expect_in, installed, output

OPTIONS = ["-o", "base=385"]  # 400 is the last number it takes
PROGRAMMER = """
programmer
    id         = "wired";
    desc       = "lines of a virtual board";
    type       = "linuxgpio";
    prog_modes = PM_ISP;
    reset      = 397;
    sck        = 398;
    sdo        = 400;
    sdi        = 399;
;
"""


def prepare(_node_modules):
    return installed("avrdude", "avrdude")


def ask(avrdude):
    """What the chip says to a command that no chip knows; -F goes on without a real chip."""
    with tempfile.NamedTemporaryFile("w", suffix=".conf") as settings:
        settings.write(PROGRAMMER)
        settings.flush()
        command = [avrdude, "-C", f"+{settings.name}", "-c", "wired", "-p", "m328p", "-F", "-t"]
        return output(command, stdin="send 0xac 0x53 0x12 0x34\nquit\n", status=1)


def check(board, avrdude):
    board.wire("acbus6 acbus7")
    expect_in(ask(avrdude), "results: ac 53 12 34\n")
    expect("what it leaves exported", board.exported(), [])

    board.cut_wires()
    expect_in(ask(avrdude), "results: ff ff ff ff\n")
