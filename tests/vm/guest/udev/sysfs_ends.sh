# SPDX-License-Identifier: MIT
# The service for /sys/class/gpio leaves /sys/class as it was, whether it is stopped or killed, and
# whether it has added the folder or hidden the kernel's. That it hides only when it may.
source "$(dirname "$0")/../udev.sh"
mask_boards
opt_in_all
start_sim FT232H,serial=VMENDS
before=$(mounts)
mount_dir=$place

is_kernels() { [ "$(stat -f -c %T "$place")" = sysfs ]; }

serve_and_kill() {  # NAME-OF-POLLER
    systemctl start "$sysfs_unit" || fail "start"
    eventually 60 test -e "$place/gpiochip512"
    put 517 "$place/export"
    put both "$place/gpio517/edge"
    start_poller "$1" 517
    kill -KILL "$(sysfs_pid)"
    eventually 60 gone "$poller_pid"
    eventually 60 sysfs_unit_is failed
    eventually 20 mounts_are "$before"
    systemctl reset-failed "$sysfs_unit"
}

systemctl start "$sysfs_unit" && fail "it hides the kernel's tree unasked"
eventually 20 says 'the kernel has GPIO lines at /sys/class/gpio: --hide-kernel'
expect "mounts of one that may not" "$(mounts)" "$before"

mkdir -p "/run/systemd/system/$sysfs_unit.d"
sed 's/--at-sysfs/& --hide-kernel/' "/etc/systemd/system/$sysfs_unit.d/patience.conf" \
    >"/run/systemd/system/$sysfs_unit.d/zz-hide.conf"
systemctl daemon-reload
systemctl start "$sysfs_unit" || fail "start with --hide-kernel"
eventually 60 test -e "$place/gpiochip512"
is_kernels && fail "the kernel's tree is not hidden"
systemctl stop "$sysfs_unit"
expect "mounts after the stop" "$(mounts)" "$before"
is_kernels || fail "after the stop it is not the kernel's tree"
serve_and_kill hiding
is_kernels || fail "after the kill it is not the kernel's tree"

hide_kernels_gpio
before=$(mounts)
serve_and_kill adding
[ ! -e "$place" ] || fail "$place is left"
