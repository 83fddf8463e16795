# SPDX-License-Identifier: MIT
"""OpenOCD's sysfsgpio driver: JTAG, with TDI wired to TDO."""

from program import expect, expect_in, installed, output

OPTIONS = []
SETTINGS = """
    adapter driver sysfsgpio
    transport select jtag
    sysfsgpio tck_num 512
    sysfsgpio tdi_num 513
    sysfsgpio tdo_num 514
    sysfsgpio tms_num 515
    gdb_port disabled
    telnet_port disabled
    tcl_port disabled
    jtag newtap wired tap -irlen 8
    init
    irscan wired.tap 0x5a
    echo "first [drscan wired.tap 32 0x12345678]"
    echo "second [drscan wired.tap 32 0xcafef00d]"
    shutdown
"""
SCANNED_BITS = 64


def prepare(_node_modules):
    return installed("openocd", "openocd")


def scan(openocd):
    return output([openocd, "-c", SETTINGS])


def check(board, openocd):
    board.wire("adbus1 adbus2")
    before = board.transfers()
    answers = scan(openocd)
    expect_in(answers, "first 12345678\n")
    expect_in(answers, "second cafef00d\n")
    per_bit = (board.transfers() - before) / SCANNED_BITS
    expect("each bit is a clock up, a clock down and a read", per_bit >= 3, True)
    expect("what it leaves exported", board.exported(), [])

    board.cut_wires()
    expect_in(scan(openocd), "first ffffffff\n")
