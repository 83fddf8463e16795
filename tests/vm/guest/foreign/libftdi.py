# SPDX-License-Identifier: MIT
"""MPSSE through libftdi1 on a board that joins ADBUS4 with ADBUS0: libftdi.py SERIAL."""

import sys
import time

import ftdi1

SET_LOW, GET_LOW, SET_HIGH, GET_HIGH, SEND = 0x80, 0x81, 0x82, 0x83, 0x87


def check(what, actual, wanted):
    if actual != wanted:
        sys.exit(f"FAIL: {what}: got {actual!r}, wanted {wanted!r}")


class Chip:
    def __init__(self, serial):
        self.context = ftdi1.new()
        ftdi1.set_interface(self.context, ftdi1.INTERFACE_A)
        self.call(ftdi1.usb_open_desc(self.context, 0x0403, 0x6014, None, serial), "open")

    def call(self, status, what):
        if status < 0:
            sys.exit(f"FAIL: {what}: {ftdi1.get_error_string(self.context)}")

    def send(self, *data):
        check("bytes written", ftdi1.write_data(self.context, bytes(data)), len(data))

    def receive(self, count):
        """Exactly count bytes, or fewer after five seconds."""
        data = b""
        deadline = time.monotonic() + 5
        while len(data) < count and time.monotonic() < deadline:
            status, part = ftdi1.read_data(self.context, count - len(data))
            self.call(status, "read")
            data += bytes(part[:status])
        return data

    def ask(self, *data):
        self.send(*data, SEND)
        return self.receive(1)


chip = Chip(sys.argv[1])
check("chip type", chip.context.type, ftdi1.TYPE_232H)
chip.call(ftdi1.usb_reset(chip.context), "reset")
chip.call(ftdi1.set_latency_timer(chip.context, 7), "set latency timer")
check("latency timer", ftdi1.get_latency_timer(chip.context), [0, b"\x07"])
chip.call(ftdi1.set_bitmode(chip.context, 0, ftdi1.BITMODE_RESET), "leave any mode")
chip.call(ftdi1.set_bitmode(chip.context, 0, ftdi1.BITMODE_MPSSE), "enter MPSSE")
chip.call(ftdi1.tcioflush(chip.context), "purge")

chip.send(0xAA)
check("bad opcode", chip.receive(2), b"\xfa\xaa")

# Inputs float high, except ACBUS7, which the FT232H pulls down.
check("low byte, all inputs", chip.ask(SET_LOW, 0, 0, GET_LOW), b"\xff")
check("high byte, all inputs", chip.ask(SET_HIGH, 0, 0, GET_HIGH), b"\x7f")
check("low byte, outputs", chip.ask(SET_LOW, 0xA0, 0xE0, GET_LOW), b"\xbf")
check("high byte, outputs", chip.ask(SET_HIGH, 0x80, 0xC0, GET_HIGH), b"\xbf")
check("wire, low", chip.ask(SET_LOW, 0x00, 0x10, GET_LOW), b"\xee")
check("wire, high", chip.ask(SET_LOW, 0x10, 0x10, GET_LOW), b"\xff")
chip.send(SET_LOW, 0x00, 0x10)
check("pins by control request", ftdi1.read_pins(chip.context), [0, b"\xee"])

# Answers in two packets, then more of them than the chip's FIFO of 1024 holds: the engine waits, and
# nothing is lost or added.
chip.send(*[SET_LOW, 0x00, 0x10, GET_LOW, SET_LOW, 0x10, 0x10, GET_LOW] * 350, SEND)
check("700 answers", chip.receive(700), b"\xee\xff" * 350)
chip.send(*[GET_LOW] * 1500, SEND)
check("1500 answers", chip.receive(1500), b"\xff" * 1500)
check("bytes after them", ftdi1.read_data(chip.context, 16)[0], 0)

chip.call(ftdi1.set_bitmode(chip.context, 0, ftdi1.BITMODE_RESET), "leave MPSSE")
chip.call(ftdi1.usb_close(chip.context), "close")
