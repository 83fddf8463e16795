# SPDX-License-Identifier: MIT
"""Runs the README's examples for shells and for Python on a virtual board.

Usage: readme_examples.py MPSSE_GPIOFS MPSSE_GPIOMON README
"""

import os
import pathlib
import re
import signal
import subprocess
import sys
import tempfile
import time

PATIENCE = 30  # seconds


def why_not():
    if os.geteuid() != 0 and not os.access("/usr/bin/fusermount3", os.X_OK):
        return "no fusermount3"
    if not os.access("/dev/fuse", os.R_OK | os.W_OK):
        return "no /dev/fuse"
    return ""


def example(readme, language):
    (text,) = re.findall(rf"^```{language}\n(.*?)^```", readme, re.MULTILINE | re.DOTALL)
    return text


def eventually(what, condition):
    end = time.monotonic() + PATIENCE
    while not condition():
        if time.monotonic() > end:
            raise SystemExit(f"not in time: {what}")
        time.sleep(0.02)


def edges_seen(tree, command, text, first, said):
    """Runs an example that waits for edges on line 514, and gives it one."""
    drive = pathlib.Path(f"{tree}/sim/0/adbus2/drive")
    drive.write_text("0")
    with tempfile.TemporaryFile("w+") as output:
        def printed():
            output.seek(0)
            return output.read()

        with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=output, text=True, cwd=tree,
                              start_new_session=True) as program:  # fmt: skip
            try:
                program.stdin.write(text)
                program.stdin.close()
                eventually(f"what {command[0]} does first", first)
                while not said(printed()):  # it may have armed the line just now
                    drive.write_text("1")
                    time.sleep(0.05)
                    drive.write_text("0")
                    time.sleep(0.05)
                    if program.poll() is not None:
                        raise SystemExit(f"{command[0]} ended: {printed()}")
            finally:
                os.killpg(program.pid, signal.SIGKILL)


def run_examples(tree, readme):
    line = pathlib.Path(f"{tree}/gpio513")
    shell = example(readme, "sh").replace("/run/gpio", tree)
    edges_seen(tree, ["sh", "-e"], shell, lambda: os.path.exists(f"{tree}/gpio514"),
               lambda text: re.search(r"^(rising|falling) at \d+$", text, re.MULTILINE))  # fmt: skip
    if (line / "direction").read_text() != "out\n" or (line / "value").read_text() != "0\n":
        raise SystemExit("the example has not driven line 513 low")
    pathlib.Path(f"{tree}/gpio514/edge").write_text("both")
    edges_seen(tree, [sys.executable, "-u", "-"], example(readme, "python").replace("/run/gpio", tree),
               lambda: True, lambda text: {"0", "1"} <= set(text.split()))  # fmt: skip


def main():
    gpiofs, gpiomon, readme = sys.argv[1:]
    reason = why_not()
    if reason:
        print(f"SKIPPED: {reason}")
        return 0
    os.environ["PATH"] = f"{os.path.dirname(gpiomon)}:{os.environ['PATH']}"
    with tempfile.TemporaryDirectory() as tree:
        with subprocess.Popen([gpiofs, "-f", "--simulate", "FT232H", tree]) as program:
            try:
                eventually("the mount", lambda: os.path.exists(f"{tree}/export"))
                run_examples(tree, pathlib.Path(readme).read_text())
            finally:
                program.send_signal(signal.SIGTERM)
                program.wait(PATIENCE)
    return 0


if __name__ == "__main__":
    sys.exit(main())
