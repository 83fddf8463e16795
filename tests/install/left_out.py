#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Builds the programs without all that can be left out, and checks that they need less, install
less, and say in one line what they cannot do.

Usage: left_out.py CMAKE SOURCE_FOLDER [CMAKE-OPTION...]
"""

import os
import pathlib
import subprocess
import sys
import tempfile

OPTIONS = ["-DGPIOFS_SYSTEMD=OFF", "-DGPIOFS_SIMULATOR=OFF", "-DGPIOFS_GROUP=", "-DBUILD_TESTING=OFF",
           "-DCMAKE_BUILD_TYPE=Debug", "-DCMAKE_CXX_FLAGS_DEBUG=", "-DGPIOFS_WERROR=ON"]  # fmt: skip
PROGRAMS = {"mpsse-gpiofs", "mpsse-gpiomon"}
GONE = {"mpsse-sim", "mpsse-sim.1", "mpsse-gpiofs@.service", "mpsse-gpiofs-sysfs.service"}
THERE = PROGRAMS | {"mpsse-gpiofs.8", "mpsse-gpiomon.1", "_mpsse-gpiofs", "70-mpsse-gpiofs.rules",
                    "70-mpsse-gpiofs.hwdb"}  # fmt: skip


def output(*command, **more):
    done = subprocess.run(command, capture_output=True, text=True, **more)
    if done.returncode != 0:
        sys.exit(f"{command}: status {done.returncode}\n{done.stdout}{done.stderr}")
    return done.stdout


def expect(what, condition, evidence=""):
    if not condition:
        sys.exit(f"{what}\n{evidence}")


def check_program(build, folder):
    program = build / "src/mpsse-gpiofs/mpsse-gpiofs"
    expect("it needs libsystemd", "libsystemd" not in output("ldd", str(program)))
    expect("no version", output(str(program), "--version").startswith("mpsse-gpiofs "))
    text = output(str(program), "--help")
    expect("--help offers virtual boards", "--simulate" not in text and "engine_ns" not in text, text)
    expect("--help does not say what was left out", "built without virtual boards" in text, text)
    done = subprocess.run([program, "nonsense", "/"], capture_output=True, text=True)
    expect("it offers sim:", done.returncode == 2 and "sim:" not in done.stderr, done)
    if not os.access("/dev/fuse", os.W_OK):
        print("there is no /dev/fuse: what --simulate says is not checked")
        return
    for words in (["--simulate", "FT232H"], ["-f", "--simulate", "FT232H,usb=hs"], ["sim:FT2232H"],
                  ["-o", "wait", "--board", "sim:FT232H"]):  # fmt: skip
        done = subprocess.run([program, *words, folder], capture_output=True, text=True, timeout=20)
        one_line = done.stderr.count("\n") == 1 and "built without virtual boards" in done.stderr
        expect(f"{words}", done.returncode == 1 and not done.stdout and one_line, done)


def check_installed(cmake, build, root):
    output(cmake, "--install", str(build), "--prefix", "/usr", env={**os.environ, "DESTDIR": str(root)})
    names = {file.name for file in root.rglob("*") if not file.is_dir()}
    expect("not installed", THERE <= names, THERE - names)
    expect("installed", not names & GONE, names & GONE)
    (rules,) = root.rglob("70-mpsse-gpiofs.rules")
    (rule,) = [line for line in rules.read_text().splitlines() if "0660" in line]
    expect("no group", "GROUP" not in rule and 'TAG+="uaccess"' in rule, rule)


def main():
    cmake, source, *options = sys.argv[1:]
    with tempfile.TemporaryDirectory() as folder:
        scratch = pathlib.Path(folder)
        build, root, mount = scratch / "build", scratch / "root", scratch / "mount"
        mount.mkdir()
        output(cmake, "-G", "Ninja", "-S", source, "-B", str(build), *options, *OPTIONS)
        output(cmake, "--build", str(build), "-j", str(os.cpu_count()))
        check_program(build, str(mount))
        check_installed(cmake, build, root)
        # One at a time, too.
        for option in ("GPIOFS_SYSTEMD", "GPIOFS_MPSSE_SIM", "GPIOFS_SIMULATOR"):
            output(cmake, "-G", "Ninja", "-S", source, "-B", str(scratch / option), *options,
                   f"-D{option}=OFF")  # fmt: skip


if __name__ == "__main__":
    main()
