# SPDX-License-Identifier: MIT
"""Reads a file over and over until that fails: reader.py FILE. Prints "reading", then the error."""

import errno
import os
import sys

fd = os.open(sys.argv[1], os.O_RDONLY)
print("reading", flush=True)
try:
    while True:
        os.pread(fd, 16, 0)
except OSError as error:
    print(errno.errorcode[error.errno], flush=True)
