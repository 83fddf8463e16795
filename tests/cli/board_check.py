#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Checks virtual boards with --check: the report on stdout, one line per error, the exit status.

Usage: board_check.py MPSSE_GPIOFS
"""

import os
import pty
import signal
import subprocess
import sys
import time

PATIENCE = 20


def run(program, *arguments):
    return subprocess.run(
        [program, "--check", *arguments],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=PATIENCE,
    )


def facts(report):
    """The lines of a report, by name."""
    return dict(line.removeprefix("SUSPICIOUS: ").split(": ", 1) for line in report.splitlines())


def answer(program, text, *arguments):
    """Runs at a terminal and answers its question; the status, and what the terminal showed."""
    pid, terminal = pty.fork()
    if pid == 0:
        os.execv(program, [program, "--check", *arguments])
    shown = b""
    asked = False
    while True:
        try:
            piece = os.read(terminal, 4096)
        except OSError:  # the program has ended
            piece = b""
        if not piece:
            break
        shown += piece
        if not asked and b"[y/N]" in shown:
            asked = True
            os.write(terminal, text)
    status = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    os.close(terminal)
    return status, shown.decode()


def expect(what, condition, *details):
    if not condition:
        sys.exit(f"{what}: {details}")


def check_reports(program):
    done = run(program, "sim:FT2232H,usb=fs,engine_ns=6500,serial=SECRET7,interface=AB")
    expect("a good board", done.returncode == 0 and not done.stderr, done)
    report = facts(done.stdout)
    expect("its chip", report["chip"].startswith("FT2232H"), report)
    expect("its packets", report["packet_size"] == "64", report)
    # At least what the engine takes; a busy machine may add to it.
    expect("its commands", int(report["command_ns"].split()[0].rstrip(",")) > 3250, report)
    expect("its pins", report["pins_at_entry_low"] == "ff", report)
    expect("its interfaces", done.stdout.count("\ninterface: ") == 2, done)
    expect("the serial", "SECRET7" not in done.stdout, done)
    expect("the end", done.stdout.endswith("report: complete, nothing suspicious\n"), done)
    done = run(program, "--simulate", "FT4232H")
    expect("--simulate", done.returncode == 0 and "chip: FT4232H" in done.stdout, done)


def check_wires(program):
    board = "sim:FT232H"
    done = run(program, "--wire", "ADBUS4,acbus5", board)
    line = "mpsse-gpiofs: --wire: no pin is driven: there is no terminal to ask at: add --yes\n"
    expect("no terminal", done.returncode == 1 and done.stderr == line, done)
    expect("its report", facts(done.stdout)["wire"].startswith("not driven"), done)

    done = run(program, "--wire", "ADBUS4,ACBUS5", "--yes", board)
    expect("no wire", done.returncode == 1, done)
    expect("its line", "\nSUSPICIOUS: wire_forth: " in done.stdout, done)

    status, shown = answer(program, b"n\n", "--wire", "ADBUS4,ADBUS5", board)
    expect("no", status == 0 and "wire: not driven, the answer was no" in shown, status, shown)
    status, shown = answer(program, b"y\n", "--wire", "ADBUS4,ADBUS5", board)
    expect("yes", status == 1 and "SUSPICIOUS: wire_forth" in shown, status, shown)
    status, shown = answer(program, b"\x03", "--wire", "ADBUS4,ADBUS5", board)
    expect("Ctrl-C", status == 1 and "nothing was sent to the board" in shown, status, shown)

    for arguments, part in [
        (["--wire", "ADBUS4,ACBUS0", "sim:FT4232H"], "ACBUS0"),
        (["--wire", "BDBUS4,BDBUS5", "sim:FT2232H"], "interface=B"),
    ]:
        done = run(program, *arguments)
        one_line = done.stderr.count("\n") == 1 and part in done.stderr
        expect(arguments, done.returncode == 2 and one_line and not done.stdout, done)


def check_signal(program):
    """On a board so slow that the check is under way when the signal comes."""
    process = subprocess.Popen(
        [program, "--check", "sim:FT232H,usb=fs,engine_ns=200000000"],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    time.sleep(1)
    process.send_signal(signal.SIGTERM)
    report, errors = process.communicate(timeout=PATIENCE)
    ended = "ended by a signal" in errors and errors.count("\n") == 1
    expect("a signal", process.returncode == 1 and ended, report, errors)
    # Nothing at all if the machine is so busy that the check had not begun.
    complete = not report or report.endswith("report: incomplete, nothing suspicious\n")
    expect("its report", complete, report)


def main():
    program = sys.argv[1]
    check_reports(program)
    check_wires(program)
    check_signal(program)


if __name__ == "__main__":
    main()
