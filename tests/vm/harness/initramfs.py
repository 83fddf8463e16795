# SPDX-License-Identifier: MIT
"""The guest's initramfs: a static busybox, what mounts the host's folders, and the init script."""

import pathlib
import shutil
import subprocess
import tempfile

from .errors import CannotRun, need_tool

INIT = pathlib.Path(__file__).resolve().parent / "initramfs-init"
MODULES = ["virtio_pci", "9pnet_virtio", "9p", "overlay"]


def build(kernel, image):
    """Writes the archive for `kernel` to the file `image`."""
    busybox = pathlib.Path(need_tool("busybox", "busybox-static"))
    if subprocess.run(["ldd", str(busybox)], capture_output=True, check=False).returncode == 0:
        raise CannotRun("busybox is not static (package busybox-static)")
    with tempfile.TemporaryDirectory(prefix="initramfs-") as scratch:
        tree = pathlib.Path(scratch)
        for folder in ["bin", "modules", "dev", "proc", "sys"]:
            (tree / folder).mkdir()
        shutil.copy(busybox, tree / "bin" / "busybox")
        shutil.copy(INIT, tree / "init")
        (tree / "init").chmod(0o755)
        for position, module in enumerate(in_load_order(kernel)):
            shutil.copy(module, tree / "modules" / f"{position:02}-{module.name}")
        pack(tree, busybox, image)


def in_load_order(kernel):
    """The files of MODULES and of what they need, each after what it needs."""
    found = []
    for name in MODULES:
        command = [need_tool("modprobe", "kmod"), "-d", str(kernel.tree), "-S", kernel.release,
                   "-D", name]
        output = subprocess.run(command, capture_output=True, text=True, check=True).stdout
        for line in output.splitlines():
            words = line.split()
            path = pathlib.Path(words[1]) if words[0] == "insmod" else None
            if path and path not in found:
                found.append(path)
    return found


def pack(tree, busybox, image):
    names = "\n".join(str(path.relative_to(tree)) for path in sorted(tree.rglob("*")))
    with image.open("wb") as archive:
        subprocess.run([busybox, "cpio", "-o", "-H", "newc"], input=names.encode(),
                       stdout=archive, stderr=subprocess.DEVNULL, cwd=tree, check=True)
