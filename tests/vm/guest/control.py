# SPDX-License-Identifier: MIT
"""Relays lines to mpsse-sim's control socket and its answers back: control.py SOCKET."""

import socket
import sys

with socket.socket(socket.AF_UNIX) as connection:
    connection.connect(sys.argv[1])
    answers = connection.makefile()
    for line in sys.stdin:
        connection.sendall(line.encode())
        sys.stdout.write(answers.readline())
        sys.stdout.flush()
