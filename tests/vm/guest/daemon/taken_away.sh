# SPDX-License-Identifier: MIT
# What the kernel or another program takes from the daemon it claims again, with and without
# ftdi_sio in the kernel: pins stay, pollers sleep on and wake for edges. While something else has
# the interface accesses fail with EBUSY, and the chip sees nothing.
source "$(dirname "$0")/../lib.sh"
start_sim FT232H,serial=VMTAKE
eventually 20 has_driver 1-1:1.0 ftdi_sio
start_daemon serial:VMTAKE
output=$mount_dir/gpio516 input=$mount_dir/gpio517 device=$usb_devices/1-1
sim set 0 adbus5/drive 0
put 516 "$mount_dir/export"
put high "$output/direction"
put 517 "$mount_dir/export"
put both "$input/edge"

node=$(printf '/dev/bus/usb/%03d/%03d' "$(cat "$device/busnum")" "$(cat "$device/devnum")")
usbdevfs=("${python[@]}" "$guest/usbdevfs.py" "$node")

take_reset() { "${usbdevfs[@]}" reset; }
take_unbind() { put 1-1:1.0 /sys/bus/usb/drivers/usbfs/unbind; }
take_unbind_and_bind() {  # the daemon may be faster
    put 1-1:1.0 /sys/bus/usb/drivers/usbfs/unbind
    put 1-1:1.0 /sys/bus/usb/drivers/ftdi_sio/bind 2>/dev/null || true
}
take_authorized() {
    put 0 "$device/authorized"
    keeps_off
    put 1 "$device/authorized"
}
take_configuration() { put 1 "$device/bConfigurationValue"; }
take_no_configuration() {
    put 0 "$device/bConfigurationValue"
    keeps_off
    put 1 "$device/bConfigurationValue"
}
take_interface_authorized() {
    put 0 "$usb_devices/1-1:1.0/authorized"
    keeps_off
    put 1 "$usb_devices/1-1:1.0/authorized"
}
take_by_program() {
    "${usbdevfs[@]}" take >"$scratch/taker" &
    taker=$!
    eventually 20 grep -q taken "$scratch/taker"
    keeps_off
    kill "$taker"
    eventually 20 gone "$taker"
}

sent() { sim get 0 counters | grep -E '^(out|control)_transfers'; }
keeps_off() {  # nothing goes to the chip, however often somebody asks
    local before
    before=$(sent)
    for _ in 1 2 3; do expect_error 'Device or resource busy' cat "$output/value"; done
    expect "what the chip has seen" "$(sent)" "$before"
}

check_round() {  # WAY LEVEL: LEVEL is the one that the input is to change to
    start_poller "$1$2" 517
    "take_$1"
    eventually 20 reads "$output/value" 1
    has_driver 1-1:1.0 usbfs || fail "$1: the interface is $(driver_of 1-1:1.0)'s"
    expect "the output after $1" "$(sim get 0 adbus4/level)" 1
    blocked_in_poll "$poller_pid" || fail "$1: the poller woke: $(cat "$scratch/$1$2")"
    sim set 0 adbus5/drive "$2"
    poller_says "$1$2" "PRI|ERR $2"
    put 0 "$output/value"
    expect "a write after $1" "$(sim get 0 adbus4/level)" 0
    put 1 "$output/value"
}

level=0
ways=(reset unbind authorized configuration no_configuration interface_authorized by_program)
for way in "${ways[@]}" unbind_and_bind; do
    level=$((1 - level))
    check_round "$way" "$level"
    echo "$way: $SECONDS s"
done
rmmod ftdi_sio
for way in "${ways[@]}"; do
    level=$((1 - level))
    check_round "$way" "$level"
    echo "$way without ftdi_sio: $SECONDS s"
done
grep -q 'taken away' "$scratch/daemon.log" || fail "nothing is told of it"
! grep -q 'interrupted\|unplugged' "$scratch/daemon.log" || fail "$(grep 'interrupted\|unplugged' "$scratch/daemon.log")"

modprobe ftdi_sio
stop_daemon
eventually 20 has_driver 1-1:1.0 ftdi_sio
eventually 20 test -c /dev/ttyUSB0
stty -F /dev/ttyUSB0 9600 raw || fail "the tty does not work"
