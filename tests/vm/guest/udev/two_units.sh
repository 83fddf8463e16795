# A second service for a board that is mounted: one line in the journal says who has it, and the
# first is not disturbed. With leave_held that is no failure.
source "$(dirname "$0")/../udev.sh"
opt_in_all
start_sim FT232H,serial=VMBOTH
eventually 60 mounted VMBOTH
pid=$(main_pid 1-1)
second() { systemd-run --quiet --wait --unit=second -p Type=notify "$MPSSE_GPIOFS" -f "$@" \
    --mount-below "$below" serial:VMBOTH; }

second && fail "the second has mounted it, too"
second -o leave_held || fail "leave_held is a failure"
journalctl --sync
expect "lines of the two" "$(journalctl -q -o cat -u second -t mpsse-gpiofs | tee /dev/stderr | wc -l)" 2
expect "the first" "$(main_pid 1-1)" "$pid"
put 512 "$below/VMBOTH/export"
expect "mounts" "$(cd "$below" && echo *)" VMBOTH
