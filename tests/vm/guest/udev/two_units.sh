# SPDX-License-Identifier: MIT
# A second service for a board that is mounted: one line in the journal says who has it, and the
# first is not disturbed. With leave_held that is no failure.
source "$(dirname "$0")/../udev.sh"
second=/run/systemd/system/second.service
second() {  # OPTION...
    printf '[Service]\nType=notify\nExecStart=%s\n' \
        "$MPSSE_GPIOFS -f $* --mount-below $below serial:VMBOTH" >"$second"
    systemctl daemon-reload
    systemctl start second
}
second_is() { [ "$(systemctl show -P ActiveState second)" = "$1" ]; }  # STATE

opt_in_all
start_sim FT232H,serial=VMBOTH
eventually 60 mounted VMBOTH
pid=$(main_pid 1-1)
before=$(messages | wc -l)

second && fail "the second has mounted it, too"
second_is failed || fail "the second has not failed"
expect "lines of the second" "$(($(messages | wc -l) - before))" 1
second -o leave_held || fail "leave_held is a failure"
eventually 60 second_is inactive
expect "lines of both" "$(($(messages | wc -l) - before))" 2

expect "the first" "$(main_pid 1-1)" "$pid"
put 512 "$below/VMBOTH/export"
expect "mounts" "$(cd "$below" && echo *)" VMBOTH
rm "$second"
