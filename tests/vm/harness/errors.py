# SPDX-License-Identifier: MIT
"""The harness's way to say that this machine cannot run a guest."""

import shutil


class CannotRun(Exception):
    """A facility is missing; the text is the reason a skipped test gives."""


def need_tool(name, package):
    """The path of a program of the host; CannotRun names the package to install."""
    path = shutil.which(name, path="/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin")
    if path is None:
        raise CannotRun(f"{name} is not installed (package {package})")
    return path
