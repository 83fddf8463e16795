# SPDX-License-Identifier: MIT
"""rpi-gpio for Node.js, which takes the Raspberry Pi's line numbers only, on a Raspberry Pi only."""

import subprocess
import tempfile

from program import expect, node_program, output

OPTIONS = ["-o", "base=0"]
RASPBERRY_PI_3 = "Revision\t: a02082\n"


def prepare(node_modules):
    return node_program(node_modules, "rpi-gpio", "use_rpi_gpio.js")


def check(board, prepared):
    command, environment = prepared
    board.wire("adbus5 adbus6")
    board.drive("adbus4", "0")
    with tempfile.NamedTemporaryFile("w") as revision:
        revision.write(RASPBERRY_PI_3)
        revision.flush()
        subprocess.run(["mount", "--bind", revision.name, "/proc/cpuinfo"], check=True)
        said = output(command, env=environment)
    expect("what it saw", said.splitlines(),
           ["line 4 is false"] + ["line 6 is true", "line 6 is false"] * 5)
    expect("what it leaves exported", board.exported(), [])
