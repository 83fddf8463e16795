# SPDX-License-Identifier: MIT
"""What there is: names, types, modes, links, sizes, and the texts before anything was written."""

import os

from answers import ALL_EVENTS, attempt, describe
from tree import LINE
from waiting import poll_path

CHIP_TEXTS = {"legacy": ("base", "label", "ngpio"), "chip": ("label", "ngpio")}


def folder(tree, name, path):
    """The rows of one folder: the names in it, itself, and each of them."""
    yield f"ls {name}", tree.names(path)
    yield f"stat {name}", describe(path, follow=True)
    for entry in sorted({*os.listdir(path), "power"}):
        text = attempt(describe, os.path.join(path, entry))
        yield f"lstat {name}/{tree.general(entry)}", tree.general(text)


def only(names, rows):
    """Leaves out the lstat of what the kernel does not have; that it is there shows in ls."""
    for operation, answer in rows:
        if not operation.startswith("lstat ") or operation.rpartition("/")[2] in names:
            yield operation, answer


ROOT_NAMES = ("chip0", "export", f"gpioB+{LINE}", "gpiochipB+0", "unexport")
CHIP_NAMES = ("base", "device", "export", f"gpio{LINE}", "label", "ngpio", "power", "subsystem")
LINE_TEXTS = {
    "legacy": ("active_low", "direction", "edge", "uevent", "value"),
    "chip": ("direction", "value"),
}


def chip_rows(tree, name, path):
    yield from only((*CHIP_NAMES, "uevent", "unexport"), folder(tree, name, path))
    if "(" not in name:
        for file in CHIP_TEXTS[tree.style]:
            yield f"read {name}/{file}", tree.text(f"{path}/{file}").replace(
                f"'{tree.base}\\n'", "'B+0\\n'"
            )
            yield f"write {name}/{file} '1'", tree.write(f"{path}/{file}", "1")


def rows(tree):
    if tree.legacy:
        yield from only(ROOT_NAMES, folder(tree, "ROOT", tree.mount))
        yield from chip_rows(tree, "gpiochipB+0", tree.legacy_chip)
    else:
        yield from chip_rows(tree, "chipX", tree.chip)
    for name in ("export", "unexport"):
        path = os.path.join(tree.top, name)
        yield f"read {name}", tree.text(path)
        yield f"poll {name}, all bits", poll_path(path, os.O_WRONLY, ALL_EVENTS)
    tree.start()
    names = LINE_TEXTS[tree.style]
    links = ("device", "power", "subsystem") if tree.legacy else ()
    yield from only((*names, *links), folder(tree, "gpioN", tree.line))
    for name in names:
        yield f"read gpioN/{name}", tree.text(name)
    exported = "(one line exported)"
    if tree.legacy:
        yield "ls gpioN/power", tree.names(f"{tree.line}/power")
        yield from only(ROOT_NAMES, folder(tree, f"ROOT {exported}", tree.mount))
    else:
        yield from chip_rows(tree, f"chipX {exported}", tree.chip)
