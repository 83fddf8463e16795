# SPDX-License-Identifier: MIT
# poll() on value wakes for the edges asked for, two pollers alike, and sleeps through the others.
source "$(dirname "$0")/../lib.sh"
start_sim FT232H,serial=VMPOLL
sim set 0 adbus5/drive 0
start_daemon serial:VMPOLL

put 517 "$mount_dir/export"
put both "$mount_dir/gpio517/edge"
start_poller first 517 2
start_poller second 517 2
sim set 0 adbus5/drive 1
poller_says first 'PRI|ERR 1'
poller_says second 'PRI|ERR 1'
sim set 0 adbus5/drive 0
poller_says first 'PRI|ERR 0'
poller_says second 'PRI|ERR 0'

put rising "$mount_dir/gpio517/edge"
start_poller third 517
sim set 0 adbus5/drive 1
poller_says third 'PRI|ERR 1'
start_poller fourth 517
sim set 0 adbus5/drive 0
eventually 10 reads "$mount_dir/gpio517/value" 0
blocked_in_poll "$poller_pid" || fail "a falling edge woke a poller for rising ones"
sim set 0 adbus5/drive 1
poller_says fourth 'PRI|ERR 1'
stop_daemon
