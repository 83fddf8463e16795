# SPDX-License-Identifier: MIT
"""Runs every row of the tables in expected/ against a mount and compares the answers.

Usage: python3 -ISB tests/abi --mount DIR --bench DIR|SOCKET [OPTION...] [SECTION...]

The board is an FT232H with id 0c52:a064 and serial EMU1, virtual or not. --bench says how its pins
are driven: the folder sim/0 of a mount with a virtual board, or the control socket of mpsse-sim.
Rows that fail are printed as they come, then the known differences with their reasons, then the
counts. The status is 0 if all rows answer as their table or the list of differences says.
"""

import argparse
import collections
import sys
import traceback

import promises
import random_writes
import section_export
import section_fs
import section_list
import section_poll
import section_settings
import section_unplug
import section_value
from answers import Skip
from bench import Bench
from table import STYLES, Table, load_differences
from tree import Tree

# In the order in which they run; the last one pulls the plug.
SECTIONS = {
    "list": section_list.rows,
    "export": section_export.rows,
    "direction": section_settings.direction_rows,
    "value": section_value.rows,
    "active_low": section_settings.active_low_rows,
    "edge": section_settings.edge_rows,
    "poll": section_poll.rows,
    "fs": section_fs.rows,
    "promises": promises.rows,
    "random": random_writes.rows,
    "unplug": section_unplug.rows,
}


class Run:
    def __init__(self, mount, bench):
        self._mount = mount
        self._bench = bench
        self._differences = load_differences("virtual" if bench.virtual else "usb")
        self._seen = []  # differences that still are ones
        self._met = set()
        self.counts = collections.defaultdict(collections.Counter)

    def section(self, name, style):
        table = Table(name, style)
        if not table:
            return
        tree = Tree(self._mount, self._bench, style)
        tree.clear()
        rows = SECTIONS[name](tree)
        try:
            for operation, answer in rows:
                self._row((name, style, operation), table.take(operation), answer)
        except Exception:  # whatever it was, the other sections are run all the same
            traceback.print_exc(file=sys.stdout)
        left = [(name, style, operation) for operation in table.left()]
        for key in left:
            self._fail(key, "the row was not run")
        for key in self._differences:
            if key[:2] == (name, style) and key not in self._met and key not in left:
                self._fail(key, "is in the list of differences but not in the table")

    def _row(self, key, expected, answer):
        answer = answer if isinstance(answer, Skip) else str(answer)
        difference = self._differences.get(key)
        self._met.add(key)
        if isinstance(answer, Skip):
            print(f"SKIPPED {' | '.join(key)}: {answer}")
            self._count(key, "skipped")
        elif expected is None:
            self._fail(key, f"{answer}, but the table has no such row")
        elif difference is None and answer == expected:
            self._count(key, "passed")
        elif difference is not None and answer == expected:
            self._fail(key, f"{answer} as the kernel, but it is in the list of differences")
        elif difference is not None and answer == difference.answer:
            self._seen.append((difference.reason, key, expected, answer))
            self._count(key, "known differences")
        else:
            wanted = difference.answer if difference else expected
            self._fail(key, f"{answer} instead of {wanted}")

    def _fail(self, key, text):
        print(f"FAILED {' | '.join(key)}: {text}")
        self._count(key, "failed")

    def _count(self, key, what):
        self.counts[key[:2]][what] += 1

    def report(self):
        reasons = dict.fromkeys(reason for reason, *_ in self._seen)
        for reason in reasons:
            print(f"differs: {reason}")
            for known, key, expected, answer in self._seen:
                if known == reason:
                    print(f"    {' | '.join(key)}: {answer} instead of {expected}")
        total = collections.Counter()
        for (section, style), counts in self.counts.items():
            total += counts
            print(f"{section} {style}: {summary(counts)}")
        print(f"all: {summary(total)}")


def summary(counts):
    kinds = ("passed", "failed", "known differences", "skipped")
    return ", ".join(f"{counts[kind]} {kind}" for kind in kinds)


def main():
    sys.stdout.reconfigure(line_buffering=True)
    parser = argparse.ArgumentParser(prog="abi")
    parser.add_argument("--mount", required=True)
    parser.add_argument("--bench", required=True)
    parser.add_argument("--seed", type=int, help="of the random writes; printed")
    parser.add_argument("--writes", type=int, default=10000, help="random writes to each file")
    parser.add_argument("--rewrites", type=int, default=1000, help="of edge and active_low")
    parser.add_argument("section", nargs="*", help=f"of {' '.join(SECTIONS)}; default: all")
    options = parser.parse_args()
    unknown = set(options.section) - set(SECTIONS)
    if unknown:
        parser.error(f"no such section: {' '.join(unknown)}")
    promises.configure(options.rewrites)
    random_writes.configure(options.seed, options.writes)
    run = Run(options.mount, Bench(options.bench))
    for name in SECTIONS:
        if not options.section or name in options.section:
            for style in STYLES:
                run.section(name, style)
    run.report()
    failed = any(counts["failed"] for counts in run.counts.values())
    sys.exit(failed or not run.counts)


if __name__ == "__main__":
    main()
