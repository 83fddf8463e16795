# SPDX-License-Identifier: MIT
# A board whose tty a program has open is refused, with the tty and the program, also when it is
# another user's; detach=open takes it, and the other interface's tty does not matter.
source "$(dirname "$0")/../lib.sh"
start_sim FT2232H,serial=VMTTY
eventually 20 test -c /dev/ttyUSB1

has_tty() { [ "$(readlink "/proc/$1/fd/0")" = "$2" ] && grep -qx sleep "/proc/$1/comm"; }  # PID TTY
hold() {  # TTY: another user's program has it open
    setpriv --reuid=65534 --regid=65534 --clear-groups sleep 600 <"$1" &
    holder=$!
    eventually 20 has_tty "$holder" "$1"
}
refused() {  # OPTION...
    local status=0
    "$MPSSE_GPIOFS" "$@" serial:VMTTY "$mount_dir" 2>"$scratch/message" || status=$?
    expect "status" "$status" 1
    expect "lines of the message" "$(wc -l <"$scratch/message")" 1
    grep -qF "sleep (process $holder) has /dev/ttyUSB0 open: end it, or insist with -o detach=open" \
        "$scratch/message" || fail "the message is: $(cat "$scratch/message")"
    not_mounted || fail "mounted all the same"
    has_driver 1-1:1.0 ftdi_sio || fail "the interface was taken off its driver"
}

mkdir -p "$mount_dir"
hold /dev/ttyUSB0
refused
refused -f
start_daemon -o detach=open serial:VMTTY
kill "$holder"  # its descriptor keeps the tty's number in use
wait "$holder" || true
stop_daemon

eventually 20 test -c /dev/ttyUSB0
hold /dev/ttyUSB1
start_daemon serial:VMTTY
stop_daemon
