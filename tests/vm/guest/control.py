"""One request to mpsse-sim's control socket: control.py SOCKET get N PATH | set N PATH TEXT."""

import socket
import sys

with socket.socket(socket.AF_UNIX) as connection:
    connection.settimeout(20)
    connection.connect(sys.argv[1])
    connection.sendall((" ".join(sys.argv[2:]) + "\n").encode())
    connection.shutdown(socket.SHUT_WR)
    answer = b"".join(iter(lambda: connection.recv(4096), b"")).decode()

print(answer, end="")
