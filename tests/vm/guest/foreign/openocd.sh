# SPDX-License-Identifier: MIT
# OpenOCD's ftdi driver starts on the board and scans its JTAG chain: TDO as the board drives it.
source "$(dirname "$0")/../lib.sh"
command -v openocd >/dev/null || skip "openocd is not installed"
start_sim FT232H,serial=VMOCD

scan() {  # a chain of one made-up device; prints what OpenOCD says
    timeout 40 openocd -c 'adapter driver ftdi' -c 'ftdi vid_pid 0x0403 0x6014' \
        -c 'ftdi channel 0' -c 'ftdi layout_init 0x0008 0x000b' -c 'transport select jtag' \
        -c 'adapter speed 1000' -c 'jtag newtap made up -irlen 4 -expected-id 0x12345678' \
        -c 'noinit' -c 'init' -c 'shutdown' 2>&1 || true
}

sim set 0 adbus2/drive 1
text=$(scan)
echo "$text"
[[ $text == *"clock speed 1000 kHz"* ]] || fail "the adapter did not start"
[[ $text == *"all ones"* ]] || fail "TDO at 1: no 'all ones' from the scan"

sim set 0 adbus2/drive 0
text=$(scan)
echo "$text"
[[ $text == *"all zeroes"* ]] || fail "TDO at 0: no 'all zeroes' from the scan"

counters=$(sim get 0 counters)
echo "$counters"
grep -q '^bad_opcodes 0$' <<<"$counters" || fail "OpenOCD met a bad opcode"
read -r _ opcodes < <(grep '^opcodes ' <<<"$counters")
[ "$opcodes" -gt 20 ] || fail "only $opcodes opcodes reached the engine"
