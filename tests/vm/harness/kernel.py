# SPDX-License-Identifier: MIT
"""Debian's kernel for the guest: fetched once with apt, unpacked into a cache, never installed."""

import dataclasses
import os
import pathlib
import re
import shutil
import subprocess
import tempfile

from .errors import CannotRun, need_tool


@dataclasses.dataclass(frozen=True)
class Kernel:
    """An unpacked kernel package: `tree` holds boot/ and lib/modules/RELEASE/."""

    tree: pathlib.Path
    release: str

    @property
    def image(self):
        return self.tree / "boot" / f"vmlinuz-{self.release}"

    @property
    def modules(self):
        return self.tree / "lib" / "modules" / self.release


def cache_folder():
    """GPIOFS_VM_CACHE, or a folder of the user's cache."""
    default = pathlib.Path.home() / ".cache" / "mpsse-gpiofs" / "vm"
    return pathlib.Path(os.environ.get("GPIOFS_VM_CACHE") or default)


def find_or_fetch():
    """The cached kernel, fetched first if there is none. CannotRun if apt cannot get it."""
    cache = cache_folder()
    for image in sorted(cache.glob("*/boot/vmlinuz-*"), reverse=True):
        return Kernel(image.parent.parent, image.name.removeprefix("vmlinuz-"))
    package = newest_package()
    release = package.removeprefix("linux-image-")
    cache.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=cache, prefix=".fetch-") as scratch:
        unpacked = fetch(package, pathlib.Path(scratch), release)
        try:
            unpacked.rename(cache / release)
        except FileExistsError:
            pass  # somebody else fetched it meanwhile
    return Kernel(cache / release, release)


def newest_package():
    """The package that Debian's linux-image-amd64 stands for."""
    output = run([need_tool("apt-cache", "apt"), "depends", "linux-image-amd64"])
    match = re.search(r"Depends: (linux-image-\S+-amd64)$", output, re.MULTILINE)
    if match is None:
        raise CannotRun("apt knows no linux-image-amd64 (apt-get update?)")
    return match.group(1)


def fetch(package, scratch, release):
    """Downloads and unpacks into `scratch`; returns the tree, with its module index made."""
    run([need_tool("apt-get", "apt"), "download", package], cwd=scratch)
    archive = next(scratch.glob("*.deb"))
    tree = scratch / "tree"
    run([need_tool("dpkg-deb", "dpkg"), "-x", str(archive), str(tree)])
    run([need_tool("depmod", "kmod"), "-b", str(tree), release])
    shutil.rmtree(tree / "usr", ignore_errors=True)
    return tree


def run(command, cwd=None):
    done = subprocess.run(command, cwd=cwd, stdin=subprocess.DEVNULL, capture_output=True,
                          text=True, check=False)
    if done.returncode != 0:
        last = (done.stderr.strip().splitlines() or ["no message"])[-1]
        raise CannotRun(f"no guest kernel: {' '.join(command)}: {last}")
    return done.stdout
