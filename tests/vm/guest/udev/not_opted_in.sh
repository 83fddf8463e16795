# SPDX-License-Identifier: MIT
# Opted in are one board and a serial that nobody has: another of the same kind stays with ftdi_sio,
# and its tty works.
source "$(dirname "$0")/../udev.sh"
for serial in VMCHOSEN NOBODY; do
    echo "SUBSYSTEM==\"usb\", ATTR{serial}==\"$serial\", ENV{MPSSE_GPIOFS_MOUNT}=\"1\""
done >"$local_rules"
udevadm control --reload
start_sim FT232H,serial=VMCHOSEN FT232H,serial=VMTTY
eventually 60 mounted VMCHOSEN

attach 1-2
eventually 60 has_driver 1-2:1.0 ftdi_sio
ttys=("$usb_devices"/1-2:1.0/ttyUSB*)
tty=/dev/${ttys[0]##*/}
eventually 60 test -c "$tty"
stty -F "$tty" 9600 raw || fail "stty"
echo hello >"$tty" || fail "the tty takes no text"
unit_is 1-2 inactive || fail "there is a unit for it"
absent VMTTY || fail "it is mounted"
has_driver 1-2:1.0 ftdi_sio || fail "ftdi_sio has lost it"
expect "complaints" "$(complaints)" ""
