# SPDX-License-Identifier: MIT
"""Drives the pins of a virtual board through the bench of a mount, or mpsse-sim's socket."""

import os
import socket
import stat


class FolderBench:
    """The folder sim/N of a mount."""

    def __init__(self, folder):
        self._folder = folder

    def get(self, path):
        file = os.open(os.path.join(self._folder, path), os.O_RDONLY)
        try:
            return os.read(file, 65536).decode().rstrip("\n")
        finally:
            os.close(file)

    def set(self, path, text):
        with open(os.path.join(self._folder, path), "w", encoding="ascii") as file:
            file.write(text)


class SocketBench:
    """Board 0 behind the control socket of mpsse-sim."""

    def __init__(self, path):
        self._socket = socket.socket(socket.AF_UNIX)
        self._socket.connect(path)
        self._answers = self._socket.makefile(encoding="ascii")

    def _ask(self, line):
        self._socket.sendall(line.encode() + b"\n")
        word, _, text = self._answers.readline().rstrip("\n").partition(" ")
        if word != "ok":
            raise RuntimeError(f"{line}: {word} {text}")
        return text.replace(";", "\n")

    def get(self, path):
        return self._ask(f"get 0 {path}")

    def set(self, path, text):
        self._ask(f"set 0 {path} {text}")


class Bench:
    def __init__(self, place):
        self.virtual = not stat.S_ISSOCK(os.stat(place).st_mode)
        self._door = FolderBench(place) if self.virtual else SocketBench(place)

    def drive(self, pin, level):
        """`level` is 0, 1, or "z" for nothing from outside."""
        self._door.set(f"{pin}/drive", str(level))

    def level(self, pin):
        return int(self._door.get(f"{pin}/level"))

    def plug(self, inserted):
        self._door.set("plugged", "1" if inserted else "0")

    def opcodes(self):
        """Commands that the chip has got so far."""
        lines = (line.split() for line in self._door.get("counters").splitlines())
        return int(dict(lines)["opcodes"])
