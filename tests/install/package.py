#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Makes the Debian package and checks what is in it, that its own test passes with it, and that a
second one is the same to the byte, whenever, wherever and by whomever it is made. It is not installed
here.

Usage: package.py BUILD_FOLDER UDEV_FOLDER UNIT_FOLDER
"""

import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import time

HERE = pathlib.Path(__file__).resolve().parent
PROJECT = HERE.parent.parent

FILES = {
    "./usr/bin/mpsse-gpiofs": "-rwxr-xr-x",
    "./usr/bin/mpsse-gpiomon": "-rwxr-xr-x",
    "./usr/bin/mpsse-sim": "-rwxr-xr-x",
    "./usr/share/bash-completion/completions/mpsse-gpiofs": "-rw-r--r--",
    "./usr/share/bash-completion/completions/mpsse-gpiomon": "lrwxrwxrwx",
    "./usr/share/bash-completion/completions/mpsse-sim": "lrwxrwxrwx",
    "./usr/share/doc/mpsse-gpiofs/README.md.gz": "-rw-r--r--",
    "./usr/share/doc/mpsse-gpiofs/changelog.Debian.gz": "-rw-r--r--",
    "./usr/share/doc/mpsse-gpiofs/changelog.gz": "-rw-r--r--",
    "./usr/share/doc/mpsse-gpiofs/copyright": "-rw-r--r--",
    "./usr/share/lintian/overrides/mpsse-gpiofs": "-rw-r--r--",
    "./usr/share/man/man1/mpsse-gpiomon.1.gz": "-rw-r--r--",
    "./usr/share/man/man1/mpsse-sim.1.gz": "-rw-r--r--",
    "./usr/share/man/man8/mpsse-gpiofs.8.gz": "-rw-r--r--",
    "./usr/share/zsh/vendor-completions/_mpsse-gpiofs": "-rw-r--r--",
}
# Debian 12's lintian has this tag, and to that of 13 an override of it is an error.
NO_TAGS = {"package-supports-alternative-init-but-no-init.d-script"}
DEPENDENCIES = {"fuse3", "udev", "libc6", "libfuse3-3", "libusb-1.0-0"}


def output(*command, **more):
    done = subprocess.run(command, capture_output=True, text=True, timeout=200, **more)
    if done.returncode != 0:
        sys.exit(f"{command}: status {done.returncode}\n{done.stdout}{done.stderr}")
    return done.stdout


def make_package(build, folder, umask=0o022, **environment):
    output(str(HERE / "make-package"), build, str(folder), env={**os.environ, **environment}, umask=umask)
    (package,) = folder.glob("*.deb")
    return package


def check_files(package, udev, units):
    expected = FILES | {
        f".{udev}/rules.d/70-mpsse-gpiofs.rules": "-rw-r--r--",
        f".{udev}/hwdb.d/70-mpsse-gpiofs.hwdb": "-rw-r--r--",
        f".{units}/mpsse-gpiofs@.service": "-rw-r--r--",
        f".{units}/mpsse-gpiofs-sysfs.service": "-rw-r--r--",
    }
    found = {}
    for line in output("dpkg-deb", "-c", str(package)).splitlines():
        mode, owner, _, _, _, name = line.partition(" -> ")[0].split()
        if owner != "root/root":
            sys.exit(f"{name} belongs to {owner}")
        if mode.startswith("d"):
            if mode != "drwxr-xr-x":
                sys.exit(f"{name} has the mode {mode}")
        else:
            found[name] = mode
    if found != expected:
        sys.exit(f"in one alone: {sorted(set(found.items()) ^ set(expected.items()))}")


def check_control(package):
    fields = output("dpkg-deb", "-f", str(package), "Package", "Version", "Depends")
    values = dict(line.split(": ", 1) for line in fields.splitlines())
    version = output("dpkg-parsechangelog", "-S", "Version", cwd=PROJECT).strip()
    if values["Package"] != "mpsse-gpiofs" or values["Version"] != version:
        sys.exit(f"wrong name or version: {values}")
    names = {dependency.split()[0] for dependency in values["Depends"].split(", ")}
    if not DEPENDENCIES <= names:
        sys.exit(f"depends on {sorted(names)}, but not on {sorted(DEPENDENCIES - names)}")


def check_contents(package, units, scratch):
    output("dpkg-deb", "-R", str(package), str(scratch))
    for script in ("postinst", "prerm", "postrm"):
        text = (scratch / "DEBIAN" / script).read_text()
        if "#DEBHELPER#" in text:
            sys.exit(f"{script} is not what debhelper makes of it")
        output("sh", "-n", str(scratch / "DEBIAN" / script))
    for unit in (scratch / units.lstrip("/")).iterdir():
        if "\nExecStart=/usr/bin/mpsse-gpiofs " not in unit.read_text():
            sys.exit(f"{unit.name} does not start what is in the package")


def check_own_test(tree):
    """What autopkgtest runs where the package is installed."""
    path = f"{tree}/usr/bin:{os.environ['PATH']}"
    done = subprocess.run([PROJECT / "debian/tests/mount"], env={**os.environ, "PATH": path},
                          capture_output=True, text=True, timeout=60)  # fmt: skip
    if done.returncode == 77:
        print(f"SKIPPED: {done.stdout}")
    elif done.returncode != 0 or done.stderr:  # which autopkgtest takes for a failure
        sys.exit(f"debian/tests/mount: {done.returncode}\n{done.stdout}{done.stderr}")


def check_lintian(package):
    if not shutil.which("lintian"):
        print("SKIPPED: lintian is not installed")
        return
    done = subprocess.run(["lintian", "--pedantic", "--display-info", str(package)],
                          capture_output=True, text=True, timeout=120)  # fmt: skip
    tags = [line for line in done.stdout.splitlines() if not NO_TAGS.intersection(line.split())]
    if done.returncode not in (0, 2) or tags:
        sys.exit(f"lintian: {done.returncode}\n{done.stdout}{done.stderr}")


def check_same(package, build, folder):
    time.sleep(max(0.0, 2.1 - (time.time() - package.stat().st_mtime)))  # archives keep seconds
    other = make_package(build, folder / "another place", 0o077, LC_ALL="C", TZ="Asia/Kolkata")
    if package.read_bytes() != other.read_bytes():
        sys.exit("a second package of the same build is another one")


def main():
    build, udev, units = sys.argv[1:]
    for program in ("dpkg-buildpackage", "dh", "dpkg-parsechangelog"):
        if not shutil.which(program):
            print(f"SKIPPED: {program} is not installed")
            return
    with tempfile.TemporaryDirectory() as folder:
        scratch = pathlib.Path(folder)
        package = make_package(build, scratch / "made")
        check_files(package, udev, units)
        check_control(package)
        check_contents(package, units, scratch / "contents")
        check_own_test(scratch / "contents")
        check_lintian(package)
        check_same(package, build, scratch)


if __name__ == "__main__":
    main()
