# SPDX-License-Identifier: MIT
# The kernel's serial driver takes each interface of a board, knows its chip, and makes ttys of it.
source "$(dirname "$0")/../lib.sh"
start_sim FT2232H,serial=VMSIO

eventually 20 has_driver 1-1:1.0 ftdi_sio
eventually 20 has_driver 1-1:1.1 ftdi_sio
expect "serial number" "$(cat "$usb_devices/1-1/serial")" VMSIO
dmesg | tail -n 40 | grep -q 'Detected FT2232H' || fail "the driver did not recognise the chip"
eventually 20 test -c /dev/ttyUSB0 -a -c /dev/ttyUSB1

latency=$usb_devices/1-1:1.0/ttyUSB0/latency_timer
expect "latency timer as it comes" "$(cat "$latency")" 16
put 5 "$latency"
expect "latency timer as set" "$(cat "$latency")" 5
stty -F /dev/ttyUSB1 115200 raw || fail "stty"
expect "the tty's speed" "$(stty -F /dev/ttyUSB1 speed)" 115200

pull_plug
eventually 20 not test -e /dev/ttyUSB0 -o -e /dev/ttyUSB1
