# SPDX-License-Identifier: MIT
# The service for /sys/class/gpio, where the kernel has none, starts with no board. One that is
# opted in appears there when it is plugged in, and no other; a script and a poller that know of no
# other place work; it goes, and comes back with its numbers. At the end /sys/class is as before.
source "$(dirname "$0")/../udev.sh"
hide_kernels_gpio
before=$(mounts)
mask_boards
echo 'SUBSYSTEM=="usb", ATTR{serial}=="VMSYSFS", ENV{MPSSE_GPIOFS_MOUNT}="1"' >"$local_rules"
udevadm control --reload
systemctl start "$sysfs_unit" || fail "start"
expect "the tree without a board" "$(names_in "$place")" "export unexport"

start_sim FT232H,serial=VMSYSFS FT232H,serial=VMTTY
attach 1-2
sim set 0 wires "adbus4 adbus5"
mount_dir=$place
for round in 1 2; do
    eventually 60 names_are "$place" "chip0 export gpiochip512 unexport"
    put 516 "$place/export"
    put 517 "$place/export"
    put low "$place/gpio516/direction"
    put both "$place/gpio517/edge"
    start_poller "poller$round" 517 2
    put 1 "$place/gpio516/value"
    poller_says "poller$round" 'PRI|ERR 1'
    pull_plug
    poller_woke "poller$round"
    eventually 60 names_are "$place" "export unexport"
    push_plug
done
eventually 60 names_are "$place" "chip0 export gpiochip512 unexport"
has_driver 1-2:1.0 ftdi_sio || fail "a board that is not opted in is not ftdi_sio's"
grep -q . /sys/class/tty/ttyUSB*/dev || fail "the class tty does not know of its board"

systemctl stop "$sysfs_unit"
expect "mounts after the end" "$(mounts)" "$before"
[ ! -e "$place" ] || fail "$place is left"
expect "mounts below $below" "$(ls -A "$below" 2>/dev/null)" ""
expect "complaints" "$(complaints)" ""
