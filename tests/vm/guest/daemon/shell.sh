# SPDX-License-Identifier: MIT
# A shell script's day: export, direction, value, a wire, active_low, unexport, unmount.
source "$(dirname "$0")/../lib.sh"
start_sim FT232H,serial=VMSHELL
sim set 0 wires "adbus4 adbus5"

mkdir -p "$mount_dir"
"$MPSSE_GPIOFS" serial:VMSHELL "$mount_dir" || fail "the parent's status is $?"
mountpoint -q "$mount_dir" || fail "the parent returned before the mount answers"
daemon_pid=$(pidof "$MPSSE_GPIOFS")
cd "$mount_dir"

expect "chips" "$(echo gpiochip*)" gpiochip512
expect "lines" "$(cat gpiochip512/ngpio)" 16
echo 516 >export
echo 517 >export
expect_error "Device or resource busy" put 516 export
expect_error "Invalid argument" put 600 export
expect "direction after export" "$(cat gpio516/direction)" in
expect "a floating input" "$(cat gpio516/value)" 1
expect_error "Operation not permitted" put 1 gpio516/value
echo out >gpio516/direction
expect "the other end of the wire" "$(cat gpio517/value)" 0
echo 1 >gpio516/value
expect "the other end of the wire" "$(cat gpio517/value)" 1
expect "the board's own view" "$(sim get 0 adbus4/level)" 1
echo low >gpio516/direction
expect "direction low" "$(cat gpio516/direction) $(cat gpio517/value)" "out 0"
echo high >gpio516/direction
expect "direction high" "$(cat gpio516/direction) $(cat gpio517/value)" "out 1"
echo 1 >gpio517/active_low
expect "active_low" "$(cat gpio517/value)" 0
echo 516 >unexport
echo 517 >unexport
[ ! -e gpio516 ] || fail "gpio516 is still there"

cd /
fusermount3 -u "$mount_dir"
eventually 20 gone "$daemon_pid"
not_mounted || fail "a mount is left behind"
