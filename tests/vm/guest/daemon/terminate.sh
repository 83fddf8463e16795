# SPDX-License-Identifier: MIT
# SIGTERM with pollers waiting: status 0, pollers woken, no stale mount, ftdi_sio given back.
source "$(dirname "$0")/../lib.sh"
start_sim FT232H,serial=VMTERM
eventually 20 has_driver 1-1:1.0 ftdi_sio
start_daemon serial:VMTERM

put 517 "$mount_dir/export"
put both "$mount_dir/gpio517/edge"
start_poller first 517
first=$poller_pid
start_poller second 517
kill -TERM "$daemon_pid"
expect_daemon_status 0
eventually 20 gone "$first"
eventually 20 gone "$poller_pid"
eventually 20 has_driver 1-1:1.0 ftdi_sio
