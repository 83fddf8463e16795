# SPDX-License-Identifier: MIT
"""Eight pollers and a toggler on a board that comes and goes: storm.py TREE OUT IN ROUNDS.

A round starts when the board is there: OUT is made an output, IN (wired to it) gets both edges, and
nine processes start. Eight wait in poll() on IN; the ninth writes OUT and reads IN as fast as it
can. Once all are at it, "round N storms" is printed. When the board has gone and each of them has
noticed, "round N ends: " and how often they woke and wrote. The first that sleeps on, reads a wrong
level or meets another error than ENODEV ends the program with a line "FAIL: ...".
"""

import errno
import mmap
import os
import select
import signal
import sys
import time

tree, out_line, in_line, rounds = sys.argv[1], sys.argv[2], sys.argv[3], int(sys.argv[4])
POLLERS = 8
PATIENCE = 20  # seconds
counts = memoryview(mmap.mmap(-1, 8 * (POLLERS + 1))).cast("Q")  # shared by the processes


def poll_for_ever(number, started):
    fd = os.open(f"{tree}/gpio{in_line}/value", os.O_RDONLY)
    os.pread(fd, 16, 0)
    poll = select.poll()
    poll.register(fd, select.POLLPRI | select.POLLERR)
    os.write(started, b".")
    while True:
        poll.poll()
        counts[number] += 1
        os.pread(fd, 16, 0)


def toggle_for_ever(number, started):
    out_fd = os.open(f"{tree}/gpio{out_line}/value", os.O_WRONLY)
    in_fd = os.open(f"{tree}/gpio{in_line}/value", os.O_RDONLY)
    os.write(started, b".")
    while True:
        for level in [b"1", b"0"]:
            os.pwrite(out_fd, level, 0)
            counts[number] += 1
            seen = os.pread(in_fd, 16, 0).strip()
            if seen != level:
                raise ValueError(f"wrote {level} and read {seen}")


def start(loop, number, started):
    """A process that runs `loop`; its status is 0 if it ends with ENODEV."""
    process = os.fork()
    if process != 0:
        return process
    status = 1
    try:
        loop(number, started)
    except OSError as error:
        status = 0 if error.errno == errno.ENODEV else 1
        if status != 0:
            print(f"{loop.__name__}: {error}", flush=True)
    except ValueError as error:
        print(error, flush=True)
    os._exit(status)


def check_end(process, deadline):
    while time.monotonic() < deadline:
        done, status = os.waitpid(process, os.WNOHANG)
        if done:
            return status == 0
        time.sleep(0.02)
    wchan = open(f"/proc/{process}/wchan").read()
    print(f"process {process} sleeps on in {wchan}", flush=True)
    os.kill(process, signal.SIGKILL)
    return False


def write(name, text):
    fd = os.open(f"{tree}/{name}", os.O_WRONLY)
    os.write(fd, text.encode())
    os.close(fd)


def wait_for(path):
    deadline = time.monotonic() + PATIENCE
    while not os.path.exists(path):
        if time.monotonic() > deadline:
            sys.exit(f"FAIL: no {path} after {PATIENCE} s")
        time.sleep(0.02)


def storm(number):
    for line in [out_line, in_line]:
        write("export", line)
    write(f"gpio{out_line}/direction", "low")
    write(f"gpio{in_line}/edge", "both")
    counts[:] = memoryview(bytes(8 * len(counts))).cast("Q")
    ready, started = os.pipe()
    processes = [start(poll_for_ever, i, started) for i in range(POLLERS)]
    processes.append(start(toggle_for_ever, POLLERS, started))
    os.close(started)
    at_work = 0
    while at_work < len(processes):
        part = os.read(ready, len(processes))
        at_work += len(part) or sys.exit("FAIL: one ended before the plug was pulled")
    os.close(ready)
    print(f"round {number} storms", flush=True)
    while os.path.exists(f"{tree}/gpio{in_line}"):
        time.sleep(0.02)
    deadline = time.monotonic() + PATIENCE
    if not all([check_end(process, deadline) for process in processes]):
        sys.exit(f"FAIL: round {number}")
    print(f"round {number} ends: {list(counts[:POLLERS])} wake-ups, {counts[POLLERS]} writes",
          flush=True)


for number in range(1, rounds + 1):
    wait_for(f"{tree}/gpiochip512")
    storm(number)
