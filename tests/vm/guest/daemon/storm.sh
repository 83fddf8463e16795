# SPDX-License-Identifier: MIT
# Fifty unplugs at random moments with eight pollers and a process that writes a line and reads the
# wired one: all wake, no level is wrong, and everything is back after each replug. The kernel's own
# driver oopses at the first to thirteenth.
source "$(dirname "$0")/../lib.sh"
rounds=50
RANDOM=${SEED:=$RANDOM}
echo "seed $SEED"
start_sim FT232H,serial=VMSTORM
sim set 0 wires "adbus4 adbus5"
start_daemon serial:VMSTORM
threads=$(thread_names)
fds=$(fd_count)

exec {storm}< <("${python[@]}" "$guest/storm.py" "$mount_dir" 516 517 "$rounds" 2>&1)
expect_storm() {  # TEXT
    local line
    read -rt 30 -u "$storm" line || fail "the storm is silent, wanted '$1'"
    echo "$line"
    [[ $line == "$1"* ]] || fail "the storm says: $line"
}

for ((round = 1; round <= rounds; round++)); do
    expect_storm "round $round storms"
    nap "0.$(printf %03d $((RANDOM % 500)))"
    if ((RANDOM % 2)); then usbip detach -p 0 2>/dev/null; else pull_plug; fi
    expect_storm "round $round ends"
    sim set 0 plugged 1
    try_attach 1-1
done
eventually 20 test -e "$mount_dir/gpiochip512"
eventually 20 threads_are "$threads"
eventually 20 fds_at_most "$fds"
stop_daemon
