# SPDX-License-Identifier: MIT
"""What other programs do to a USB device: usbdevfs.py NODE reset, or NODE take.

`take` takes interface 0 from whatever program has it, says "taken" and keeps it until it is killed.
"""

import fcntl
import os
import signal
import struct
import sys

# linux/usbdevice_fs.h, for 64-bit machines.
RESET = 0x5514
CLAIMINTERFACE = 0x8004550F
IOCTL = 0xC0105512
DISCONNECT = 0x5516

node = os.open(sys.argv[1], os.O_RDWR)
if sys.argv[2] == "reset":
    fcntl.ioctl(node, RESET)
else:
    while True:
        try:
            fcntl.ioctl(node, IOCTL, struct.pack("iiP", 0, DISCONNECT, 0))
            fcntl.ioctl(node, CLAIMINTERFACE, struct.pack("I", 0))
            break
        except OSError:
            pass  # taken back in between
    print("taken", flush=True)
    signal.pause()
