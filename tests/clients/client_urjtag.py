# SPDX-License-Identifier: MIT
"""UrJTAG's gpio cable. It lowers TDI before it reads TDO, so that a wire between them reads 0."""

from program import expect, expect_in, installed, output

OPTIONS = []
COMMANDS = """
    cable gpio tck=512 tdi=513 tdo=514 tms=515
    addpart 8
    register DATA 16
    instruction TRY 01011010 DATA
    instruction TRY
    shift ir
    dr 1100101000110101
    shift dr
    dr
    quit
"""
SHIFTED_BITS = 24


def prepare(_node_modules):
    return installed("jtag", "urjtag")


def shift(jtag):
    return output([jtag, "-n", "-q", "/dev/stdin"], stdin=COMMANDS)


def check(board, jtag):
    board.wire("adbus1 adbus2")
    before = board.transfers()
    expect_in(shift(jtag), "0000000000000000 (0x0000)\n")
    per_bit = (board.transfers() - before) / SHIFTED_BITS
    expect("each bit is TMS, TDI, and a clock up and down", per_bit >= 4, True)
    expect("what it leaves exported", board.exported(), [])

    board.cut_wires()
    expect_in(shift(jtag), "1111111111111111 (0xFFFF)\n")
