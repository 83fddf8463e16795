# SPDX-License-Identifier: MIT
"""direction, active_low and edge: which texts they take, and what they do to each other."""

import os

DIRECTIONS = (
    ["in", "out", "high", "low", "in\n", "out\n", "high\n", "low\n", "in\n\n", "out ", " out"]
    + ["OUT", "In", "ou", "outx", "garbage", "", "\n", "1", "in\0", "in\0x", "out\nin"]
)
SWITCHES = ["1", "0", "2", "-1", "abc", "", "1\n", "0\n", "10", "0x1", "on", "y", " 1", "+1"]
EDGES = (
    ["rising", "falling", "both", "none", "rising\n", "none\n", "both\n\n", "BOTH", "garbage"]
    + ["", "\n", "bothx", "bot", " both", "both "]
)


def direction_rows(tree):
    def write(text):
        return tree.write("direction", text)

    tree.start()
    yield "read after export", tree.text("direction")
    for text in DIRECTIONS:
        write("in")
        answer = write(text)
        value = "-" if text.startswith("in") else tree.text("value")
        row = f"{answer}, direction {tree.text('direction')}, value {value}"
        yield f"write {text!r} (from in)", row
    for level in ("high", "low"):
        write(level)
        yield f"{level}, then 'out'", f"{write('out')}, value {tree.text('value')}"
    write("high")
    yield "high, 'in', 'out'", f"{write('in')}, {write('out')}, value {tree.text('value')}"
    write("high")
    tree.clear_exports()
    tree.export_line()
    row = f"direction {tree.text('direction')}, value {tree.text('value')}"
    yield "high, unexport, export", row


def active_low_rows(tree):
    def write(text):
        return tree.write("active_low", text)

    def with_both(answer):
        """The value as it is, and after active_low is taken back."""
        return f"{answer}, {tree.text('value')}, {write('0')}, {tree.text('value')}"

    tree.start()
    if not tree.legacy:
        yield "active_low", "there" if os.path.exists(f"{tree.line}/active_low") else "no such file"
        return
    yield "read", tree.text("active_low")
    for text in SWITCHES:
        write("0")
        yield f"write {text!r}", f"{write(text)}, reads {tree.text('active_low')}"
    write("0")
    tree.must_write("direction", "high")
    yield "output 1, then active_low 1: value reads", f"{write('1')}, {tree.text('value')}"
    row = with_both(tree.write("value", "1"))
    yield "write value '1', reads; then active_low 0 reads", row
    for text, note in (("high", ""), ("low", ""), ("out", " from in")):
        tree.must_write("direction", "in")
        write("1")
        row = with_both(tree.write("direction", text))
        yield f"active_low 1: direction '{text}'{note}: value; with active_low 0", row
    tree.must_write("direction", "in")
    write("1")
    for level in (0, 1):
        tree.drive(level)
        yield f"active_low 1, input driven {level}", tree.text("value")
    tree.clear_exports()
    tree.export_line()
    yield "after unexport and export", tree.text("active_low")


def edge_rows(tree):
    def write(text):
        return tree.write("edge", text)

    tree.start()
    if not tree.legacy:
        yield "edge", "there" if os.path.exists(f"{tree.line}/edge") else "no such file"
        return
    yield "read", tree.text("edge")
    for text in EDGES:
        write("none")
        yield f"write {text!r}", f"{write(text)}, reads {tree.text('edge')}"
    write("both")
    yield "'both' again", write("both")
    answer = tree.write("direction", "out")
    row = f"{answer}, direction {tree.text('direction')}, edge {tree.text('edge')}"
    yield "edge both, direction 'out'", row
    tree.start()
    write("both")
    answer = tree.write("direction", "high")
    yield "edge both, direction 'high'", f"{answer}, direction {tree.text('direction')}"
    answer = tree.write("direction", "in")
    yield "edge both, direction 'in'", f"{answer}, edge {tree.text('edge')}"
    yield "edge both, write value", tree.write("value", "1")
    write("none")
    tree.must_write("direction", "out")
    for text in ("rising", "both", "none"):
        yield f"output: edge '{text}'", f"{write(text)}, reads {tree.text('edge')}"
    tree.must_write("direction", "in")
    write("both")
    tree.clear_exports()
    tree.export_line()
    yield "edge both, unexport, export", tree.text("edge")
