# SPDX-License-Identifier: MIT
# kill -9 of the daemon: whoever polls wakes, no dead mount is left, and a replug mounts it again.
source "$(dirname "$0")/../udev.sh"
opt_in_all
start_sim FT232H,serial=VMKILLED FT232H,serial=VMBESIDE
attach 1-2
eventually 60 mounted VMKILLED
eventually 60 mounted VMBESIDE
mount_dir=$below/VMKILLED
put 517 "$mount_dir/export"
put both "$mount_dir/gpio517/edge"
start_poller poller 517

kill -KILL "$(main_pid 1-1)"
eventually 60 gone "$poller_pid"
eventually 60 absent VMKILLED
mounted VMBESIDE || fail "the other board's mount is gone"
pull_plug
push_plug
eventually 60 mounted VMKILLED
put 517 "$mount_dir/export"
expect "a floating input" "$(cat "$mount_dir/gpio517/value")" 1
