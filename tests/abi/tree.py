# SPDX-License-Identifier: MIT
"""The tree that is tested, in one of the kernel's two styles."""

import glob
import os
import re
import time

from answers import attempt, error_name

LABEL = "MPSSE0c52:a064.0.0.EMU1"
LINE = 5
OTHER_LINE = 6
PATIENCE = 20  # seconds for what must happen; a busy machine needs some


def wait_until(condition):
    end = time.monotonic() + PATIENCE
    while not condition():
        if time.monotonic() > end:
            return False
        time.sleep(0.01)
    return True


def pin_name(offset):
    return f"a{'dc'[offset // 8]}bus{offset % 8}"


class Tree:
    """`style` is "legacy" (gpioN, global numbers) or "chip" (chipX/gpioY, offsets)."""

    def __init__(self, mount, bench, style):
        self.mount = mount
        self.bench = bench
        self.style = style
        self.legacy = style == "legacy"
        self.legacy_chip = self._with_label("gpiochip[0-9]*")
        self.chip = self._with_label("chip[0-9]*")
        self.base = int(self.read_text(f"{self.legacy_chip}/base"))
        self.top = mount if self.legacy else self.chip
        self.line = self.line_folder(LINE)

    def _with_label(self, pattern):
        for folder in sorted(glob.glob(os.path.join(self.mount, pattern))):
            if self.read_text(f"{folder}/label") == LABEL + "\n":
                return folder
        raise SystemExit(f"{self.mount}: no {pattern} with the label {LABEL}")

    def line_folder(self, offset):
        name = f"gpio{self.number(offset)}"
        return os.path.join(self.top, name)

    def number(self, offset):
        return self.base + offset if self.legacy else offset

    @staticmethod
    def read_text(path):
        with open(path, encoding="ascii") as file:
            return file.read()

    def text(self, path):
        """What reading gives, quoted; `path` is below the line's folder unless absolute."""
        try:
            return repr(self.read_text(os.path.join(self.line, path)))
        except OSError as error:
            return error_name(error)

    def write(self, path, text, flags=os.O_WRONLY):
        """ "ok" or the name of the error; `path` is below the line's folder unless absolute."""
        data = text if isinstance(text, bytes) else text.encode()
        try:
            file = os.open(os.path.join(self.line, path), flags)
            try:
                os.write(file, data)
            finally:
                os.close(file)
        except OSError as error:
            return error_name(error)
        return "ok"

    def must_write(self, path, text):
        answer = self.write(path, text)
        if answer != "ok":
            raise RuntimeError(f"{path} '{text}': {answer}")

    def open(self, path="value", flags=os.O_RDONLY):
        return os.open(os.path.join(self.line, path), flags)

    def export(self, text):
        return self.write(f"{self.top}/export", str(text))

    def unexport(self, text):
        return self.write(f"{self.top}/unexport", str(text))

    def exported(self, offset=LINE):
        return os.path.isdir(self.line_folder(offset))

    def drive(self, level, offset=LINE):
        self.bench.drive(pin_name(offset), level)

    def export_line(self, offset=LINE):
        self.must_write(f"{self.top}/export", str(self.number(offset)))

    def clear_exports(self):
        for name in os.listdir(self.mount):
            if name.startswith("gpio") and name[4:].isdigit():
                self.must_write(f"{self.mount}/unexport", name[4:])

    def clear(self):
        """No line is exported; N and M are inputs that nobody drives."""
        self.clear_exports()
        for offset in (LINE, OTHER_LINE):
            self.export_line(offset)
            self.must_write(f"{self.line_folder(offset)}/direction", "in")
            self.drive("z", offset)
        self.clear_exports()

    def start(self):
        """N is freshly exported, an input that nobody drives."""
        self.clear()
        self.export_line()

    def names(self, folder):
        """The names in a folder, in order, with numbers that depend on the board replaced."""
        listed = attempt(os.listdir, folder)
        if isinstance(listed, str):
            return listed
        return " ".join(sorted(self.general(name) for name in listed)) or "(nothing)"

    def general(self, text):
        for name, replacement in (
            (f"gpiochip{self.base}", "gpiochipB+0"),
            (f"gpio{self.base + LINE}", f"gpioB+{LINE}"),
            (os.path.basename(self.chip), "chip0"),
        ):
            if text == name or text.endswith("/" + name):
                return text[: len(text) - len(name)] + replacement
        return re.sub(r"/\d+-[\d.]+:1\.0$", "/1-1:1.0", text)
