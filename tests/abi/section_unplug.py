# SPDX-License-Identifier: MIT
"""The board is unplugged under open files, a blocked poll, and an open folder."""

import os
import select

from answers import ALL_EVENTS, EDGE_EVENTS, attempt
from gone_files import dead_file, dead_reads, status_answer
from tree import LINE, OTHER_LINE, PATIENCE, wait_until
from waiting import Waiter, poll


def rows(tree):
    tree.start()
    tree.export_line(OTHER_LINE)
    output_folder = tree.line_folder(OTHER_LINE)
    tree.must_write(f"{output_folder}/direction", "high")
    tree.must_write("edge", "both")
    files = {
        "input": tree.open("value", os.O_RDWR),
        "output": tree.open(f"{output_folder}/value", os.O_RDWR),
        "folder": os.open(tree.line, os.O_RDONLY | os.O_DIRECTORY),
        "export": tree.open(f"{tree.top}/export", os.O_WRONLY),
        "unexport": tree.open(f"{tree.top}/unexport", os.O_WRONLY),
    }
    others = {
        "chipX/export": tree.open(f"{tree.chip}/export", os.O_WRONLY),
        "chipX/label": tree.open(f"{tree.chip}/label"),
        "chipX/gpio5/value": tree.open(f"{tree.chip}/gpio{LINE}/value"),
        "gpiochipB+0/base": tree.open(f"{tree.legacy_chip}/base"),
        "gpioN/direction": tree.open("direction"),
        "gpioN/edge": tree.open("edge", os.O_WRONLY),
    }
    os.read(files["input"], 10)
    waiter = Waiter(lambda: poll(files["input"], EDGE_EVENTS, PATIENCE))
    waiter.settle()
    tree.bench.plug(False)
    yield "poll blocked on an input with edge both", waiter.woken()
    wait_until(lambda: not os.path.exists(tree.legacy_chip))
    yield from open_file_rows(tree, files)
    yield "ls ROOT", tree.names(tree.mount)
    yield "value by path", attempt(tree.read_text, f"{tree.line}/value")
    yield "label by path", attempt(tree.read_text, f"{tree.legacy_chip}/label")
    for name, file in others.items():
        yield f"open {name}: read or write, poll all bits", dead_file(file)
    for file in (*files.values(), *others.values()):
        os.close(file)
    yield "after closing all: ls ROOT", tree.names(tree.mount)
    tree.bench.plug(True)


def open_file_rows(tree, files):
    inputs, outputs = files["input"], files["output"]
    number = str(tree.number(LINE)).encode()
    yield "poll again PRI|ERR", poll(inputs, EDGE_EVENTS)
    yield "poll all bits", poll(inputs, ALL_EVENTS)
    yield "select exceptfds", bool(select.select([], [], [inputs], PATIENCE)[2])
    answers = (*dead_reads(inputs), attempt(os.write, inputs, b"1"))
    yield "input fd: read, lseek+read, pread, write", ", ".join(answers)
    answers = attempt(os.pread, outputs, 2, 0), attempt(os.pwrite, outputs, b"1", 0)
    yield "output fd: pread, pwrite", ", ".join(map(str, answers))
    yield "output fd: poll all bits", poll(outputs, ALL_EVENTS)
    yield "fstat", status_answer(inputs)
    yield "open line folder: listdir", tree.names(files["folder"])
    for name in ("export", "unexport"):
        yield f"open {name} fd: write", attempt(os.write, files[name], number)
    for name in ("export", "unexport"):
        yield f"{name} by path", tree.write(f"{tree.top}/{name}", number)
