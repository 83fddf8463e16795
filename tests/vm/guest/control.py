"""One request to mpsse-sim's control socket: control.py SOCKET get N PATH | set N PATH TEXT."""

import socket
import sys

with socket.socket(socket.AF_UNIX) as connection:
    connection.settimeout(20)
    connection.connect(sys.argv[1])
    connection.sendall((" ".join(sys.argv[2:]) + "\n").encode())
    answer = connection.makefile().readline()

state, _, text = answer.strip().partition(" ")
if state != "ok":
    sys.exit(f"mpsse-sim: {answer}")
if text:
    print(text.replace(";", "\n").rstrip("\n"))
