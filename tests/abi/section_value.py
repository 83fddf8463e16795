# SPDX-License-Identifier: MIT
"""value: texts, offsets, open flags, and the tools that people use on it."""

import os
import re
import subprocess

from answers import OPEN_FLAGS, attempt, open_close

TEXTS = (
    ["1", "0", "1\n", "0\n", "2", "-1", "100", "0x1", "0x0", "00", "01", " 1", "1 ", "1\n\n"]
    + ["1 0", "10", "1abc", "abc", "", "\n", "on", "+1", "1\0", "9999999999"]
    + ["18446744073709551616", "-9223372036854775809"]
)


def rows(tree):
    tree.start()
    for level in (0, 1):
        tree.drive(level)
        yield f"input driven {level}", tree.text("value")
    for text in ("0", "1", "abc", ""):
        yield f"write '{text}' on an input", tree.write("value", text)
    tree.drive("z")
    tree.must_write("direction", "out")
    for text in TEXTS:
        tree.must_write("value", "0")
        yield f"write {text!r}", f"{tree.write('value', text)}, reads {tree.text('value')}"
    file = tree.open("value", os.O_RDWR)
    yield from read_rows(tree, file)
    yield from write_rows(tree, file)
    status = os.fstat(file)
    sizes = f"size {status.st_size} blocks {status.st_blocks} blksize {status.st_blksize}"
    yield "fstat", f"{sizes} nlink {status.st_nlink}"
    os.close(file)
    yield from flag_rows(tree)
    yield from tool_rows(tree)


def read_rows(tree, file):
    tree.must_write("value", "1")
    parts = ", ".join(str(os.read(file, 1)) for _ in range(3))
    yield "read 1 byte, again, again", parts
    yield "read after lseek 0", f"{os.lseek(file, 0, os.SEEK_SET)}, {os.read(file, 10)}"
    yield "read again without lseek", os.read(file, 10)
    yield "lseek END", os.lseek(file, 0, os.SEEK_END)
    yield "read there", os.read(file, 10)
    yield "lseek 100", os.lseek(file, 100, os.SEEK_SET)
    yield "read there", os.read(file, 10)
    yield "lseek -1", attempt(os.lseek, file, -1, os.SEEK_SET)
    for offset in (0, 1, 2, 100):
        yield f"pread 10 at {offset}", os.pread(file, 10, offset)
    os.lseek(file, 0, os.SEEK_SET)
    yield "read 0 bytes", os.read(file, 0)
    os.read(file, 10)
    tree.must_write("value", "0")
    os.lseek(file, 0, os.SEEK_SET)
    yield "changed by another fd, lseek 0, read", os.read(file, 10)
    tree.must_write("value", "1")
    yield "changed again, pread 0 without a read between", os.pread(file, 10, 0)
    os.lseek(file, 0, os.SEEK_SET)
    os.read(file, 1)
    tree.must_write("value", "0")
    yield "read 1 byte, value changes, read the rest", os.read(file, 10)
    tree.must_write("value", "1")
    buffers = [bytearray(1), bytearray(1)]
    os.lseek(file, 0, os.SEEK_SET)
    count = os.readv(file, buffers)
    yield "readv 1+1", (count, [bytes(buffer) for buffer in buffers])


def write_rows(tree, file):
    def after(count):
        return f"{count}, {tree.text('value')}"

    tree.must_write("value", "0")
    os.lseek(file, 2, os.SEEK_SET)
    yield "write '1' at the current offset (2)", after(os.write(file, b"1"))
    yield "write '0' next, no lseek", after(os.write(file, b"0"))
    for offset in (1, 100):
        tree.must_write("value", "0")
        yield f"pwrite '1' at {offset}", after(os.pwrite(file, b"1", offset))
    tree.must_write("value", "0")
    yield 'write 4096 bytes "1\\n" + spaces', after(attempt(os.write, file, b"1\n".ljust(4096)))
    yield 'write 5000 bytes "1..1"', after(attempt(os.write, file, b"1" * 5000))
    yield 'writev "1","0"', after(os.writev(file, [b"1", b"0"]))


def flag_rows(tree):
    for name in OPEN_FLAGS:
        tree.must_write("value", "0")
        answer = tree.write("value", "1", os.O_WRONLY | getattr(os, f"O_{name}"))
        yield f"open O_WRONLY|O_{name}, write '1'", f"{answer}, reads {tree.text('value')}"
    file = tree.open("value", os.O_RDONLY)
    yield "open O_RDONLY, write", attempt(os.write, file, b"1")
    os.close(file)
    file = tree.open("value", os.O_WRONLY)
    yield "open O_WRONLY, read", attempt(os.read, file, 10)
    os.close(file)
    answer = attempt(open_close, f"{tree.line}/value", os.O_RDONLY | os.O_TRUNC)
    yield "open O_RDONLY|O_TRUNC", answer


def tool_rows(tree):
    def output_of(command):
        return subprocess.run(command, cwd=tree.line, capture_output=True, check=False)

    script = "echo 1 >value; cat value; echo 0 >value; cat value; printf $?"
    yield "shell: echo 1 >value; cat", output_of(["sh", "-c", script]).stdout
    done = output_of(["dd", "if=value", "bs=1"])
    text = (done.stdout + done.stderr).replace(b"\n", b";")
    yield "dd bs=1 count=1", re.sub(b"(copied)?,.*", b"copied\n", text)
