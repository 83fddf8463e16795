# SPDX-License-Identifier: MIT
# Sourced by the scenarios of group udev: boards that udev and systemd mount. The first scenario
# installs the package for all of them. From the environment: PACKAGES, the folder they are in.
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
MPSSE_SIM=/usr/bin/mpsse-sim
MPSSE_GPIOFS=/usr/bin/mpsse-gpiofs
below=/run/mpsse-gpiofs
local_rules=/etc/udev/rules.d/60-mpsse-gpiofs.rules
drop_ins=/run/systemd/system/mpsse-gpiofs@.service.d
sysfs_unit=mpsse-gpiofs-sysfs.service
place=/sys/class/gpio
began=$EPOCHREALTIME

# Runs what --list prints to paste for boards, as root would.
opt_in() {  # COMMENT...: the lines above those to paste, such as "1-1, serial X"
    local comment
    "$MPSSE_GPIOFS" --list >"$scratch/list"
    for comment in "$@" 'and then:'; do
        grep -Fx -A1 "# $comment" "$scratch/list" || fail "--list has nothing to paste for $comment"
    done >"$scratch/paste"
    sh -e "$scratch/paste"
}

opt_in_all() {  # every board that comes, without the time it takes to compile the hwdb
    echo 'SUBSYSTEM=="usb", ATTR{idVendor}=="0403", ENV{MPSSE_GPIOFS_MOUNT}="1"' >"$local_rules"
    udevadm control --reload
}

poller_woke() { poller_says "$1" 'PRI|ERR ENODEV'; }  # NAME

mounted() { mountpoint -q "$below/$1"; }  # NAME
# NAME; a dead mount answers ENOTCONN, and so does not exist for test.
absent() { ! grep -q " $below/$1 " /proc/self/mountinfo && [ ! -e "$below/$1" ]; }

unit_of() {  # PATH such as 1-1
    systemd-escape --path --template=mpsse-gpiofs@.service \
        "/sys/devices/platform/vhci_hcd.0/usb1/$1"
}
unit_is() { [ "$(systemctl show -P ActiveState "$(unit_of "$1")")" = "$2" ]; }  # PATH STATE
main_pid() { systemctl show -P MainPID "$(unit_of "$1")"; }                     # PATH
# What the kernel lets a board's daemon do. CAP_SYS_ADMIN is capability 21.
may_do() {  # PATH
    awk '/^(CapEff|CapBnd|NoNewPrivs|Seccomp):/ {
            sub("0000000000200000", "CAP_SYS_ADMIN"); printf "%s%s %s", gap, $1, $2; gap = " " }' \
        "/proc/$(main_pid "$1")/status"
}

# The unit for /sys/class/gpio, which Debian's kernel has itself.

sysfs_unit_is() { [ "$(systemctl show -P ActiveState "$sysfs_unit")" = "$1" ]; }  # STATE
sysfs_pid() { systemctl show -P MainPID "$sysfs_unit"; }
names_in() { (cd "$1" && echo *); }                                               # FOLDER
names_are() { [ "$(names_in "$1")" = "$2" ]; }                                    # FOLDER NAMES
mounts() { findmnt -rno TARGET,SOURCE,FSTYPE,OPTIONS; }
mounts_are() { [ "$(mounts)" = "$1" ]; }  # TEXT

hide_kernels_gpio() {  # as if it had none
    mkdir "$scratch/layer"
    mount -t tmpfs layer "$scratch/layer"
    mknod "$scratch/layer/gpio" c 0 0  # a whiteout
    mount -t overlay -o "ro,lowerdir=$scratch/layer:/sys/class" no-gpio /sys/class
    umount "$scratch/layer"
    [ ! -e "$place" ] || fail "the kernel's tree is still there"
}

mask_boards() { systemctl mask --runtime --quiet mpsse-gpiofs@.service; }
unmask_boards() { systemctl unmask --runtime --quiet mpsse-gpiofs@.service; }

# What the program has said in this scenario, and what systemd has of its units.
messages() { journalctl --sync; journalctl -q -o cat --since "@$began" -t mpsse-gpiofs; }
complaints() {
    journalctl --sync
    journalctl -q -o cat --since "@$began" -t systemd |
        grep -E 'mpsse-gpiofs.*([Ff]ailed|timed out|not empty|killed)' || true
}
says() { messages | grep -q "$1"; }  # PATTERN

udev_at_end() {
    messages
    ! mountpoint -q "$below" || umount "$below"  # of full_run
    systemctl stop "$sysfs_unit"
    ! findmnt -n -S no-gpio || umount /sys/class  # of hide_kernels_gpio
    unmask_boards
    rm -rf "$local_rules" "$drop_ins" "/run/systemd/system/$sysfs_unit.d" /etc/udev/hwdb.bin
    systemctl daemon-reload
    udevadm control --reload
}
also_at_end() { udev_at_end; }
