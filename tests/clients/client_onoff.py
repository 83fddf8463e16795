# SPDX-License-Identifier: MIT
"""onoff for Node.js: interrupts by epoll, and a second line that makes them."""

from program import expect, node_program, output

OPTIONS = []


def prepare(node_modules):
    return node_program(node_modules, "onoff", "use_onoff.js")


def check(board, prepared):
    command, environment = prepared
    board.wire("acbus0 acbus1")
    said = output([*command, "520", "521"], env=environment)
    expect("what it saw", said.splitlines(), ["start 0"] + ["edge 1", "edge 0"] * 20 + ["end 0"])
    expect("what it leaves exported", board.exported(), [])
