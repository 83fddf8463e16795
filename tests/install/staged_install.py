#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Installs the build into a folder of its own, and checks which files come of it, that the units
start the program that was installed with them, and that systemd takes the units as they are.

Usage: staged_install.py CMAKE BUILD_FOLDER UDEV_FOLDER UNIT_FOLDER
"""

import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

UNITS = ["mpsse-gpiofs@.service", "mpsse-gpiofs-sysfs.service"]
OF_PREFIX = [
    "bin/mpsse-gpiofs",
    "bin/mpsse-gpiomon",
    "bin/mpsse-sim",
    "share/bash-completion/completions/mpsse-gpiofs",
    "share/bash-completion/completions/mpsse-gpiomon",
    "share/bash-completion/completions/mpsse-sim",
    "share/doc/mpsse-gpiofs/CHANGELOG.md",
    "share/doc/mpsse-gpiofs/LICENSE",
    "share/doc/mpsse-gpiofs/README.md",
    "share/man/man1/mpsse-gpiomon.1",
    "share/man/man1/mpsse-sim.1",
    "share/man/man8/mpsse-gpiofs.8",
    "share/zsh/site-functions/_mpsse-gpiofs",
]

# systemd.exec(5): these give a service a mount namespace, in which nobody else sees what it mounts.
NAMESPACE = re.compile(
    r"^(Private(Tmp|Mounts|Devices|Network|IPC)|Protect(System|Home|Proc|Hostname|Kernel\w+"
    r"|ControlGroups)|ProcSubset|(ReadOnly|ReadWrite|Inaccessible|Exec|NoExec)Paths|MountAPIVFS"
    r"|Bind(ReadOnly)?Paths|TemporaryFileSystem|MountFlags|Root(Directory|Image)|DynamicUser)=",
    re.M,
)


def install(cmake, build, prefix, root):
    done = subprocess.run(
        [cmake, "--install", build, "--prefix", prefix],
        env={**os.environ, "DESTDIR": str(root)}, capture_output=True, text=True, timeout=60,
    )  # fmt: skip
    if done.returncode != 0:
        sys.exit(f"cmake --install: {done}")


def check_files(root, prefix, udev, units):
    expected = {f"{prefix}/{file}" for file in OF_PREFIX} | {
        f"{udev}/rules.d/70-mpsse-gpiofs.rules",
        f"{udev}/hwdb.d/70-mpsse-gpiofs.hwdb",
        *(f"{units}/{unit}" for unit in UNITS),
    }
    found = {f"/{file.relative_to(root)}" for file in root.rglob("*") if not file.is_dir()}
    if expected != found:
        sys.exit(f"missing: {sorted(expected - found)}; not expected: {sorted(found - expected)}")


def commands(unit):
    return [line for line in unit.read_text().splitlines() if line.startswith("Exec")]


def check_unit(root, prefix, unit, scratch):
    for line in commands(unit):
        if re.findall(r"/\S+/mpsse-gpiofs(?= )", line)[:1] != [f"{prefix}/bin/mpsse-gpiofs"]:
            sys.exit(f"the unit of the prefix {prefix} says {line}")
    if setting := NAMESPACE.search(unit.read_text()):
        sys.exit(f"the unit says {setting[0]}, so that its mount is invisible")
    if not shutil.which("systemd-analyze"):
        print("SKIPPED: systemd-analyze is not installed")
        return
    # It insists that the program is there.
    moved = scratch / unit.name
    moved.write_text(unit.read_text().replace(f"{prefix}/bin", f"{root}{prefix}/bin"))
    done = subprocess.run(["systemd-analyze", "verify", "--man=no", str(moved)],
                          capture_output=True, text=True, timeout=60)  # fmt: skip
    complaints = [line for line in done.stderr.splitlines() if "mpsse-gpiofs" in line]
    if done.returncode != 0 or complaints:
        sys.exit(f"systemd-analyze verify: {done}")
    check_exposure(moved)


def check_exposure(unit):
    """Of 100, as systemd-analyze(1) counts what a service could do and does not give up."""
    done = subprocess.run(
        ["systemd-analyze", "security", "--offline=true", "--threshold=40", "--no-pager", str(unit)],
        capture_output=True, text=True, timeout=60,
    )  # fmt: skip
    print(done.stdout.strip().splitlines()[-1])
    if done.returncode != 0:
        sys.exit(f"systemd-analyze security: {done}")


def main():
    cmake, build, udev, units = sys.argv[1:]
    for prefix in ("/usr", "/opt/gpio"):
        with tempfile.TemporaryDirectory() as folder:
            root = pathlib.Path(folder, "root")
            install(cmake, build, prefix, root)
            check_files(root, prefix, udev, units)
            for unit in UNITS:
                check_unit(root, prefix, root / units.lstrip("/") / unit, pathlib.Path(folder))


if __name__ == "__main__":
    main()
