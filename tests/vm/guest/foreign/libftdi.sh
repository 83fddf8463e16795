# SPDX-License-Identifier: MIT
# libftdi1 drives the engine: pins written and read, bad opcode, answers longer than a packet.
source "$(dirname "$0")/../lib.sh"
python3 -c 'import ftdi1' 2>/dev/null || skip "python3-ftdi1 is not installed"
start_sim FT232H,serial=VMLIB
sim set 0 wires "adbus4 adbus0"
python3 "$guest/foreign/libftdi.py" VMLIB
