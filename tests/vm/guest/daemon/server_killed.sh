# SPDX-License-Identifier: MIT
# The USB/IP server is killed while a write is in flight: the writer gets ENODEV, at once. When a
# server is there again, so is the board.
source "$(dirname "$0")/../lib.sh"
start_sim FT232H,serial=VMKILL
start_daemon -o timeout_ms=60000 serial:VMKILL

put 516 "$mount_dir/export"
put low "$mount_dir/gpio516/direction"
sim set 0 fault "nak -1"
"${python[@]}" "$guest/writer.py" "$mount_dir/gpio516/value" >"$scratch/writer" &
writer_pid=$!
eventually 20 blocked_in_fuse "$writer_pid"
kill -KILL "$sim_pid"
eventually 20 grep -qx ENODEV "$scratch/writer"
eventually 20 gone "$writer_pid"
expect "USB devices left" "$(usb_count)" 0
eventually 20 not test -e "$mount_dir/gpiochip512"
daemon_lives || fail "the daemon ended"

start_sim FT232H,serial=VMKILL
eventually 20 test -e "$mount_dir/gpiochip512"
put 516 "$mount_dir/export"
put high "$mount_dir/gpio516/direction"
expect "the board's own view" "$(sim get 0 adbus4/level)" 1
stop_daemon
