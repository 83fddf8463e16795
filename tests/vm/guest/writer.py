# SPDX-License-Identifier: MIT
"""Writes 1 and 0 to a file until that fails: writer.py FILE. Prints the error."""

import errno
import os
import sys

fd = os.open(sys.argv[1], os.O_WRONLY)
try:
    while True:
        os.pwrite(fd, b"1", 0)
        os.pwrite(fd, b"0", 0)
except OSError as error:
    print(errno.errorcode[error.errno], flush=True)
