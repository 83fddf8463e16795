"""COUNT pollers and one reader on a value file, until its board is gone: many.py VALUE_FILE COUNT.

Prints "waiting" when all of them are at it, and at the end "all ended with ENODEV" or what else
they ended with.
"""

import errno
import os
import select
import sys
import threading

path, count = sys.argv[1], int(sys.argv[2])
started = threading.Barrier(count + 2)
ends = []


def run(loop):
    fd = os.open(path, os.O_RDONLY)
    os.pread(fd, 16, 0)
    started.wait()
    try:
        loop(fd)
    except OSError as error:
        ends.append(errno.errorcode[error.errno])


def poll_for_ever(fd):
    poll = select.poll()
    poll.register(fd, select.POLLPRI | select.POLLERR)
    while True:
        poll.poll()
        os.pread(fd, 16, 0)


def read_for_ever(fd):
    while True:
        os.pread(fd, 16, 0)


threads = [threading.Thread(target=run, args=(poll_for_ever,)) for _ in range(count)]
threads.append(threading.Thread(target=run, args=(read_for_ever,)))
for thread in threads:
    thread.start()
started.wait()
print("waiting", flush=True)
for thread in threads:
    thread.join()
others = sorted(set(ends) - {"ENODEV"})
print(f"ended with {others}" if others else "all ended with ENODEV", flush=True)
