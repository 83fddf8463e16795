# SPDX-License-Identifier: MIT
"""How answers are written in the tables: names of errors, of poll's events, of modes."""

import errno
import os
import select
import stat

EVENTS = (
    (select.POLLIN, "IN"),
    (select.POLLPRI, "PRI"),
    (select.POLLOUT, "OUT"),
    (select.POLLERR, "ERR"),
    (select.POLLHUP, "HUP"),
    (select.POLLNVAL, "NVAL"),
)
ALL_EVENTS = select.POLLIN | select.POLLPRI | select.POLLOUT
EDGE_EVENTS = select.POLLPRI | select.POLLERR
OPEN_FLAGS = (
    "TRUNC APPEND EXCL CREAT NONBLOCK DIRECT SYNC DIRECTORY PATH TMPFILE".split()
)


class Skip(Exception):
    """A row that cannot be run here; its text is the reason."""


def error_name(error):
    return errno.errorcode[error.errno]


def attempt(function, *arguments, **named):
    """What the call returns, "ok" for nothing, or the name of its error."""
    try:
        result = function(*arguments, **named)
    except OSError as error:
        return error_name(error)
    return "ok" if result is None else result


def open_close(path, flags):
    os.close(os.open(path, flags, 0o666))


def event_names(events):
    return "|".join(name for bit, name in EVENTS if events & bit) or "timeout"


def links_end(target):
    """The last two parts of a link's target, which do not depend on where the tree is."""
    return ".../" + "/".join(target.rstrip("/").split("/")[-2:])


def describe(path, follow=False):
    """As ls -ld has it: type and mode, owner, links of a folder that was asked for, and size."""
    status = os.stat(path) if follow else os.lstat(path)
    text = f"{stat.filemode(status.st_mode)} {status.st_uid}:{status.st_gid}"
    if follow:
        text += " nlink >1" if status.st_nlink > 1 else f" nlink {status.st_nlink}"
    text += f" size {status.st_size}"
    return f"{text} -> {links_end(os.readlink(path))}" if stat.S_ISLNK(status.st_mode) else text
