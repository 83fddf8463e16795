#!/usr/bin/env python3
"""Makes the Debian package and checks what is in it. It is not installed here.

Usage: package.py CPACK BUILD_FOLDER VERSION UDEV_FOLDER UNIT_FOLDER
"""

import pathlib
import shutil
import subprocess
import sys
import tempfile

FILES = {
    "./usr/bin/mpsse-gpiofs": "-rwxr-xr-x",
    "./usr/bin/mpsse-gpiomon": "-rwxr-xr-x",
    "./usr/bin/mpsse-sim": "-rwxr-xr-x",
    "./usr/share/doc/mpsse-gpiofs/README.md": "-rw-r--r--",
    "./usr/share/doc/mpsse-gpiofs/changelog.Debian.gz": "-rw-r--r--",
    "./usr/share/doc/mpsse-gpiofs/changelog.gz": "-rw-r--r--",
    "./usr/share/doc/mpsse-gpiofs/copyright": "-rw-r--r--",
    "./usr/share/lintian/overrides/mpsse-gpiofs": "-rw-r--r--",
    "./usr/share/man/man1/mpsse-gpiomon.1.gz": "-rw-r--r--",
    "./usr/share/man/man1/mpsse-sim.1.gz": "-rw-r--r--",
    "./usr/share/man/man8/mpsse-gpiofs.8.gz": "-rw-r--r--",
}
DEPENDENCIES = {"fuse3", "udev", "libc6", "libfuse3-3", "libusb-1.0-0"}


def output(*command):
    done = subprocess.run(command, capture_output=True, text=True, timeout=120)
    if done.returncode != 0:
        sys.exit(f"{command}: {done}")
    return done.stdout


def check_files(package, udev, units):
    expected = FILES | {
        f".{udev}/rules.d/70-mpsse-gpiofs.rules": "-rw-r--r--",
        f".{udev}/hwdb.d/70-mpsse-gpiofs.hwdb": "-rw-r--r--",
        f".{units}/mpsse-gpiofs@.service": "-rw-r--r--",
        f".{units}/mpsse-gpiofs-sysfs.service": "-rw-r--r--",
    }
    found = {}
    for line in output("dpkg-deb", "-c", str(package)).splitlines():
        mode, owner, *_, name = line.split()
        if owner != "root/root":
            sys.exit(f"{name} belongs to {owner}")
        if mode.startswith("d"):
            if mode != "drwxr-xr-x":
                sys.exit(f"{name} has the mode {mode}")
        else:
            found[name] = mode
    if found != expected:
        sys.exit(f"in one alone: {sorted(set(found.items()) ^ set(expected.items()))}")


def check_control(package, version):
    fields = output("dpkg-deb", "-f", str(package), "Package", "Version", "Depends")
    values = dict(line.split(": ", 1) for line in fields.splitlines())
    if values["Package"] != "mpsse-gpiofs" or values["Version"] != f"{version}-1":
        sys.exit(f"wrong name or version: {values}")
    names = {dependency.split()[0] for dependency in values["Depends"].split(", ")}
    if not DEPENDENCIES <= names:
        sys.exit(f"depends on {sorted(names)}, but not on {sorted(DEPENDENCIES - names)}")


def check_contents(package, units, scratch):
    output("dpkg-deb", "-R", str(package), str(scratch))
    for script in ("postinst", "prerm", "postrm"):
        output("sh", "-n", str(scratch / "DEBIAN" / script))
    for unit in (scratch / units.lstrip("/")).iterdir():
        if "\nExecStart=/usr/bin/mpsse-gpiofs " not in unit.read_text():
            sys.exit(f"{unit.name} does not start what is in the package")


def check_lintian(package):
    if not shutil.which("lintian"):
        print("SKIPPED: lintian is not installed")
        return
    done = subprocess.run(["lintian", "--fail-on", "error,warning", str(package)],
                          capture_output=True, text=True, timeout=120)  # fmt: skip
    if done.returncode != 0:
        sys.exit(f"lintian:\n{done.stdout}{done.stderr}")


def main():
    cpack, build, version, udev, units = sys.argv[1:]
    for program in ("dpkg-deb", "dpkg-shlibdeps", "file"):
        if not shutil.which(program):
            print(f"SKIPPED: {program} is not installed")
            return
    with tempfile.TemporaryDirectory() as folder:
        output(cpack, "-G", "DEB", "--config", f"{build}/CPackConfig.cmake", "-B", folder)
        (package,) = pathlib.Path(folder).glob("*.deb")
        check_files(package, udev, units)
        check_control(package, version)
        check_contents(package, units, pathlib.Path(folder, "contents"))
        check_lintian(package)


if __name__ == "__main__":
    main()
