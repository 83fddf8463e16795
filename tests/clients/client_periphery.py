# SPDX-License-Identifier: MIT
"""python-periphery: an output wired to an input, and edges waited for with poll()."""

from program import FOLDER, expect, output, runs

OPTIONS = []
PYTHON = "/usr/bin/python3"  # the one that Debian's modules are for


def prepare(_node_modules):
    runs([PYTHON, "-c", "import periphery"], "python3-periphery")


def check(board, _prepared):
    board.wire("adbus4 adbus5")
    said = output([PYTHON, f"{FOLDER}/use_periphery.py", "516", "517"])
    expect("what it saw", said.splitlines(), [
        "chip gpiochip512 MPSSE0403:6014.0.0.SIM0",
        "levels 1 0 1 0",
        "quiet False",
        "rising True 1",
        "falling True 0",
        "only rising False True",
        "inverted 0",
    ])
    expect("what it leaves exported", board.exported(), [])
