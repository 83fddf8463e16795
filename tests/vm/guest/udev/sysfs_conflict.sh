# SPDX-License-Identifier: MIT
# A board that its own unit and the service for /sys/class/gpio both want: who comes first has it, the
# other says so in one line, and nothing has failed.
source "$(dirname "$0")/../udev.sh"
lines() { messages | grep -c 'left alone: ' || true; }
lines_are() { [ "$(lines)" = "$1" ]; }  # COUNT
of_service() { [ -e "$place/gpiochip512" ]; }
hide_kernels_gpio
opt_in_all
start_sim FT232H,serial=VMBOTH

echo "its own unit comes first"
eventually 60 mounted VMBOTH
pid=$(main_pid 1-1)
systemctl start "$sysfs_unit" || fail "start"
eventually 20 lines_are 1
expect "the service's tree" "$(names_in "$place")" "export unexport"
expect "the board's unit" "$(main_pid 1-1)" "$pid"
put 512 "$below/VMBOTH/export"

echo "the service comes first"
mask_boards
pull_plug
eventually 60 unit_is 1-1 inactive
push_plug
eventually 60 of_service
unmask_boards
pid=$(sysfs_pid)
systemctl start "$(unit_of 1-1)" || fail "the board's unit fails"
eventually 60 unit_is 1-1 inactive
eventually 20 lines_are 2
expect "the service" "$(sysfs_pid)" "$pid"
put 512 "$place/export"
absent VMBOTH || fail "the board is mounted twice"

echo "both at once"
pull_plug
push_plug
eventually 60 lines_are 3
if of_service; then
    eventually 60 unit_is 1-1 inactive
else
    eventually 60 mounted VMBOTH
fi
sysfs_unit_is active || fail "the service has ended"
expect "failed units" "$(systemctl list-units --failed --plain --no-legend 'mpsse-gpiofs*')" ""
expect "complaints" "$(complaints)" ""
