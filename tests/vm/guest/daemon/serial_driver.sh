# SPDX-License-Identifier: MIT
# ftdi_sio is taken off interface A while mounted and given back after; interface B keeps its tty.
source "$(dirname "$0")/../lib.sh"
start_sim FT2232H,serial=VMSIO
eventually 20 has_driver 1-1:1.0 ftdi_sio
eventually 20 test -c /dev/ttyUSB1
other_tty=$(stat -c %Y.%i /dev/ttyUSB1)

start_daemon serial:VMSIO
has_driver 1-1:1.0 ftdi_sio && fail "ftdi_sio still has interface A"
has_driver 1-1:1.1 ftdi_sio || fail "interface B lost its driver"
expect "chips" "$(cd "$mount_dir" && echo gpiochip*)" gpiochip512
put 512 "$mount_dir/export"
put high "$mount_dir/gpio512/direction"
stty -F /dev/ttyUSB1 9600 raw || fail "interface B's tty"
stop_daemon

eventually 20 has_driver 1-1:1.0 ftdi_sio
eventually 20 test -c /dev/ttyUSB0
expect "interface B's tty" "$(stat -c %Y.%i /dev/ttyUSB1)" "$other_tty"
