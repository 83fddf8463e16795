# SPDX-License-Identifier: MIT
# An ordinary user's daemon waits for a board; when that comes, udev's permission is late: the board
# is tried again until it can be opened, and then works, its serial driver out of the way.
source "$(dirname "$0")/../lib.sh"
as_user=(setpriv --reuid=nobody --regid=nogroup --clear-groups)
"${as_user[@]}" test -x "$MPSSE_GPIOFS" || skip "an ordinary user cannot reach the program"
start_sim FT232H,serial=VMLATE
pull_plug
eventually 20 not more_devices_than 0

mkdir -p "$mount_dir"
chown nobody "$mount_dir"
"${as_user[@]}" "$MPSSE_GPIOFS" -d -o wait,timeout_ms=20000 serial:VMLATE "$mount_dir" >"$scratch/daemon.log" 2>&1 &
daemon_pid=$!
eventually 30 not not_mounted
"${as_user[@]}" test ! -e "$mount_dir/gpiochip512" || fail "there is a chip without a board"

push_plug
node=$(printf '/dev/bus/usb/%03d/%03d' "$(cat "$usb_devices/1-1/busnum")" "$(cat "$usb_devices/1-1/devnum")")
"${as_user[@]}" test ! -w "$node" || fail "everybody may open the board from the start"
eventually 20 grep -q '1-1 .*trying again' "$scratch/daemon.log"
chmod 666 "$node"
eventually 20 "${as_user[@]}" test -e "$mount_dir/gpiochip512"

"${as_user[@]}" sh -ec 'cd "$0"; echo 516 >export; echo high >gpio516/direction' "$mount_dir"
expect "the board's own view" "$(sim get 0 adbus4/level)" 1
kill -TERM "$daemon_pid"
expect_daemon_status 0
eventually 20 has_driver 1-1:1.0 ftdi_sio
