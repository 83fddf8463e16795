# SPDX-License-Identifier: MIT
# No room for another folder below /run/mpsse-gpiofs: one line in the journal; the board that is
# mounted goes on, and so does the other once there is room.
source "$(dirname "$0")/../udev.sh"
opt_in_all
mkdir -p "$below"
mount -t tmpfs -o nr_inodes=2 small "$below"
start_sim FT232H,serial=VMFIRST FT232H,serial=VMLATE
eventually 60 mounted VMFIRST
attach 1-2
eventually 60 unit_is 1-2 failed
expect "lines about it" "$(messages | grep -c 'VMLATE.*No space left')" 1
put 512 "$below/VMFIRST/export"
expect "the first" "$(cat "$below/VMFIRST/gpio512/direction")" in

mount -o remount,nr_inodes=9 "$below"
sim set 1 plugged 0
eventually 60 not more_devices_than 1  # what attach waits for is one more
sim set 1 plugged 1
attach 1-2
eventually 60 mounted VMLATE
sim set 0 plugged 0
sim set 1 plugged 0
eventually 60 unit_is 1-1 inactive
eventually 60 unit_is 1-2 inactive
umount "$below"
