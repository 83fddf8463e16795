# SPDX-License-Identifier: MIT
# A newer package is installed while a board is mounted: the same program goes on, nothing is sent to
# the chip, no pin moves, and a poller waits on.
source "$(dirname "$0")/../udev.sh"
opt_in_all
start_sim FT232H,serial=VMUP
sim set 0 wires "adbus4 adbus5"
mount_dir=$below/VMUP
eventually 60 mounted VMUP
put 516 "$mount_dir/export"
put 517 "$mount_dir/export"
put high "$mount_dir/gpio516/direction"
start_poller poller 517
pid=$(main_pid 1-1)
hide_kernels_gpio
systemctl start "$sysfs_unit"
daemon_of_sysfs=$(sysfs_pid)
counters=$(sim get 0 counters)

dpkg -i "$PACKAGES/next.deb" || fail "dpkg -i"
udevadm settle --timeout=60
expect "version" "$(dpkg-query -W -f '${Version}' mpsse-gpiofs)" 99-1
expect "the daemon" "$(main_pid 1-1)" "$pid"
expect "the daemon of /sys/class/gpio" "$(sysfs_pid)" "$daemon_of_sysfs"
expect "what the chip has been sent" "$(sim get 0 counters)" "$counters"
expect "the pin" "$(sim get 0 adbus4/level)" 1
blocked_in_poll "$poller_pid" || fail "the poller woke"
put both "$mount_dir/gpio517/edge"
put 0 "$mount_dir/gpio516/value"
poller_says poller 'PRI|ERR 0'
expect "complaints" "$(complaints)" ""
