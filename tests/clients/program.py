# SPDX-License-Identifier: MIT
"""Runs real programs with a deadline."""

import os
import shutil
import subprocess

FOLDER = os.path.dirname(os.path.abspath(__file__))
DEADLINE = 60  # seconds; every one of them takes less than ten


class Missing(Exception):
    """What is needed is not installed: a reason to skip the test."""


def installed(program, package):
    """The program's path; its Debian package is named where it is missing."""
    path = shutil.which(program)
    if path is None:
        raise Missing(f"no {program}: the package {package} is not installed")
    return path


def runs(command, package):
    """The command, if it succeeds: what it needs from this package is there."""
    if subprocess.run(command, capture_output=True, check=False).returncode != 0:
        raise Missing(f"{' '.join(command)} fails: {package} is not installed")


def node_program(node_modules, package, script):
    """The command for a script of this folder that uses an npm package, and its environment."""
    command = [installed("node", "nodejs"), f"{FOLDER}/{script}"]
    environment = dict(os.environ, NODE_PATH=node_modules)
    if subprocess.run([command[0], "-e", f"require('{package}')"], env=environment,
                      capture_output=True, check=False).returncode != 0:
        raise Missing(f"{package} is not in {node_modules}: scripts/install-deps --all gets it")
    return command, environment


def output(command, stdin="", status=0, **options):
    """All that a program prints; it has to end with this status."""
    try:
        ended = subprocess.run(command, input=stdin, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                               text=True, errors="replace", timeout=DEADLINE, check=False, **options)
    except subprocess.TimeoutExpired as late:
        raise AssertionError(f"{command[0]} did not end in {DEADLINE} s: {late.stdout}") from late
    print(ended.stdout)
    expect(f"status of {command[0]}", ended.returncode, status)
    return ended.stdout


def expect(what, got, wanted):
    if got != wanted:
        raise AssertionError(f"{what}: {got!r}, not {wanted!r}")


def expect_in(text, wanted):
    if wanted not in text:
        raise AssertionError(f"{wanted!r} is not in {text!r}")
