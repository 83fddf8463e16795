# SPDX-License-Identifier: MIT
"""Random bytes, through files opened with random flags, to every file that can be written.

Each answer must be the one that the kernel's rules give, and the pins stay as they are unless the
write was valid: their levels, and the count of commands that the chip has got.
"""

import os
import random

from answers import OPEN_FLAGS, attempt
from kernel_model import ACTIONS, LONG, PAGE, UINT, number_of, word_of
from tree import LINE, OTHER_LINE, pin_name

LONGEST = 5000
FLAGS = [getattr(os, f"O_{name}") for name in (*OPEN_FLAGS, "NOFOLLOW", "NOCTTY", "CLOEXEC")]
# Those of the table, and what open(2) itself says of O_CREAT with O_EXCL or O_DIRECTORY.
OPEN_ERRORS = ("EACCES", "EINVAL", "ENOTDIR", "EEXIST", "EISDIR")
ALPHABET = b"0123456789abcdefxX+- \n\0inouthglrw"
NUMBERS = (b"0", b"1", b"5", b"-1", b"+2", b"0x1", b"010", b"99", b"18446744073709551616")
SWITCH_WORDS = (b"in", b"out", b"high", b"low")
EDGE_WORDS = (b"none", b"rising", b"falling", b"both")

AS_WANTED = "as the kernel, pins move with valid writes only"

settings = {"seed": 0, "writes": 0}


def configure(seed, writes):
    settings["seed"] = random.SystemRandom().randrange(2**32) if seed is None else seed
    settings["writes"] = writes


class Board:
    """What the pins are and may be. N is the line that is written to, M an output at 1."""

    def __init__(self, tree):
        self.tree = tree
        tree.start()
        tree.export_line(OTHER_LINE)
        tree.must_write(f"{tree.line_folder(OTHER_LINE)}/direction", "high")
        self.direction = "in"
        self.levels = None
        self.opcodes = None

    def read_levels(self):
        return [self.tree.bench.level(pin_name(offset)) for offset in range(16)]

    def remember(self):
        """From here on only valid writes may change anything."""
        self.levels = self.read_levels()
        self.opcodes = self.tree.bench.opcodes()

    def commanded(self):
        """Whether the chip has got commands since remember(); without one no pin can move."""
        opcodes = self.tree.bench.opcodes()
        if self.opcodes is None or opcodes == self.opcodes:
            return ""
        return f"{opcodes - self.opcodes} commands to the chip"

    def moved(self):
        """What of the pins has changed since remember()."""
        levels = self.read_levels()
        return "" if levels == self.levels else f"levels {levels} instead of {self.levels}"


class Target:
    """A file, and words to try on it; `predict` gives a write's answer: "ok" or an error."""

    words = NUMBERS

    def __init__(self, board, path):
        self.board = board
        self.path = path

    def accepted(self, data):
        """After a valid write: sets board.levels to what they must be now; undoes the rest."""


class Value(Target):
    def predict(self, data):
        number = number_of(data, LONG)
        if isinstance(number, str):
            return number
        return "ok" if self.board.direction == "out" else "EPERM"

    def accepted(self, data):
        self.board.levels[LINE] = int(number_of(data, LONG) != 0)


class Direction(Target):
    words = SWITCH_WORDS

    def predict(self, data):
        return "ok" if word_of(data) in SWITCH_WORDS else "EINVAL"

    def accepted(self, data):
        word = word_of(data)
        self.board.levels[LINE] = int(word in (b"in", b"high"))  # an input is pulled up


class Edge(Target):
    words = EDGE_WORDS

    def predict(self, data):
        return "ok" if word_of(data) in EDGE_WORDS else "EINVAL"

    def accepted(self, data):
        self.board.tree.must_write(self.path, "none")


class ActiveLow(Target):
    def predict(self, data):
        number = number_of(data, LONG)
        return number if isinstance(number, str) else "ok"


class Uevent(Target):
    words = ACTIONS

    def predict(self, data):
        return "ok" if word_of(data) in ACTIONS else "EINVAL"


class Interval(Target):
    def predict(self, data):
        number = number_of(data, UINT)
        if isinstance(number, str):
            return number
        return "ok"

    def accepted(self, data):
        self.board.tree.must_write(self.path, "1000")


class Export(Target):
    def __init__(self, board, path):
        super().__init__(board, path)
        tree = board.tree
        self.limits = LONG if tree.legacy else UINT
        first = tree.number(0)
        self.lines = range(first, first + 16)
        self.exported = (tree.number(LINE), tree.number(OTHER_LINE))
        numbers = range(first - 1, first + 18)
        self.words = [form % number for number in numbers for form in (b"%d", b"0x%x", b"0%o")]

    def predict(self, data):
        number = number_of(data, self.limits)
        if isinstance(number, str):
            return number
        if number not in self.lines:
            return "EINVAL"
        return "EBUSY" if number in self.exported else "ok"

    def accepted(self, data):
        text = str(number_of(data, self.limits))
        self.board.tree.must_write(f"{self.board.tree.top}/unexport", text)


class Unexport(Export):
    def __init__(self, board, path):
        super().__init__(board, path)
        self.words += [b"%d" % number for number in self.exported] * len(self.words)

    def predict(self, data):
        number = number_of(data, self.limits)
        if isinstance(number, str):
            return number
        return "ok" if number in self.exported else "EINVAL"

    def accepted(self, data):
        text = str(number_of(data, self.limits))
        self.board.tree.must_write(f"{self.board.tree.top}/export", text)


def targets(tree):
    yield "gpioN/direction", Direction, f"{tree.line}/direction"
    yield "gpioN/value", Value, f"{tree.line}/value"
    if tree.legacy:
        yield "gpioN/active_low", ActiveLow, f"{tree.line}/active_low"
        yield "gpioN/edge", Edge, f"{tree.line}/edge"
        yield "gpioN/uevent", Uevent, f"{tree.line}/uevent"
        yield "gpiochipB+0/sample_interval_us", Interval, f"{tree.legacy_chip}/sample_interval_us"
        yield "gpiochipB+0/uevent", Uevent, f"{tree.legacy_chip}/uevent"
    else:
        yield "chipX/uevent", Uevent, f"{tree.chip}/uevent"
    yield "export", Export, f"{tree.top}/export"
    yield "unexport", Unexport, f"{tree.top}/unexport"


def random_data(rng, words):
    kind = rng.randrange(10)
    if kind < 4:
        return rng.randbytes(rng.randint(0, LONGEST))
    if kind < 6:
        return bytes(rng.choices(ALPHABET, k=rng.randint(0, 6)))
    word = rng.choice(words)
    if kind < 8:
        return word + rng.choice((b"", b"\n", b"\0", b" ", b"\n\n", b"x"))
    return word + b"\0" * rng.randint(0, 1) + rng.randbytes(rng.randint(0, LONGEST - 30))


def write_once(rng, target, data, wanted):
    """Opens with random flags and writes. Returns whether it was accepted, and what is wrong."""
    flags = rng.choice((os.O_RDONLY, os.O_WRONLY, os.O_WRONLY, os.O_RDWR))
    for flag in rng.sample(FLAGS, rng.randint(0, 3)):
        flags |= flag
    file = attempt(os.open, target.path, flags)
    if isinstance(file, str):
        return False, "" if file in OPEN_ERRORS else f"open with {flags:#o}: {file}"
    answer = attempt(os.write, file, data)
    os.close(file)
    if flags & os.O_PATH or flags & os.O_ACCMODE == os.O_RDONLY:
        return False, "" if answer == "EBADF" else f"write with flags {flags:#o}: {answer}"
    if wanted == "ok":
        wanted = min(len(data), PAGE)
    wrong = "" if answer == wanted else f"write with flags {flags:#o}: {answer}, not {wanted}"
    return isinstance(answer, int) and answer > 0, wrong


def write_many(rng, board, target):
    """Returns what was answered wrongly or moved pins wrongly, and how many writes were valid."""
    valid = 0
    board.remember()
    for number in range(settings["writes"]):
        data = random_data(rng, target.words)
        wanted = target.predict(data) if data else "ok"
        wrong = ""
        if wanted == "ok" or number % 100 == 99:
            wrong = board.commanded()
        if number % 100 == 99:
            wrong = wrong or board.moved()
        if wrong:
            return f"a refused write before number {number}: {wrong}", valid
        accepted, wrong = write_once(rng, target, data, wanted)
        if wrong:
            return f"{data[:40]!r}, {len(data)} bytes: {wrong}", valid
        if accepted:
            valid += 1
            target.accepted(data)
            level = board.tree.bench.level(pin_name(LINE))
            if level != board.levels[LINE]:
                return f"{data[:40]!r}: level {level}", valid
            # The sampler of an edge that has just been taken back may do one more round.
            board.opcodes = None if isinstance(target, Edge) else board.tree.bench.opcodes()
    return board.commanded() or board.moved() or AS_WANTED, valid


def rows(tree):
    print(f"random writes: {settings['writes']} to each file, --seed {settings['seed']}")
    for name, kind, path in targets(tree):
        rng = random.Random(f"{settings['seed']} {tree.style} {name}")
        board = Board(tree)
        if kind is Value:
            tree.must_write("direction", "low")
            board.direction = "out"
        answer, valid = write_many(rng, board, kind(board, path))
        print(f"random writes: {tree.style} {name}: {valid} of them were valid")
        yield f"random writes to {name}", answer
        if kind is Value:
            board = Board(tree)
            answer, _ = write_many(rng, board, kind(board, path))
            yield f"random writes to {name} of an input", answer
