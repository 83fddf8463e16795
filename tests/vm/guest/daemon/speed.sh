# SPDX-License-Identifier: MIT
# How fast value is read and written over real USB, beside libftdi1 on the other interface of the
# same board, and how soon an edge wakes poll(). Prints figures; fails only
# if an access takes more transfers than it needs, or if a read waits for the latency timer.
source "$(dirname "$0")/../lib.sh"
[ -n "${USB_SPEED:-}" ] || skip "built without libftdi1 (libftdi1-dev)"
start_sim FT2232H,serial=VMSPEED
start_daemon serial:VMSPEED,interface=A

put 516 "$mount_dir/export"
put 517 "$mount_dir/export"
put low "$mount_dir/gpio516/direction"
"$USB_SPEED" "$mount_dir/gpio517" "$mount_dir/gpio516" adbus5 VMSPEED "$control"
stop_daemon
