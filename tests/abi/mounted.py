# SPDX-License-Identifier: MIT
"""Mounts a virtual board in a folder of its own and runs the tables against it.

Usage: mounted.py MPSSE_GPIOFS [ARGUMENT of the tables...]
"""

import os
import signal
import subprocess
import sys
import tempfile
import time

BOARD = "FT232H,id=0c52:a064,serial=EMU1"
PATIENCE = 30  # seconds for a mount to come, or to go


def why_not():
    if os.geteuid() != 0:
        return "mounting is tested as root"
    if not os.access("/dev/fuse", os.R_OK | os.W_OK):
        return "no /dev/fuse"
    return ""


def wait_for_mount(program, mount):
    end = time.monotonic() + PATIENCE
    while not os.path.exists(f"{mount}/export"):
        if program.poll() is not None or time.monotonic() > end:
            raise SystemExit(f"no mount: status {program.poll()}")
        time.sleep(0.02)


def main():
    reason = why_not()
    if reason:
        print(f"SKIPPED: {reason}")
        return 0
    tables = os.path.dirname(os.path.abspath(__file__))
    with tempfile.TemporaryDirectory() as folder:
        os.chmod(folder, 0o755)  # another user is to reach the mount
        mount = f"{folder}/mnt"
        os.mkdir(mount)
        with subprocess.Popen([sys.argv[1], "-f", "--simulate", BOARD, mount]) as program:
            try:
                wait_for_mount(program, mount)
                command = [sys.executable, "-ISB", tables, "--mount", mount]
                command += ["--bench", f"{mount}/sim/0", *sys.argv[2:]]
                status = subprocess.run(command, check=False).returncode
            finally:
                program.send_signal(signal.SIGTERM)
                try:
                    ended = program.wait(PATIENCE)
                except subprocess.TimeoutExpired:
                    program.kill()
                    ended = program.wait()
                subprocess.run(["umount", "-lq", mount], check=False)
    if ended != 0:
        print(f"FAILED the program ended with {ended}")
    return status or ended != 0


if __name__ == "__main__":
    sys.exit(main())
