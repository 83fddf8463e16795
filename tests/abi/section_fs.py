# SPDX-License-Identifier: MIT
"""What a file system does besides reading and writing: modes, owners, new names, locks, maps."""

import ctypes
import fcntl
import mmap
import os
import stat
import subprocess
import tempfile
import termios

from answers import Skip, attempt, open_close

NOBODY = 65534


def as_nobody(function, *arguments):
    """The answer of a child process that is nobody."""
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            os.setgroups([])
            os.setgid(NOBODY)
            os.setuid(NOBODY)
            answer = attempt(function, *arguments)
        except OSError as error:
            answer = f"SKIP cannot become nobody: {error.strerror}"
        os.write(writer, str(answer).encode())
        os._exit(0)
    os.close(writer)
    with open(reader, encoding="ascii") as file:
        answer = file.read()
    os.waitpid(child, 0)
    return Skip(answer[5:]) if answer.startswith("SKIP ") else answer


def rows(tree):
    tree.start()
    yield from permission_rows(tree)
    for name, folder in (("top", tree.top), ("gpioN", tree.line)):
        yield f"mkdir {name}/x", attempt(os.mkdir, f"{folder}/x")
        new = os.O_CREAT | os.O_WRONLY
        yield f"create {name}/x", attempt(open_close, f"{folder}/x", new)
        yield f"symlink {name}/x", attempt(os.symlink, "y", f"{folder}/x")
        yield f"mknod {name}/x", attempt(os.mknod, f"{folder}/x", stat.S_IFIFO | 0o600)
    value = f"{tree.line}/value"
    yield "link value x", attempt(os.link, value, f"{tree.line}/x")
    yield "rm value", attempt(os.unlink, value)
    yield "rename value v2", attempt(os.rename, value, f"{tree.line}/v2")
    yield "rmdir gpioN", attempt(os.rmdir, tree.line)
    yield "rm gpioN", attempt(os.unlink, tree.line)
    yield "rm export", attempt(os.unlink, f"{tree.top}/export")
    yield "truncate value to 0", attempt(os.truncate, value, 0)
    yield "truncate value to 10", attempt(os.truncate, value, 10)
    yield "utime value", attempt(os.utime, value)
    yield "setxattr user.x", attempt(os.setxattr, value, "user.x", b"1")
    yield "listxattr", attempt(os.listxattr, value)
    yield "getxattr security.selinux", attempt(os.getxattr, value, "security.selinux")
    yield from descriptor_rows(tree)
    yield from path_rows(tree, value)


def permission_rows(tree):
    value = f"{tree.line}/value"
    export = f"{tree.top}/export"
    yield "chmod 666 value", attempt(os.chmod, value, 0o666)
    yield "mode", stat.filemode(os.stat(value).st_mode)
    yield "chown 1000:1000 value", attempt(os.chown, value, 1000, 1000)
    yield "owner", f"{os.stat(value).st_uid}:{os.stat(value).st_gid}"
    yield "chmod 770 the line folder", attempt(os.chmod, tree.line, 0o770)
    yield "chgrp the line folder", attempt(os.chown, tree.line, -1, 1000)
    mode = stat.S_IMODE(os.stat(export).st_mode)
    yield "chmod export", attempt(os.chmod, export, mode)
    tree.start()
    status = os.stat(value)
    text = f"{stat.filemode(status.st_mode)} {status.st_uid}:{status.st_gid}"
    yield "value after unexport and export", text
    for path, name in ((value, "value"), (export, "export")):
        for access in ("O_RDONLY", "O_WRONLY"):
            answer = as_nobody(open_close, path, getattr(os, access))
            yield f"nobody opens {name} {access}", answer


def descriptor_rows(tree):
    file = tree.open("value", os.O_RDWR)
    yield "fsync", attempt(os.fsync, file)
    yield "ftruncate 0", attempt(os.ftruncate, file, 0)
    yield "fallocate", allocate(file)
    yield "flock", attempt(fcntl.flock, file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    lock = attempt(fcntl.lockf, file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    yield "fcntl lock", lock
    yield "ioctl FIONREAD", attempt(fcntl.ioctl, file, termios.FIONREAD, bytes(4))
    for name, flags in (("mmap", mmap.MAP_SHARED), ("mmap, private", mmap.MAP_PRIVATE)):
        answer = attempt(mmap.mmap, file, 4096, flags=flags, prot=mmap.PROT_READ)
        yield name, answer if isinstance(answer, str) else "ok"
    os.close(file)


def allocate(file):
    """fallocate itself: Python has only the C library's posix_fallocate, which emulates it."""
    library = ctypes.CDLL(None, use_errno=True)
    call = library.fallocate
    call.argtypes = (ctypes.c_int, ctypes.c_int, ctypes.c_long, ctypes.c_long)
    if call(file, 0, 0, 10) == 0:
        return "ok"
    return attempt(raise_error, ctypes.get_errno())


def raise_error(number):
    raise OSError(number, os.strerror(number))


def path_rows(tree, value):
    with tempfile.TemporaryDirectory() as folder:
        copy = os.path.join(folder, "copy")
        subprocess.run(["cp", value, copy], check=False)
        with open(copy, "rb") as file:
            yield "sendfile/copy: cp value to /tmp", file.read()
    yield "lookup gpioN/nosuch", attempt(os.stat, f"{tree.line}/nosuch")
    yield "lookup top/gpio99999", attempt(os.stat, f"{tree.top}/gpio99999")
    yield "opendir value", attempt(os.listdir, value)
    yield "statfs type", type_of_mount(tree.mount)


def type_of_mount(folder):
    kind = "none"
    folder = os.path.realpath(folder)
    with open("/proc/self/mountinfo", encoding="utf-8") as file:
        for line in file:
            before, _, after = line.partition(" - ")
            if before.split()[4] == folder:
                kind = after.split()[0]
    return kind
