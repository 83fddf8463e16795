# SPDX-License-Identifier: MIT
# The kernel ends a daemon whose control group is out of memory: whoever polls wakes, no dead mount
# is left, the unit tells why, and a replug mounts it again.
source "$(dirname "$0")/../udev.sh"
opt_in_all
start_sim FT232H,serial=VMMEMORY
eventually 60 mounted VMMEMORY
mount_dir=$below/VMMEMORY
unit=$(unit_of 1-1)
put 517 "$mount_dir/export"
put both "$mount_dir/gpio517/edge"
start_poller poller 517

systemctl set-property --runtime "$unit" MemoryMax=8M MemorySwapMax=0
# Each open file costs the daemon some hundred bytes.
prlimit --nofile=200000 python3 - "$mount_dir/gpio517/value" <<'EOF' && fail "it has memory for 150,000 open files"
import os, sys
for _ in range(150000):
    os.open(sys.argv[1], os.O_RDONLY)
EOF
eventually 60 gone "$poller_pid"
eventually 60 absent VMMEMORY
eventually 60 unit_is 1-1 failed
expect "why it failed" "$(systemctl show -P Result "$unit")" oom-kill

pull_plug
systemctl revert "$unit"
push_plug
eventually 60 mounted VMMEMORY
put 517 "$mount_dir/export"
expect "a floating input" "$(cat "$mount_dir/gpio517/value")" 1
