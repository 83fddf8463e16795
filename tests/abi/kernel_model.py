# SPDX-License-Identifier: MIT
"""Which texts the kernel takes, as the tables show it: what the answer to any write must be."""

PAGE = 4096
LONG = (-(2**63), 2**63 - 1)
UINT = (0, 2**32 - 1)
DIGITS = b"0123456789abcdef"
ACTIONS = (b"add", b"remove", b"change", b"move", b"online", b"offline", b"bind", b"unbind")


def text_of(data):
    """What a store function sees of a write: a page at most, up to the first NUL."""
    return data[:PAGE].split(b"\0")[0]


def word_of(data):
    """The text without its newline."""
    return text_of(data).removesuffix(b"\n")


def number_of(data, limits):
    """The number, or the name of the error, as kstrtol and kstrtouint with base 0 have it."""
    text = text_of(data)
    negative = text.startswith(b"-") and limits[0] < 0
    if negative or text.startswith(b"+"):
        text = text[1:]
    base = 10
    if text[:1] == b"0":
        base = 8
        if text[1:2].lower() == b"x" and text[2:3] and text[2:3].lower() in DIGITS:
            base = 16
            text = text[2:]
    count = 0
    while text[count : count + 1] and text[count : count + 1].lower() in DIGITS[:base]:
        count += 1
    value = int(text[:count], base) if 0 < count < 100 else 2**64 * count
    if value >= 2**64:
        return "ERANGE"
    if count == 0 or text[count:] not in (b"", b"\n"):
        return "EINVAL"
    value = -value if negative else value
    return value if limits[0] <= value <= limits[1] else "ERANGE"
