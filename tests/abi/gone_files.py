# SPDX-License-Identifier: MIT
"""What open files answer whose line or board has gone."""

import fcntl
import os

from answers import ALL_EVENTS, attempt
from waiting import poll


def dead_reads(file):
    """What a read answers, a seek to the start and a read after it, and a pread."""
    first = attempt(os.read, file, 2)
    seek = attempt(os.lseek, file, 0, os.SEEK_SET)
    again = f"{seek}+{attempt(os.read, file, 2)}"
    return str(first), again, str(attempt(os.pread, file, 2, 0))


def status_answer(file):
    answer = attempt(os.fstat, file)
    return answer if isinstance(answer, str) else "ok"


def dead_file(file):
    """Reading it, or writing if that is what it was opened for, and polling it."""
    writable = fcntl.fcntl(file, fcntl.F_GETFL) & os.O_ACCMODE == os.O_WRONLY
    answer = attempt(os.write, file, b"5") if writable else attempt(os.read, file, 100)
    return f"{answer}, {poll(file, ALL_EVENTS)}"
