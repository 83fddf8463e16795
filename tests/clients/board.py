# SPDX-License-Identifier: MIT
"""A virtual FT232H whose tree stands at /sys/class/gpio, for the program under test alone."""

import glob
import os
import signal
import subprocess
import time

TREE = "/sys/class/gpio"
BENCH = f"{TREE}/sim/0"
PATIENCE = 30  # seconds for a mount to come or go, and for a condition to hold


def read(path):
    with open(path, encoding="utf-8") as file:
        return file.read().strip()


def write(path, text):
    with open(path, "w", encoding="ascii") as file:
        file.write(text)


def wait_until(what, condition):
    end = time.monotonic() + PATIENCE
    while not condition():
        if time.monotonic() > end:
            raise AssertionError(f"waited {PATIENCE} s in vain until {what}")
        time.sleep(0.01)


class Board:
    """Only in a mount namespace of one's own: the tree hides the machine's."""

    def __init__(self, mpsse_gpiofs, options):
        self._command = [mpsse_gpiofs, "-f", "--simulate", "FT232H", "--at-sysfs", "--hide-kernel"]
        self._command += options
        self._process = None

    def __enter__(self):
        self._process = subprocess.Popen(self._command)
        try:
            wait_until("the board is mounted", self._is_mounted)
        except BaseException:
            self._end()
            raise
        return self

    def __exit__(self, failure, *_):
        status = self._end()
        if status != 0 and failure is None:
            raise AssertionError(f"mpsse-gpiofs ended with {status}")

    def _is_mounted(self):
        if self._process.poll() is not None:
            raise AssertionError(f"mpsse-gpiofs ended with {self._process.returncode}")
        return os.path.exists(f"{BENCH}/counters")

    def _end(self):
        self._process.send_signal(signal.SIGTERM)
        try:
            return self._process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            self._process.kill()
            return self._process.wait()

    def wire(self, pins):
        """Joins two pins ("adbus1 adbus2")."""
        write(f"{BENCH}/wires", pins)

    def cut_wires(self):
        write(f"{BENCH}/wires", "\n")

    def drive(self, pin, level):
        write(f"{BENCH}/{pin}/drive", level)

    def level(self, pin):
        """0 or 1, as a meter on the pin would show it."""
        return int(read(f"{BENCH}/{pin}/level"))

    def drives(self, line, pin, level):
        """Whether a line is an output, and its wire has this level at the other end."""
        return (line in self.exported() and read(f"{TREE}/gpio{line}/direction") == "out"
                and self.level(pin) == level)

    def transfers(self):
        """Transfers to the chip and from it so far, added up."""
        counters = dict(line.split() for line in read(f"{BENCH}/counters").splitlines())
        return int(counters["out_transfers"]) + int(counters["in_transfers"])

    def exported(self):
        """The numbers of the exported lines."""
        return sorted(int(path.rsplit("gpio", 1)[1]) for path in glob.glob(f"{TREE}/gpio[0-9]*"))
