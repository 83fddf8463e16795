# SPDX-License-Identifier: MIT
# A limit of 32 descriptors is enough to serve a board and its pollers.
source "$(dirname "$0")/../udev.sh"
mkdir -p "$drop_ins"
printf '[Service]\nLimitNOFILE=32\n' >"$drop_ins/limit.conf"
systemctl daemon-reload
opt_in_all
start_sim FT2232H,serial=VMLIMIT
mount_dir=$below/VMLIMIT
eventually 60 mounted VMLIMIT
grep -q '^Max open files *32 ' "/proc/$(main_pid 1-1)/limits" || fail "the limit is not set"
put 517 "$mount_dir/export"
put both "$mount_dir/gpio517/edge"
for poller in 1 2 3 4; do
    start_poller "$poller" 517
done
sim set 0 adbus5/drive 0
for poller in 1 2 3 4; do
    poller_says "$poller" 'PRI|ERR 0'
done
pull_plug
eventually 60 absent VMLIMIT
expect "complaints" "$(complaints)" ""
