# With 32 descriptors a board is served as ever; with 8, one line in the journal says what is short.
source "$(dirname "$0")/../udev.sh"
limit() {  # COUNT
    mkdir -p "$drop_ins"
    printf '[Service]\nLimitNOFILE=%s\n' "$1" >"$drop_ins/limit.conf"
    systemctl daemon-reload
}
opt_in_all
limit 32
start_sim FT2232H,serial=VMLIMIT
mount_dir=$below/VMLIMIT
eventually 60 mounted VMLIMIT
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

limit 8
push_plug
eventually 60 unit_is 1-1 failed
absent VMLIMIT || fail "something is left"
expect "lines about it" "$(messages | grep -c 'Too many open files')" 1
