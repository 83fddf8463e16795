# SPDX-License-Identifier: MIT
# The plug is pulled while a read surely waits for a silent chip: it ends with ENODEV, at once.
source "$(dirname "$0")/../lib.sh"
start_sim FT232H,serial=VMFLIGHT
start_daemon -o timeout_ms=60000 serial:VMFLIGHT

put 517 "$mount_dir/export"
sim set 0 fault "nak -1"
"${python[@]}" "$guest/reader.py" "$mount_dir/gpio517/value" >"$scratch/reader" &
reader_pid=$!
eventually 20 blocked_in_fuse "$reader_pid"
pull_plug
eventually 20 grep -qx ENODEV "$scratch/reader"
eventually 20 gone "$reader_pid"
daemon_lives || fail "the daemon ended"
stop_daemon
