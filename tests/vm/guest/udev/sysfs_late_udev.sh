# SPDX-License-Identifier: MIT
# A board that udev has not come to when the service for /sys/class/gpio starts is served once it
# has: udev's record of it is taken away, and an event makes it anew.
source "$(dirname "$0")/../udev.sh"
served() { [ -e "$place/gpiochip512" ]; }
hide_kernels_gpio
mask_boards
opt_in_all
start_sim FT232H,serial=VMLATE
device=$usb_devices/1-1
record=/run/udev/data/c$(cat "$device/dev")

for try in 1 2 3; do  # an emulated udev may miss the ten seconds it has
    rm "$record"
    systemctl start "$sysfs_unit" || fail "start"
    expect "the tree before udev has come" "$(names_in "$place")" "export unexport"
    udevadm trigger --action=change "$device"
    for ((i = 0; i < 300; i++)); do
        served && break 2
        nap 0.05
    done
    echo "try $try: too late"
    systemctl stop "$sysfs_unit"
done
served || fail "it is not served"
expect "complaints" "$(complaints)" ""
