# SPDX-License-Identifier: MIT
"""HiPi, Perl modules for the Raspberry Pi and its line numbers."""

from program import FOLDER, expect, output, runs

OPTIONS = ["-o", "base=0"]
PERL = "/usr/bin/perl"  # the one that Debian's modules are for


def prepare(_node_modules):
    runs([PERL, "-MHiPi::Device::GPIO", "-e1"], "libhipi-perl")


def check(board, _prepared):
    board.wire("adbus4 adbus5")
    said = output([PERL, f"{FOLDER}/use_hipi.pl", "4", "5"])
    expect("what it saw", said.splitlines(), [
        "levels 1 0 1",
        "inverted 0",
        "edge as it was written",
        "woken by the falling edge, value 0",
    ])
    expect("what it leaves exported", board.exported(), [])
