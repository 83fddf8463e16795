# SPDX-License-Identifier: MIT
# The plug is pulled while pollers wait and a read is under way; replug: same numbers, and it works.
source "$(dirname "$0")/../lib.sh"
start_sim FT232H,serial=VMPLUG
start_daemon serial:VMPLUG
sleeping_threads=$(thread_names)
sleeping_fds=$(fd_count)

for round in 1 2; do
    expect "chips, round $round" "$(cd "$mount_dir" && echo gpiochip* chip*)" "gpiochip512 chip0"
    [ ! -e "$mount_dir/gpio517" ] || fail "gpio517 is exported before anybody asked"
    put 517 "$mount_dir/export"
    put both "$mount_dir/gpio517/edge"
    put 518 "$mount_dir/export"
    start_poller "first$round" 517
    start_poller "second$round" 517
    "${python[@]}" "$guest/reader.py" "$mount_dir/gpio518/value" >"$scratch/reader$round" &
    reader_pid=$!
    eventually 20 grep -q reading "$scratch/reader$round"

    pull_plug
    poller_says "first$round" 'PRI|ERR ENODEV'
    poller_says "second$round" 'PRI|ERR ENODEV'
    eventually 20 grep -q ENODEV "$scratch/reader$round"
    eventually 20 gone "$reader_pid"
    daemon_lives || fail "the daemon ended"
    eventually 20 not test -e "$mount_dir/gpiochip512"
    [ ! -e "$mount_dir/gpio517" ] || fail "gpio517 is still there"

    push_plug
    eventually 20 test -e "$mount_dir/gpiochip512"
done

put 516 "$mount_dir/export"
put high "$mount_dir/gpio516/direction"
expect "the board's own view" "$(sim get 0 adbus4/level)" 1
put 516 "$mount_dir/unexport"
eventually 20 threads_are "$sleeping_threads"
eventually 20 fds_at_most "$sleeping_fds"
stop_daemon
