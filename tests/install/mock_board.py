# SPDX-License-Identifier: MIT
"""A USB device as umockdev describes it, for programs that only look at it."""

import struct

DEVPATH = "/devices/pci0000:00/0000:00:14.0/usb1/1-1"


def descriptors(vendor, product, bcd_device, interfaces):
    """Device and configuration, as USB 2.0 section 9.6 has them."""
    device = struct.pack("<BBHBBBBHHHBBBB", 18, 1, 0x200, 0, 0, 0, 64, vendor, product, bcd_device,
                         0, 2, 3, 1)  # fmt: skip
    body = b""
    for number in range(interfaces):
        body += struct.pack("BBBBBBBBB", 9, 4, number, 0, 2, 0xFF, 0xFF, 0xFF, 0)
        body += struct.pack("<BBBBHB", 7, 5, 0x81 + 2 * number, 2, 512, 0)
        body += struct.pack("<BBBBHB", 7, 5, 0x02 + 2 * number, 2, 512, 0)
    return device + struct.pack("<BBHBBBBB", 9, 2, 9 + len(body), interfaces, 1, 0, 0x80, 50) + body


def description(vendor, product, serial=None, bcd_device=0x0700, interfaces=2):
    """The text for umockdev-run --device."""
    lines = [
        f"P: {DEVPATH}",
        "N: bus/usb/001/005",
        "E: BUSNUM=001",
        "E: DEVNAME=/dev/bus/usb/001/005",
        "E: DEVNUM=005",
        "E: DEVTYPE=usb_device",
        "E: MAJOR=189",
        "E: MINOR=4",
        f"E: PRODUCT={vendor:x}/{product:x}/{bcd_device:x}",
        "E: SUBSYSTEM=usb",
        "A: bConfigurationValue=1\\n",
        "A: busnum=1\\n",
        "A: dev=189:4\\n",
        "A: devnum=5\\n",
        "A: speed=480\\n",
        f"A: idVendor={vendor:04x}\\n",
        f"A: idProduct={product:04x}\\n",
        "A: product=a board\\n",
        "H: descriptors=" + descriptors(vendor, product, bcd_device, interfaces).hex(),
    ]
    if serial is not None:
        lines.append("A: serial=" + serial.replace("\\", "\\\\") + "\\n")
    return "\n".join(lines) + "\n\n"
