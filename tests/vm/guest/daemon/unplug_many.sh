# Five unplugs, eight pollers and a reader each time: the kernel's own driver crashed or hung at this.
source "$(dirname "$0")/../lib.sh"
start_sim FT232H,serial=VMMANY
start_daemon serial:VMMANY
threads=$(thread_names)

for round in 1 2 3 4 5; do
    put 517 "$mount_dir/export"
    put both "$mount_dir/gpio517/edge"
    "${python[@]}" "$guest/many.py" "$mount_dir/gpio517/value" 8 >"$scratch/many$round" &
    many_pid=$!
    eventually 20 grep -q waiting "$scratch/many$round"
    usbip detach -p 0
    eventually 20 grep -qx 'all ended with ENODEV' "$scratch/many$round"
    eventually 20 gone "$many_pid"
    eventually 20 not test -e "$mount_dir/gpiochip512"
    attach 1-1
    eventually 20 test -e "$mount_dir/gpiochip512"
    if [ "$round" = 1 ]; then
        fds=$(fd_count)
    fi
done
eventually 20 threads_are "$threads"
eventually 20 fds_at_most "$fds"
stop_daemon
