# SPDX-License-Identifier: MIT
"""poll, select and epoll, also in the background."""

import os
import platform
import select
import threading
import time

from answers import event_names
from tree import PATIENCE, wait_until

NOTHING = 0.4  # seconds in which nothing is to happen

# poll, ppoll, select, pselect6, epoll_wait, epoll_pwait
WAITING_CALLS = {"x86_64": (7, 271, 23, 270, 232, 281), "aarch64": (73, 72, 22)}


def poll(file, events, seconds=NOTHING):
    poller = select.poll()
    poller.register(file, events)
    ready = poller.poll(seconds * 1000)
    return event_names(ready[0][1]) if ready else "timeout"


def poll_path(path, flags, events):
    file = os.open(path, flags)
    try:
        return poll(file, events)
    finally:
        os.close(file)


def wait_epoll(epoll, seconds=NOTHING):
    ready = epoll.poll(seconds)
    return event_names(ready[0][1]) if ready else "timeout"


class Waiter(threading.Thread):
    """Runs a call that waits, in a thread; knows when it sleeps and whether it was woken."""

    def __init__(self, call):
        super().__init__(daemon=True)
        self._call = call
        self.answer = None
        self.seconds = None
        self.start()

    def run(self):
        began = time.monotonic()
        self.answer = self._call()
        self.seconds = time.monotonic() - began

    def _sleeps(self):
        calls = WAITING_CALLS.get(platform.machine())
        if calls is None:
            return False
        try:
            with open(f"/proc/self/task/{self.native_id}/syscall", encoding="ascii") as file:
                return file.read().split()[0] in map(str, calls)
        except OSError:
            return False

    def settle(self):
        """Returns when it sleeps or has ended."""
        wait_until(lambda: self._sleeps() or not self.is_alive())

    def result(self):
        self.join(2 * PATIENCE)
        return self.answer

    def woken(self):
        """The result, and whether it came before the time-out of PATIENCE seconds."""
        answer = self.result()
        if self.seconds is None or self.seconds >= PATIENCE:
            return f"{answer}, only when the timeout ended: not woken"
        return f"{answer}, woken"
