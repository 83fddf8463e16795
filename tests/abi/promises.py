# SPDX-License-Identifier: MIT
"""Beyond the recording: what the kernel's rules say of waiting, and where this tree is better."""

import os
import random
import select

from answers import ALL_EVENTS, EDGE_EVENTS
from gone_files import dead_file
from section_poll import Wire, epoll_of, read
from tree import LINE, PATIENCE
from waiting import Waiter, poll, wait_epoll

settings = {"rewrites": 0}


def configure(rewrites):
    settings["rewrites"] = rewrites


def rows(tree):
    yield from gone_rows(tree)
    if not tree.legacy:
        return
    tree.start()
    tree.drive(1)
    yield from wakeup_rows(tree)
    yield from shared_file_rows(tree)
    yield from unexport_rows(tree)
    tree.start()
    yield from rewrite_rows(tree)


def gone_rows(tree):
    tree.start()
    names = ["direction", "value"] + ["edge", "active_low", "uevent"] * tree.legacy
    files = {name: tree.open(name) for name in names}
    os.read(files["value"], 10)
    waiter = Waiter(lambda: poll(files["value"], EDGE_EVENTS, PATIENCE))
    waiter.settle()
    tree.unexport(tree.number(LINE))
    yield "edge none, unexport under a blocked poll", waiter.woken()
    for name, file in files.items():
        yield f"unexported, open {name}: read, poll all bits", dead_file(file)
        os.close(file)


def wakeup_rows(tree):
    wire = Wire(tree)
    tree.must_write("edge", "both")
    file, epoll = epoll_of(tree, select.EPOLLIN | select.EPOLLPRI | select.EPOLLET)
    answers = [wait_epoll(epoll)]
    for level in (0, 1, 0):
        wire.drive(level)
        answers.append(wait_epoll(epoll))
    yield "epoll IN|PRI|ET: at first, then three edges, never read", ", ".join(answers)
    for level in (1, 0) * 10:
        wire.drive(level)
    yield "twenty edges before a poll", poll(file, ALL_EVENTS)
    read(file)
    yield "one read, then poll", poll(file, ALL_EVENTS)
    os.close(file)
    wire.close()


def shared_file_rows(tree):
    """All who wait on one open file are woken by one edge, whatever they wait with."""
    file, epoll = epoll_of(tree, select.EPOLLPRI | select.EPOLLET)
    copy = os.dup(file)
    waiters = {
        "poll": Waiter(lambda: poll(file, EDGE_EVENTS, PATIENCE)),
        "poll of a dup": Waiter(lambda: poll(copy, EDGE_EVENTS, PATIENCE)),
        "epoll ET": Waiter(lambda: wait_epoll(epoll, PATIENCE)),
        "select": Waiter(lambda: bool(select.select([], [], [file], PATIENCE)[2])),
    }
    for waiter in waiters.values():
        waiter.settle()
    tree.drive(1)
    for name, waiter in waiters.items():
        yield f"one open file, one edge: {name}", waiter.woken()
    os.close(copy)
    os.close(file)


def unexport_rows(tree):
    """Whoever waits, in whatever way, is woken."""
    files = [tree.open() for _ in range(2)]
    for file in files:
        read(file)
    epoll_file, epoll = epoll_of(tree, select.EPOLLPRI | select.EPOLLET)
    files.append(epoll_file)
    waiters = {
        "poll": Waiter(lambda: poll(files[0], EDGE_EVENTS, PATIENCE)),
        "select": Waiter(lambda: bool(select.select([], [], [files[1]], PATIENCE)[2])),
        "epoll ET": Waiter(lambda: wait_epoll(epoll, PATIENCE)),
    }
    for waiter in waiters.values():
        waiter.settle()
    tree.unexport(tree.number(LINE))
    for name, waiter in waiters.items():
        yield f"unexport under a blocked {name}", waiter.woken()
    for file in files:
        os.close(file)


def rewrite_rows(tree):
    """edge and active_low are rewritten, and the pin changes as soon as the last write is back."""
    rng = random.Random(1)
    file = tree.open()
    read(file)
    setting = {name: tree.open(name, os.O_WRONLY) for name in ("edge", "active_low")}

    def write(name, text):
        os.write(setting[name], text.encode())

    level = 0
    tree.drive(level)
    early = lost = 0
    for _ in range(settings["rewrites"]):
        for _ in range(rng.randint(1, 3)):
            write("edge", rng.choice(("none", "rising", "falling", "both")))
            write("active_low", rng.choice("01"))
        level = 1 - level
        active_low = rng.randrange(2)
        fitting = "rising" if level != active_low else "falling"
        write("edge", rng.choice(("none", fitting)))
        write("active_low", str(active_low))
        write("edge", rng.choice((fitting, "both")))
        early += poll(file, EDGE_EVENTS, 0) != "timeout"
        read(file)
        tree.drive(level)
        lost += poll(file, EDGE_EVENTS, PATIENCE) != "PRI|ERR"
        read(file)
    yield "edge and active_low rewritten again and again, then an edge: edges lost", lost
    yield "times woken by the rewriting", early
    lost = 0
    for number in range(settings["rewrites"]):
        write("edge", "both")
        read(file)
        level = 1 - level
        tree.drive(level)
        write("edge", ("rising", "falling")[number // 2 % 2])
        lost += poll(file, EDGE_EVENTS, PATIENCE) != "PRI|ERR"
    yield "an edge, then edge rewritten at once: edges lost", lost
    for descriptor in (file, *setting.values()):
        os.close(descriptor)
