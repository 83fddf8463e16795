# SPDX-License-Identifier: MIT
"""Waits on a line's value file as programs for /sys/class/gpio do: poller.py VALUE_FILE COUNT.

Prints one line per wake-up, "EVENTS TEXT": the poll events, and what a read gives afterwards (the
level, or the name of the error). Ends after COUNT wake-ups or at the first error.
"""

import errno
import os
import select
import sys

BITS = [(select.POLLIN, "IN"), (select.POLLPRI, "PRI"), (select.POLLOUT, "OUT"),
        (select.POLLERR, "ERR"), (select.POLLHUP, "HUP"), (select.POLLNVAL, "NVAL")]

fd = os.open(sys.argv[1], os.O_RDONLY)
os.read(fd, 16)
poll = select.poll()
poll.register(fd, select.POLLPRI | select.POLLERR)
for _ in range(int(sys.argv[2])):
    [(_, events)] = poll.poll()
    names = "|".join(name for bit, name in BITS if events & bit)
    try:
        print(names, os.pread(fd, 16, 0).decode().strip(), flush=True)
    except OSError as error:
        print(names, errno.errorcode[error.errno], flush=True)
        break
