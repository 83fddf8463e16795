# SPDX-License-Identifier: MIT
"""The tables of expected answers, and the list of known differences."""

import collections
import os

EXPECTED = os.path.join(os.path.dirname(os.path.abspath(__file__)), "expected")
STYLES = ("legacy", "chip")

Difference = collections.namedtuple("Difference", "answer reason")


def lines_of(name):
    with open(os.path.join(EXPECTED, name), encoding="ascii") as file:
        for line in file:
            line = line.rstrip("\n")
            if line and not line.startswith("#"):
                yield line


class Table:
    """A section's rows in one style. Several may have the same name; then their order counts."""

    def __init__(self, section, style):
        self._answers = collections.defaultdict(collections.deque)
        for line in lines_of(f"{section}.txt"):
            cells = line.split(" | ")
            if len(cells) != 3:
                raise SystemExit(f"{section}.txt: three cells wanted: {line}")
            answer = cells[1 + STYLES.index(style)].strip()
            if answer != "-":
                self._answers[cells[0].strip()].append(answer)

    def __len__(self):
        return sum(map(len, self._answers.values()))

    def take(self, operation):
        """The expected answer of the next row with this name; None if there is none."""
        rows = self._answers[operation]
        return rows.popleft() if rows else None

    def left(self):
        return [operation for operation, rows in self._answers.items() for _ in rows]


def load_differences(where):
    """By (section, style, operation), those that hold `where`: "virtual" or "usb"."""
    differences = {}
    reason = None
    for line in lines_of("differences.txt"):
        if line.startswith("= "):
            reason = line[2:]
            continue
        place, section, style, operation, answer = (cell.strip() for cell in line.split(" | "))
        if place in ("all", where):
            key = (section, style, operation)
            if key in differences:
                raise SystemExit(f"differences.txt: twice: {key}")
            differences[key] = Difference(answer, reason)
    return differences
