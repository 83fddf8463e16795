# SPDX-License-Identifier: MIT
"""export and unexport: which numbers they take, and whether the line is there afterwards."""

import os

from tree import LINE, OTHER_LINE

NGPIO = 16


def words(tree):
    """The texts for N: by name, what is written; first those that are tried on N itself."""
    number = tree.number(LINE)
    other = tree.number(OTHER_LINE)
    return {
        "N\\n": f"{number}\n",
        " N": f" {number}",
        "N ": f"{number} ",
        "\\tN": f"\t{number}",
        "N\\n\\n": f"{number}\n\n",
        "+N": f"+{number}",
        "0xN": hex(number),
        "0N (octal text)": f"0{number:o}",
        "0N (decimal text)": f"0{number}",
        "N M": f"{number} {other}",
        "N\\nM": f"{number}\n{other}",
        "Nabc": f"{number}abc",
        "N\\0": f"{number}\0",
        "N\\0abc": f"{number}\0abc",
        "gpioN": f"gpio{number}",
        "N.0": f"{number}.0",
    }


def never_a_line(tree):
    texts = {"abc": "abc", "(empty)": "", "\\n": "\n", "-1": "-1"}
    texts["out of range (ngpio)"] = str(tree.number(NGPIO))
    for number in ("999999", "4294967295", "4294967296", "18446744073709551616"):
        texts[number] = number
    if tree.legacy:
        texts["B-1"] = str(tree.base - 1)
    return texts


def presence(tree):
    return "exported" if tree.exported() else "absent"


def several_writes(path, texts):
    """One open file, no seek between the writes: what each of them returns."""
    file = os.open(path, os.O_WRONLY)
    try:
        return ", ".join(str(os.write(file, str(text).encode())) for text in texts)
    finally:
        os.close(file)


def rows(tree):
    number = tree.number(LINE)
    yield "unexport N, not exported", tree.unexport(number)
    yield "export N", tree.export(number)
    yield "export N again", tree.export(number)
    yield "unexport N", tree.unexport(number)
    yield "unexport N again", tree.unexport(number)
    for name, text in words(tree).items():
        yield f"export '{name}'", f"{tree.export(text)}, {presence(tree)}"
        if tree.exported():
            yield f"unexport '{name}'", f"{tree.unexport(text)}, {presence(tree)}"
    for name, text in never_a_line(tree).items():
        yield f"export '{name}'", tree.export(text)
        yield f"unexport '{name}'", tree.unexport(text)
    yield from offset_rows(tree)
    yield from both_style_rows(tree)


def offset_rows(tree):
    both = [tree.number(LINE), tree.number(OTHER_LINE)]
    export = f"{tree.top}/export"
    yield "export N, then M, on one fd without lseek", several_writes(export, both)
    yield "unexport both on one fd", several_writes(f"{tree.top}/unexport", both)
    file = os.open(export, os.O_WRONLY)
    yield "pwrite N at offset 3 to export", os.pwrite(file, str(both[0]).encode(), 3)
    os.close(file)
    yield "after it", presence(tree)
    yield "export M while another line is exported", tree.export(both[1])
    tree.clear()


def both_style_rows(tree):
    tree.must_write(f"{tree.top}/export", str(tree.number(LINE)))
    if tree.legacy:
        style, top, number = "chip", tree.chip, LINE
    else:
        style, top, number = "legacy", tree.mount, tree.base + LINE
    yield f"exported here: export through {style} too", tree.write(f"{top}/export", str(number))
    there = os.path.isdir(f"{top}/gpio{number}")
    yield f"now {style} dir", "exported" if there else "absent"
    yield f"unexport through {style}", tree.write(f"{top}/unexport", str(number))
    yield "still here", presence(tree)
    yield "unexport here", tree.unexport(tree.number(LINE))
