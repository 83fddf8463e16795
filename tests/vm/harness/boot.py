# SPDX-License-Identifier: MIT
"""One run of the guest: QEMU's command line, the watch over it, and the verdict."""

import pathlib
import re
import shlex
import subprocess
import sys
import time

from .errors import CannotRun, need_tool

HERE = pathlib.Path(__file__).resolve().parent
LOG_LINES = 60  # of the kernel's log, printed when the guest failed
ATTEMPTS = 3  # emulation sometimes dies while the kernel patches itself at boot
BOOT_SECONDS = 180
COMPLAINTS = re.compile(r"\bOops\b|\bBUG:|Kernel panic|blocked for more than \d+ seconds"
                        r"|possible recursive locking|use-after-free|\bWARNING: CPU")


class Guest:
    """A guest that can be run once; `results` receives kernel.log, command, started and status."""

    def __init__(self, kernel, image, results, shares, systemd):
        self.init_ = HERE / ("guest-init-systemd" if systemd else "guest-init")
        if systemd and not pathlib.Path("/lib/systemd/systemd").exists():
            raise CannotRun("systemd is not installed (package systemd)")
        self.kernel_ = kernel
        self.image_ = image
        self.results_ = results
        self.shares_ = [("results", results, "/results", False),
                        ("modules", kernel.modules, f"/lib/modules/{kernel.release}", True)]
        for number, folder in enumerate(shares):
            path = folder.resolve()
            self.shares_.append((f"share{number}", path, str(path), True))
        self.log_ = results / "kernel.log"

    def run(self, command, timeout):
        """Boots and runs `command`; returns the status for run-guest to end with."""
        (self.results_ / "command").write_text(f"exec {shlex.join(command)}\n")
        deadline = time.monotonic() + timeout
        for attempt in range(1, ATTEMPTS + 1):
            self.clear()
            self.boot(deadline)
            if self.started() or time.monotonic() > deadline:
                break
            print(f"the guest ended before the command started (attempt {attempt})", flush=True)
        return self.verdict(time.monotonic() > deadline, timeout)

    def clear(self):
        for name in ["kernel.log", "started", "status", "skipped"]:
            (self.results_ / name).unlink(missing_ok=True)

    def started(self):
        return (self.results_ / "started").exists()

    def boot(self, deadline):
        """One boot, ended at the deadline, or if it does not get to the command."""
        start_deadline = min(deadline, time.monotonic() + BOOT_SECONDS)
        process = subprocess.Popen(self.qemu_command(), stdin=subprocess.DEVNULL)
        try:
            while process.poll() is None:
                if time.monotonic() > (deadline if self.started() else start_deadline):
                    break
                time.sleep(0.1)
        finally:
            process.kill()
            process.wait()

    def qemu_command(self):
        mounts = ",".join(f"{tag}:{where}" for tag, _, where, _ in self.shares_)
        command = [need_tool("qemu-system-x86_64", "qemu-system-x86"),
                   "-machine", "q35", "-accel", "tcg,thread=multi", "-cpu", "max", "-smp", "2",
                   "-m", "2048", "-nodefaults", "-display", "none", "-no-reboot", "-nic", "none",
                   "-serial", f"file:{self.log_}", "-serial", "stdio",
                   "-kernel", str(self.kernel_.image), "-initrd", str(self.image_),
                   "-append", f"console=ttyS0 panic=-1 oops=panic gpiofs.init={self.init_} "
                              f"gpiofs.shares={mounts}"]
        for tag, folder, _, read_only in [("root", pathlib.Path("/"), "/", True), *self.shares_]:
            access = ",readonly=on" if read_only else ""
            command += ["-fsdev", f"local,id={tag},path={folder},security_model=none,"
                                  f"multidevs=remap{access}",
                        "-device", f"virtio-9p-pci,fsdev={tag},mount_tag={tag}"]
        return command

    def verdict(self, timed_out, timeout):
        log = self.log_.read_text(errors="replace") if self.log_.exists() else ""
        status_file = self.results_ / "status"
        complaint = COMPLAINTS.search(log)
        if timed_out:
            trouble = f"the guest did not end within {timeout:.0f} seconds"
        elif not self.started():
            trouble = f"the guest never started the command in {ATTEMPTS} attempts"
        elif not status_file.exists():
            trouble = "the guest ended without the command's status"
        elif complaint:
            trouble = f"the guest's kernel complained: {complaint.group(0)}"
        else:
            return int(status_file.read_text())
        print(*log.splitlines()[-LOG_LINES:], f"run-guest: {trouble} (kernel log: {self.log_})",
              sep="\n", file=sys.stderr)
        return 1
