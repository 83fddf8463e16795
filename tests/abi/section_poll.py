# SPDX-License-Identifier: MIT
"""poll, select and epoll on value: which events, when, and what ends them."""

import os
import select

from answers import ALL_EVENTS, EDGE_EVENTS, attempt
from gone_files import dead_reads, status_answer
from tree import LINE, OTHER_LINE, PATIENCE
from waiting import Waiter, poll, wait_epoll

PRI = select.POLLPRI
EPOLL_WAITERS = {
    "epoll ERR only (mask 0)": 0,
    "epoll IN|PRI|ET": select.EPOLLIN | select.EPOLLPRI | select.EPOLLET,
    "epoll PRI": select.EPOLLPRI,
    "epoll PRI|ET": select.EPOLLPRI | select.EPOLLET,
}


class Wire:
    """Changes N's level and returns when the change has been seen: M is armed and changed after it,
    and reports an edge when the lines have been sampled since."""

    def __init__(self, tree):
        self._tree = tree
        tree.export_line(OTHER_LINE)
        folder = tree.line_folder(OTHER_LINE)
        self._level = 0
        tree.drive(0, OTHER_LINE)
        tree.must_write(f"{folder}/edge", "both")
        self._witness = tree.open(f"{folder}/value")
        os.read(self._witness, 2)

    def drive(self, level):
        self._tree.drive(level)
        self._level = 1 - self._level
        self._tree.drive(self._level, OTHER_LINE)
        if poll(self._witness, EDGE_EVENTS, PATIENCE) != "PRI|ERR":
            raise RuntimeError("no edge on the other line")
        os.pread(self._witness, 2, 0)

    def close(self):
        os.close(self._witness)


def read(file):
    return os.pread(file, 2, 0)


def rows(tree):
    tree.start()
    yield from unarmed_rows(tree)
    if not tree.legacy:
        return
    wire = Wire(tree)
    file = tree.open("value", os.O_RDWR)
    yield from pending_rows(tree, wire, file)
    yield from edge_rows(tree, wire, file)
    yield from waiter_rows(tree, wire)
    yield from sharing_rows(tree, wire)
    os.close(file)
    wire.drive(0)
    yield from unexport_rows(tree)
    wire.close()


def unarmed_rows(tree):
    file = tree.open()
    yield "edge none, fresh fd, all bits", poll(file, ALL_EVENTS)
    yield "PRI|ERR only", poll(file, EDGE_EVENTS)
    read(file)
    yield "after a read, PRI", poll(file, PRI)
    yield "after a read, all bits", poll(file, ALL_EVENTS)
    yield "POLLIN only", poll(file, select.POLLIN)
    tree.drive(0)
    yield "edge none, level changed, PRI", poll(file, PRI)
    tree.drive(1)
    os.close(file)
    file = tree.open("direction")
    yield "direction file, fresh fd, all bits", poll(file, ALL_EVENTS)
    os.read(file, 10)
    yield "after read, PRI", poll(file, PRI)
    os.close(file)


def pending_rows(tree, wire, file):
    tree.must_write("edge", "both")
    yield "edge both, fresh fd never read", poll(file, EDGE_EVENTS)
    yield "again", poll(file, EDGE_EVENTS)
    yield "read", os.read(file, 10)
    yield "after the read", poll(file, EDGE_EVENTS)
    yield "POLLIN only, after the read", poll(file, select.POLLIN)
    yield "all bits, after the read", poll(file, ALL_EVENTS)
    wire.drive(0)
    yield "after a falling edge, PRI|ERR", poll(file, EDGE_EVENTS)
    yield "PRI only requested", poll(file, PRI)
    yield "no bits requested", poll(file, 0)
    yield "all bits", poll(file, ALL_EVENTS)
    yield "polled again without a read", poll(file, EDGE_EVENTS)
    yield "read without lseek", os.read(file, 10)
    yield "then poll", poll(file, EDGE_EVENTS)
    os.lseek(file, 0, os.SEEK_SET)
    yield "lseek 0, poll before the read", poll(file, EDGE_EVENTS)
    yield "read", os.read(file, 10)
    yield "then poll", poll(file, EDGE_EVENTS)
    wire.drive(1)
    yield "rising edge", poll(file, EDGE_EVENTS)
    yield "pread at 0", os.pread(file, 10, 0)
    yield "then poll", poll(file, EDGE_EVENTS)
    wire.drive(0)
    wire.drive(1)
    yield "down and up before poll", poll(file, EDGE_EVENTS)
    read(file)
    yield "read once, then poll", poll(file, EDGE_EVENTS)
    wire.drive(0)
    yield "edge pending, write to the fd", attempt(os.write, file, b"1")
    yield "still pending", poll(file, EDGE_EVENTS)


def edge_rows(tree, wire, file):
    def after(level):
        read(file)
        wire.drive(level)
        return poll(file, EDGE_EVENTS)

    wire.drive(1)
    for edge in ("rising", "falling", "none"):
        tree.must_write("edge", edge)
        read(file)
        yield f"edge {edge}: right after the write, fd read", poll(file, EDGE_EVENTS)
        yield f"edge {edge}", f"fall: {after(0)}, rise: {after(1)}"
    tree.must_write("active_low", "1")
    for edge in ("rising", "falling"):
        tree.must_write("edge", edge)
        yield f"active_low 1, edge {edge}", f"pin falls: {after(0)}, pin rises: {after(1)}"
    tree.must_write("edge", "rising")
    read(file)
    tree.must_write("active_low", "0")
    woken = poll(file, EDGE_EVENTS)
    yield "edge rising set with active_low 1, then active_low 0: woken by the change", woken
    yield "edges then", f"pin falls: {after(0)}, pin rises: {after(1)}"
    yield "edge reads", tree.text("edge")
    read(file)
    tree.must_write("edge", "none")
    tree.must_write("edge", "both")
    yield "fd read before, edge none then both written: woken", poll(file, EDGE_EVENTS)


def epoll_of(tree, events):
    file = tree.open()
    read(file)
    epoll = select.epoll()
    epoll.register(file, events)
    return file, epoll


def waiter_rows(tree, wire):
    """One edge for everybody. Whoever asks for IN as well has it at once, before the edge."""
    waiters = {}
    files = []

    def twice(epoll):
        return f"{wait_epoll(epoll, PATIENCE)}, again without a read: {wait_epoll(epoll)}"

    def selected(file, listed):
        readable, _, exceptional = select.select(*listed, PATIENCE)
        if readable:
            return "readable"
        return "exceptfds" if exceptional else "timeout"

    def opened():
        files.append(tree.open())
        read(files[-1])
        return files[-1]

    for name in ("A", "B"):
        file = opened()
        waiters[f"{name} poll PRI"] = Waiter(lambda file=file: poll(file, PRI, PATIENCE))
    epolls = {}
    for name, events in EPOLL_WAITERS.items():
        file, epolls[name] = epoll_of(tree, events)
        files.append(file)
        waiters[name] = Waiter(lambda epoll=epolls[name]: twice(epoll))
    file = opened()
    waiters["select exceptfds"] = Waiter(lambda f=file: selected(f, ([], [], [f])))
    file = opened()
    waiters["select readfds"] = Waiter(lambda f=file: selected(f, ([f], [], [])))
    waiters["epoll IN|PRI|ET"].join(PATIENCE)
    for waiter in waiters.values():
        waiter.settle()
    wire.drive(0)
    for name, waiter in waiters.items():
        yield f"one edge, many waiters: {name}", waiter.result()
    for file in files:
        os.close(file)
    file, epoll = epoll_of(tree, select.EPOLLPRI | select.EPOLLET)
    answers = []
    for level in (1, 0, 1):
        wire.drive(level)
        answers.append(wait_epoll(epoll))
    yield "epoll ET, three edges, never read", ", ".join(answers)
    os.close(file)


def sharing_rows(tree, wire):
    first = tree.open()
    second = tree.open()
    read(first)
    read(second)
    wire.drive(0)
    read(first)
    answer = f"{poll(first, EDGE_EVENTS)}, {poll(second, EDGE_EVENTS)}"
    yield "two fds, one reads after the edge: the other still pending", answer
    copy = os.dup(second)
    read(copy)
    yield "dup of the other reads: original", poll(second, EDGE_EVENTS)
    for file in (first, second, copy):
        os.close(file)


def unexport_rows(tree):
    file = tree.open()
    read(file)
    waiter = Waiter(lambda: poll(file, EDGE_EVENTS, PATIENCE))
    waiter.settle()
    yield "unexport under a blocked poll: the write", tree.unexport(tree.number(LINE))
    yield "poll result", waiter.woken()
    yield "poll again", poll(file, EDGE_EVENTS)
    yield "poll all bits", poll(file, ALL_EVENTS)
    yield "read, lseek+read, pread", ", ".join(dead_reads(file))
    yield "fstat", status_answer(file)
    yield "path", attempt(tree.read_text, f"{tree.line}/value")
    tree.export_line()
    yield "exported again: the old fd reads", attempt(os.pread, file, 2, 0)
    os.close(file)
    file = tree.open()
    yield "new fd reads", os.read(file, 10)
    os.close(file)
    yield "edge now", tree.text("edge")
